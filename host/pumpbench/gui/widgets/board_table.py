"""The list of boards that can be connected to."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from pumpbench.gui.models.boards import BoardRow


class BoardTable(QTableWidget):
    """One row a board; Enter or a double click connects."""

    chosen = pyqtSignal(object)
    """The `BoardRow` that is the current one now."""
    wanted = pyqtSignal()
    """Connect to the current one."""

    def __init__(self) -> None:
        super().__init__(0, 5)
        self.rows: list[BoardRow] = []
        self.setObjectName("boards")
        self.setAccessibleName(self.tr("Boards"))
        self.setHorizontalHeaderLabels(
            [
                self.tr("Pump"),
                self.tr("Port"),
                self.tr("What it is"),
                self.tr("Unique id"),
                self.tr("Firmware"),
            ]
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        below, beside = self.verticalHeader(), self.horizontalHeader()
        assert below is not None
        assert beside is not None
        below.hide()
        beside.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        beside.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        beside.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        beside.setHighlightSections(False)
        self.setMinimumHeight(130)
        self.currentCellChanged.connect(self._tell)
        self.cellActivated.connect(lambda row, column: self.wanted.emit())

    @property
    def board(self) -> BoardRow | None:
        """The current row's board."""
        at = self.currentRow()
        return self.rows[at] if 0 <= at < len(self.rows) else None

    def show_rows(self, rows: list[BoardRow], port: str) -> None:
        """Show other rows; the current one stays the one of `port`, when there is such a one."""
        if rows == self.rows:
            return
        self.rows = rows
        self.blockSignals(True)
        self.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, text in enumerate((row.name, row.port, row.usb, row.unique_id[:16], row.firmware)):
                item = QTableWidgetItem(text)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.setItem(at, column, item)
        self.blockSignals(False)
        self.choose(port)

    def choose(self, port: str) -> None:
        """Make the board at `port` the current one."""
        at = next((at for at, row in enumerate(self.rows) if row.port == port), None)
        if at is not None and at != self.currentRow():
            self.setCurrentCell(at, 0)

    def _tell(self) -> None:
        board = self.board
        if board is not None:
            self.chosen.emit(board)
