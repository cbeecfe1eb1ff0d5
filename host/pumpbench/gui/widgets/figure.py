"""A figure with its name above it and a note below."""

from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

_LARGE_PT = 15  # as the style sheet has it


class Figure(QWidget):
    """`show_value` greys a value that is not how it is now; `align` fits it in beside others."""

    def __init__(self, name: str, object_name: str) -> None:
        super().__init__()
        self._name, self.value, self.note = QLabel(name), QLabel("–"), QLabel("")
        self._name.setProperty("look", "muted")
        self.value.setProperty("look", "figure")
        self.value.setObjectName(object_name)
        self.value.setAccessibleName(name)
        self.value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.value.setMinimumWidth(96)
        self.note.setProperty("look", "muted")
        self.note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self._name)
        column.addWidget(self.value)
        column.addWidget(self.note)
        column.addStretch(1)

    def show_value(self, value: str, note: str, current: bool) -> None:
        """Show another value; `align` follows."""
        self.value.setText(value)
        self.note.setText(note)
        self.value.setEnabled(current)

    @property
    def fits_large(self) -> bool:
        """Whether there is room for the value in the large letters."""
        font = QFont(self.font())
        font.setPointSizeF(_LARGE_PT)
        font.setWeight(QFont.Weight.DemiBold)
        return QFontMetrics(font).horizontalAdvance(self.value.text()) <= self.value.width()

    def set_look(self, look: str) -> None:
        """Write the value in letters of another size."""
        if look != self.value.property("look"):
            self.value.setProperty("look", look)
            style = self.value.style()
            if style is not None:  # the style sheet looks at the property once only
                style.polish(self.value)


def align(*figures: Figure) -> None:
    """Write figures that stand beside each other in letters of one size, so that they are on one line."""
    large = all(figure.fits_large for figure in figures)
    for figure in figures:
        figure.set_look("figure" if large else "long-figure")
