"""Sentences below each other, each with a sign for its weight."""

from collections.abc import Sequence

from PyQt6.QtWidgets import QLabel

from pumpbench.gui.models.program_summary import FAULT, FINE, NOTE, Line

SIGNS = {FINE: "✓", NOTE: "●", FAULT: "⚠"}


class LinesLabel(QLabel):
    """Told by a sign and by words; red when one of them is a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)

    def tell(self, lines: Sequence[Line]) -> None:
        """Show these sentences."""
        self.setText("\n".join(f"{SIGNS[line.weight]} {line.text}" for line in lines))
        self.setProperty("look", "problem" if any(line.weight == FAULT for line in lines) else "")
        style = self.style()
        if style is not None:  # the style sheet looks at the property once only
            style.unpolish(self)
            style.polish(self)
