"""What was sent beside what the board understood, in a table."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from pumpbench.gui.models.commitment import Row
from pumpbench.gui.theme import Theme


class SideBySide(QTableWidget):
    """One row a thing; a row that differs is told by a sign, a word and a colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(0, 4)
        self._theme = theme
        self._rows: Sequence[Row] = ()
        self.setHorizontalHeaderLabels(
            ["", self.tr("sent"), self.tr("the board understood"), self.tr("the same?")]
        )
        self.setAccessibleName(self.tr("What was sent and what the board understood"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        numbers, header = self.verticalHeader(), self.horizontalHeader()
        assert numbers is not None
        assert header is not None
        numbers.hide()
        for column in (0, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.tell(self._rows)

    def tell(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self._rows = rows
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            same = {None: "", True: self.tr("✓ same"), False: self.tr("≠ differs")}[row.same]
            for column, text in enumerate((row.what, row.sent, row.understood, same)):
                item = QTableWidgetItem(text)
                if column == 0:
                    item.setForeground(QColor(self._theme.muted))
                if column == 3:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                    item.setForeground(QColor(self._theme.good if row.same else self._theme.high))
                self.setItem(number, column, item)
        self.resizeRowsToContents()
