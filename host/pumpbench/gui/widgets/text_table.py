"""A table that is only looked at."""

from collections.abc import Sequence

from PyQt6.QtCore import QModelIndex, QRect, QSize, Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pumpbench.gui.models.table import TextTable

_ROW = 26
_BESIDE = 24  # pixels: what the style sheet and the style leave free to the left and right of a cell's text


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
        view.setItemDelegate(_Wrapped(view))
    columns.setHighlightSections(False)
    columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    columns.setResizeContentsPrecision(50)
    columns.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    return view


class _Wrapped(QStyledItemDelegate):
    """Cells as high as their text takes. The style by itself forgets the room beside it, and cuts it off."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802  Qt's name
        """The width of its column's text on one line, the height of it on as many as it takes."""
        text, metrics = str(index.data()), option.fontMetrics
        long, room = metrics.horizontalAdvance(text), self._view.columnWidth(index.column()) - _BESIDE
        if long <= room:
            return QSize(long + _BESIDE, _ROW)
        place = metrics.boundingRect(QRect(0, 0, room, 0), Qt.TextFlag.TextWordWrap, text)
        return QSize(long + _BESIDE, place.height() + _ROW - metrics.height())


def selected_rows(view: QTableView) -> Sequence[int]:
    """The numbers of the rows that are selected, from above."""
    selection = view.selectionModel()
    return [] if selection is None else sorted(index.row() for index in selection.selectedRows())
