"""A field for one quantity, typed with its unit as people type it, its problem shown below while typing."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pumpbench.files.fields import QuantityField
from pumpbench.gui.models.quantity import Typed, read, written
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.units import Kind


class QuantityEdit(QWidget):
    """`name` is what the quantity is, for screen readers and sentences, such as ``"Rate"``.

    `minimum` and `maximum` are in base units; `like` is an example for an empty field, the kind's own when
    not given. The text is put into its usual form when the field is left.
    """

    value_changed = pyqtSignal(object)
    """The value in base units, None while the field is empty or at fault."""

    def __init__(
        self,
        kind: Kind,
        name: str,
        *,
        minimum: int = 0,
        maximum: int,
        may_be_empty: bool = False,
        like: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._field = QuantityField(kind, minimum, maximum)
        self._may_be_empty = may_be_empty
        self.name = name
        self._typed = Typed(None)
        self._touched = False
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(like or kind.example.split('"')[1])
        self.edit.setToolTip(self.tr("{0}, like {1}").format(kind.usual, kind.example))
        self._problem = ProblemLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.edit)
        column.addWidget(self._problem)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._read)
        self.edit.editingFinished.connect(self._put_in_order)
        self._read("")

    @property
    def value(self) -> int | None:
        """The quantity in base units; None while the field is empty or at fault."""
        return self._typed.value

    @property
    def problem(self) -> str:
        """What is wrong with the text, in words; "" when nothing is."""
        return self._typed.problem

    def set_value(self, value: int | None) -> None:
        """Show a value (base units); None empties the field, and nothing is said about that yet."""
        self._touched = False
        self.edit.setText("" if value is None else written(self._field.kind, value))

    def set_range(self, minimum: int, maximum: int) -> None:
        """Change what is allowed (base units)."""
        self._field = QuantityField(self._field.kind, minimum, maximum)
        self._read(self.edit.text())

    def show_problem(self) -> bool:
        """Show what is wrong with a field that was not typed into yet, too; whether something is."""
        self._touched = True
        self._show()
        return bool(self.problem)

    def _read(self, text: str) -> None:
        before = self._typed
        self._touched = self._touched or bool(text)
        self._typed = read(self._field, text, may_be_empty=self._may_be_empty)
        self._show()
        if self._typed.value != before.value:
            self.value_changed.emit(self._typed.value)

    def _show(self) -> None:
        problem = self.problem if self._touched else ""
        self._problem.tell(f"{self.name} {problem}" if problem else "")
        self.edit.setProperty("fault", bool(problem))
        self.edit.setAccessibleDescription(problem)
        style = self.edit.style()
        if style is not None:  # the style sheet looks at the property once only
            style.unpolish(self.edit)
            style.polish(self.edit)

    def _put_in_order(self) -> None:
        if self._typed.value is not None:
            self.edit.setText(written(self._field.kind, self._typed.value, self.edit.text()))
