"""A panel that asks for a reason before something that cannot be undone is done."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget


class ReasonPanel(QFrame):
    """Hidden until `ask`."""

    given = pyqtSignal(str)
    """The reason, which is not empty."""

    def __init__(self, do_it: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self._question = QLabel()
        self.reason = QLineEdit()
        self.reason.setObjectName("reason")
        self._question.setBuddy(self.reason)
        self.do_it = QPushButton(do_it)
        self.do_it.setObjectName("reason-given")
        self.do_it.setProperty("look", "primary")
        self.do_it.setEnabled(False)
        cancel = QPushButton(self.tr("Cancel"))
        self.reason.textChanged.connect(lambda text: self.do_it.setEnabled(bool(text.strip())))
        self.reason.returnPressed.connect(self._give)
        self.do_it.clicked.connect(self._give)
        cancel.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.addWidget(self._question)
        row.addWidget(self.reason, 1)
        row.addWidget(self.do_it)
        row.addWidget(cancel)
        self.setVisible(False)

    def ask(self, question: str) -> None:
        """Show the panel."""
        self._question.setText(question)
        self.reason.clear()
        self.setVisible(True)
        self.reason.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802  Qt's name
        """Escape gives up."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    def _give(self) -> None:
        if self.reason.text().strip():
            self.hide()
            self.given.emit(self.reason.text().strip())
