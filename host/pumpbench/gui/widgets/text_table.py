"""A table that is only looked at."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from pumpbench.gui.models.table import TextTable

_ROW = 26


def text_table(
    table: TextTable, name: str, stretched: int, parent: QWidget | None = None, *, wrapped: bool = False
) -> QTableView:
    """A view of `table`; the column `stretched` takes the room that is left. `name` is for screen readers.

    Cells that are `wrapped` show all of their text, on as many lines as it takes.
    """
    view = QTableView(parent)
    view.setModel(table)
    view.setAccessibleName(name)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setWordWrap(wrapped)
    rows, columns = view.verticalHeader(), view.horizontalHeader()
    assert rows is not None
    assert columns is not None
    rows.setVisible(False)
    rows.setDefaultSectionSize(_ROW)
    if wrapped:
        view.setTextElideMode(Qt.TextElideMode.ElideNone)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    columns.setHighlightSections(False)
    columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    columns.setResizeContentsPrecision(50)
    columns.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    return view


def selected_rows(view: QTableView) -> Sequence[int]:
    """The numbers of the rows that are selected, from above."""
    selection = view.selectionModel()
    return [] if selection is None else sorted(index.row() for index in selection.selectedRows())
