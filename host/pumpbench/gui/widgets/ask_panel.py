"""A question in the page itself, with the reason for going on: no dialog, which would lie over Stop."""

from collections.abc import Callable

from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout


class AskPanel(QFrame):
    """Hidden until asked; one question at a time, a new one takes the place of the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self.setObjectName("ask")
        self._go_on: Callable[[str], None] = lambda reason: None
        self._question = QLabel()
        self._question.setWordWrap(True)
        self.reason = QLineEdit()
        self.reason.setObjectName("reason")
        self.reason.setAccessibleName(self.tr("Reason"))
        self.reason.setPlaceholderText(self.tr("reason"))
        self.yes, self.no = QPushButton(), QPushButton(self.tr("&Cancel"))
        self.yes.setObjectName("ask-yes")
        self.no.setObjectName("ask-no")
        row = QHBoxLayout()
        row.addWidget(self.reason, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        column = QVBoxLayout(self)
        column.addWidget(self._question)
        column.addLayout(row)
        self.reason.textChanged.connect(self._allow)
        self.reason.returnPressed.connect(self.yes.click)
        self.yes.clicked.connect(self._accept)
        self.no.clicked.connect(self.hide)
        self.hide()

    def ask(self, doubt: str, yes: str, go_on: Callable[[str], None]) -> None:
        """Ask whether to go on in spite of a doubt; `go_on` gets the reason when the answer is `yes`, and
        nothing is called else."""
        self._go_on = go_on
        self._question.setText(self.tr("{0}. Going on needs a reason, which is recorded.").format(doubt))
        self.yes.setText(yes)
        self.reason.clear()
        self._allow()
        self.show()
        self.reason.setFocus()

    def _allow(self) -> None:
        self.yes.setEnabled(bool(self.reason.text().strip()))

    def _accept(self) -> None:
        self.hide()
        self._go_on(self.reason.text().strip())
