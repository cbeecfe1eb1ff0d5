"""A sentence that says what is wrong with the field above it; takes no room while nothing is."""

from PyQt6.QtWidgets import QLabel, QSizePolicy, QWidget


class ProblemLabel(QLabel):
    """Told by a sign, by words and by colour (``look="problem"`` in the style sheet)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setProperty("look", "problem")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.hide()

    def tell(self, sentence: str) -> None:
        """Show a sentence; "" hides the label."""
        self.setText(f"⚠ {sentence}" if sentence else "")
        self.setVisible(bool(sentence))
