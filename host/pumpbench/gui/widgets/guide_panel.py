"""What a person has to do at the bench now, in the page itself: no dialog, which would lie over Stop."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from pumpbench.gui.theme import Theme, ink_on


class GuidePanel(QFrame):
    """Hidden until somebody is needed."""

    done = pyqtSignal()
    """It is done."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("guide")
        self._title = QLabel(self.tr("► Your turn"))
        self._title.setObjectName("guide-title")
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setObjectName("guide-sentence")
        self.button = QPushButton(self.tr("&Done"))
        self.button.setObjectName("guide-done")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self.sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.addLayout(words, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self._finish)
        self.dress(theme)
        self.hide()

    def ask(self, sentence: str) -> None:
        """Say what is to be done; the button takes the cursor."""
        self.sentence.setText(sentence)
        self.button.setAccessibleDescription(sentence)
        self.show()
        self.button.setFocus()

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        ink = ink_on(theme.medium)
        self.setStyleSheet(
            f"#guide {{ background: {theme.medium}; border-radius: 6px; }}"
            f"#guide-title {{ color: {ink}; font-weight: 700; }}"
            f"#guide-sentence {{ color: {ink}; font-size: 13pt; }}"
        )

    def _finish(self) -> None:
        self.hide()
        self.done.emit()
