"""A figure with its name above it and a note below."""

from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

_LONGEST = 10


class Figure(QWidget):
    """`show_value` greys a value that is not how it is now."""

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
        """Show another value."""
        look = "figure" if len(value) <= _LONGEST else "long-figure"
        if look != self.value.property("look"):
            self.value.setProperty("look", look)
            style = self.value.style()
            if style is not None:  # the style sheet looks at the property once only
                style.polish(self.value)
        self.value.setText(value)
        self.note.setText(note)
        self.value.setEnabled(current)
