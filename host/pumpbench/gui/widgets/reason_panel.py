"""Asks, within the page, for the reason to go past a limit or a doubt."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout

MOST_LETTERS = 200


class ReasonPanel(QFrame):
    """Hidden while nothing is asked. What is answered is for the audit trail."""

    answered = pyqtSignal()
    """Whether there is a reason may have changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self.sentences: list[str] = []
        """What is asked about."""
        self._told = QLabel()
        self._told.setWordWrap(True)
        label = QLabel(self.tr("Rea&son to go on all the same, kept in the audit trail:"))
        label.setWordWrap(True)
        self.edit = QLineEdit()
        self.edit.setMaxLength(MOST_LETTERS)
        self.edit.setAccessibleName(self.tr("Reason to go on"))
        label.setBuddy(self.edit)
        column = QVBoxLayout(self)
        for part in (self._told, label, self.edit):
            column.addWidget(part)
        self.edit.textChanged.connect(lambda: self.answered.emit())
        self.hide()

    @property
    def reason(self) -> str:
        """What was answered; "" while nothing is."""
        return self.edit.text().strip()

    @property
    def asks(self) -> bool:
        """Whether something is asked that is not answered."""
        return bool(self.sentences) and not self.reason

    def ask(self, sentences: Sequence[str]) -> None:
        """Ask about these; with none, nothing is asked."""
        self.sentences = list(sentences)
        self._told.setText("\n".join(f"⚠ {sentence}" for sentence in sentences))
        if not sentences:
            self.edit.clear()
        self.setVisible(bool(sentences))
        self.answered.emit()
