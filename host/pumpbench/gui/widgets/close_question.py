"""Asks before the window is closed when that would stop a run; in the window, not over it."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton


class CloseQuestion(QFrame):
    """Hidden until asked. To close the window a second time is an answer, too."""

    sure = pyqtSignal()
    """Close it."""
    staying = pyqtSignal()
    """Do not."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self.setObjectName("close-question")
        self._question = QLabel()
        self._question.setWordWrap(True)
        close, stay = QPushButton(self.tr("Close &window")), QPushButton(self.tr("S&tay"))
        close.setObjectName("close-sure")
        stay.setObjectName("close-not")
        row = QHBoxLayout(self)
        row.addWidget(self._question, 1)
        row.addWidget(close)
        row.addWidget(stay)
        close.clicked.connect(self.sure)
        stay.clicked.connect(self.hide)
        stay.clicked.connect(self.staying)
        self._stay = stay
        self.hide()

    def ask(self, question: str) -> None:
        """Ask; what is done by accident is to stay."""
        self._question.setText(question)
        self.show()
        self._stay.setFocus()
