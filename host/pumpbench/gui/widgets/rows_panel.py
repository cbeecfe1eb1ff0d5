"""A list of the draft in a table, with what can be done to its rows by button and by key."""

from collections.abc import Callable

from PyQt6.QtCore import QItemSelectionModel, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from pumpbench.gui.models.document import Document
from pumpbench.gui.models.draft_table import DraftTable
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.draft_delegate import DraftDelegate


class RowsPanel(QWidget):
    """`name` is what the rows are, for screen readers; `most` how many there may be."""

    row_chosen = pyqtSignal(int)
    """The row that the cursor is in now."""

    def __init__(self, document: Document, table: str, name: str, most: int, theme: Theme) -> None:
        super().__init__()
        self._document = document
        self._table = table
        self._most = most
        self.model = DraftTable(document, table, theme, self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(DraftDelegate(self.model, self.view))
        self.view.setAccessibleName(name)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.view.setWordWrap(True)
        self.view.setTabKeyNavigation(False)  # arrows go through the cells, Tab goes on to the buttons
        header = self.view.horizontalHeader()
        assert header is not None
        for section in range(len(self.model.columns) - 1):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(84)
        header.setStretchLastSection(True)
        self._buttons = [
            self._button(self.tr("&Add"), "Ctrl+Shift+N", self.add),
            self._button(self.tr("D&uplicate"), "Ctrl+D", self.duplicate),
            self._button(self.tr("&Remove"), "Ctrl+Del", self.remove),
            self._button(self.tr("↑ Earlier"), "Alt+Up", lambda: self.shift(-1)),
            self._button(self.tr("↓ Later"), "Alt+Down", lambda: self.shift(1)),
        ]
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.view, 1)
        column.addLayout(row)
        selection = self.view.selectionModel()
        assert selection is not None
        selection.currentRowChanged.connect(lambda now, before: self.row_chosen.emit(now.row()))
        document.changed.connect(self._follow)
        self.choose(0)
        self._follow()

    @property
    def row(self) -> int:
        """The row that the cursor is in, -1 for none."""
        return self.view.currentIndex().row()

    def choose(self, row: int, column: int | None = None) -> None:
        """Put the cursor into a row."""
        column = max(0, self.view.currentIndex().column()) if column is None else column
        selection = self.view.selectionModel()
        assert selection is not None
        selection.setCurrentIndex(
            self.model.index(row, column), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def add(self) -> None:
        """Put a new row behind the cursor."""
        at = self.row + 1
        self._document.edit(lambda draft: draft.add(self._table, at))
        self.choose(at, 0)

    def duplicate(self) -> None:
        """Put a copy of the row behind it."""
        at = self.row
        if at >= 0:
            self._document.edit(lambda draft: draft.duplicate(self._table, at))
            self.choose(at + 1)

    def remove(self) -> None:
        """Take the row away; undo brings it back."""
        at = self.row
        if at >= 0:
            self._document.edit(lambda draft: draft.remove(self._table, at))
            self.choose(min(at, self.model.rowCount() - 1))

    def shift(self, by: int) -> None:
        """Move the row up or down."""
        at, to = self.row, self.row + by
        if at >= 0 and 0 <= to < self.model.rowCount():
            self._document.edit(lambda draft: draft.move(self._table, at, to))
            self.choose(to)

    def _button(self, text: str, key: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda: act())
        button.setToolTip(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText))
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.click)
        return button

    def _follow(self) -> None:
        rows = self.model.rowCount()
        add, duplicate, remove, earlier, later = self._buttons
        add.setEnabled(rows < self._most)
        duplicate.setEnabled(0 < rows < self._most)
        for button in (remove, earlier, later):
            button.setEnabled(rows > 0)
        self.view.resizeRowsToContents()
