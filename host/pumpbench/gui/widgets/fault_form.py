"""A form whose fields each have their fault in words below them."""

from PyQt6.QtCore import QMargins
from PyQt6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pumpbench.gui.widgets.problem_label import ProblemLabel

_LABEL_PX = 144


class FaultForm(QWidget):
    """Rows are added from above; the label of a row gets its mnemonic from ``&`` in the words."""

    def __init__(self) -> None:
        super().__init__()
        self._problems: dict[str, ProblemLabel] = {}
        self._labels: dict[str, QLabel] = {}
        self._fields: dict[str, QWidget] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(QMargins(0, 0, 0, 0))
        self._form.setVerticalSpacing(10)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def add(self, key: str, words: str, buddy: QWidget, *beside: QWidget) -> None:
        """Add a field under `key`, other widgets to its right."""
        label, problem, field = QLabel(words), ProblemLabel(), QWidget()
        label.setMinimumWidth(_LABEL_PX)
        label.setBuddy(buddy)
        if not buddy.accessibleName():
            buddy.setAccessibleName(words.replace("&", ""))
        buddy.setObjectName(buddy.objectName() or key)
        problem.setObjectName(f"{key}-problem")
        row = QHBoxLayout()
        row.addWidget(buddy, 1)
        for widget in beside:
            row.addWidget(widget)
        column = QVBoxLayout(field)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(problem)
        self._form.addRow(label, field)
        self._problems[key], self._labels[key], self._fields[key] = problem, label, field

    def tell(self, key: str, fault: str) -> None:
        """Say what is wrong with a field; "" for nothing."""
        self._problems[key].tell(fault)

    def show_row(self, key: str, shown: bool) -> None:
        """Show or hide a whole row."""
        self._labels[key].setVisible(shown)
        self._fields[key].setVisible(shown)
