"""A list of tables of the draft, such as its segments, as rows and cells."""

from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, Qt
from PyQt6.QtGui import QBrush, QColor

from pumpbench.gui.models.document import Document
from pumpbench.gui.models.program_draft import QUANTITIES, RESERVOIRS, SEGMENTS, ProgramDraft, keys_of
from pumpbench.gui.theme import Theme
from pumpbench.units import CONCENTRATION, DURATION, RATE, VOLUME, Kind

PROBLEM = ""  # the key of the column that says what is wrong with a row


@dataclass(frozen=True)
class Column:
    """One key: its heading, and of which kind of quantity it is, None when of none."""

    key: str
    heading: str
    kind: Kind | None = None


COLUMNS: dict[str, tuple[Column, ...]] = {
    SEGMENTS: (
        Column("kind", "Kind"),
        Column("reservoir", "Reservoir"),
        Column("rate", "Rate", RATE),
        Column("to_rate", "To rate", RATE),
        Column("volume", "Volume", VOLUME),
        Column("duration", "Duration", DURATION),
        Column(PROBLEM, "Problem"),
    ),
    RESERVOIRS: (
        Column("id", "Id"),
        Column("drug", "Drug"),
        Column("concentration", "Concentration", CONCENTRATION),
        Column("capacity", "Capacity", VOLUME),
        Column("contents", "Contents", VOLUME),
        Column("low_at", "Low at", VOLUME),
        Column("empty_at", "Empty at", VOLUME),
        Column(PROBLEM, "Problem"),
    ),
}


def follows(draft: ProgramDraft, table: str, row: int, key: str) -> str:
    """Return what an empty cell comes to by the rest of its row; "" when that is not known."""
    program = draft.program
    if program is None or draft.cell(table, row, key):
        return ""
    if table == RESERVOIRS:
        reservoir = program.reservoirs[row]
        return {"low_at": f"= {VOLUME.format(reservoir.low_at_nl)}", "empty_at": "= 0 mL"}.get(key, "")
    segment, keep_open = program.segments[row], program.program.keep_open_nl_h
    if key == "rate" and segment.delivering:
        return f"= {RATE.format(segment.rates(keep_open)[0])}"
    if key == "volume" and segment.delivering:
        return f"= {VOLUME.format(round(segment.delivers_nl(keep_open)))}"
    if key == "duration":
        return f"= {DURATION.format(round(segment.seconds(keep_open)))}"
    if key == "reservoir" and segment.delivering:
        return f"= {draft.reservoir_ids[0]}"
    return ""


class DraftTable(QAbstractTableModel):
    """`table` is ``segments`` or ``reservoirs``; what is typed into a cell is in the draft at once."""

    def __init__(self, document: Document, table: str, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.table = table
        self.columns = COLUMNS[table]
        self._theme = theme
        self._rows = len(document.draft.rows(table))
        document.changed.connect(self._follow)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self._follow()

    def is_open(self, row: int, column: int) -> bool:
        """Whether something may be written there: a segment's kind decides."""
        key = self.columns[column].key
        if key == PROBLEM:
            return False
        kind = self.document.draft.cell(self.table, row, "kind")
        if self.table == RESERVOIRS:
            return True
        return key not in QUANTITIES or key in keys_of(kind)

    # --- Qt's names ---

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """How many rows there are."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Headings; rows are counted from 1, as sentences count them."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return QCoreApplication.translate("DraftTable", self.columns[section].heading)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Cells may be chosen; some may be written into."""
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return base | Qt.ItemFlag.ItemIsEditable if self.is_open(index.row(), index.column()) else base

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, and what is wrong with it."""
        draft, row, key = self.document.draft, index.row(), self.columns[index.column()].key
        if not index.isValid() or row >= len(draft.rows(self.table)):
            return None
        if key == PROBLEM:
            return self._problem_data(draft.row_problem(self.table, row), role)
        written = draft.cell(self.table, row, key)
        problem = draft.problem(self.table, row, key)
        if role == Qt.ItemDataRole.EditRole:
            return written
        if role == Qt.ItemDataRole.DisplayRole:
            return f"⚠ {written}" if problem else written or follows(draft, self.table, row, key)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return problem
        if role == Qt.ItemDataRole.ToolTipRole:
            return problem or None
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(QColor(self._theme.text if written else self._theme.muted))
        if role == Qt.ItemDataRole.BackgroundRole:
            if problem:
                return _thin(self._theme.high)
            return None if self.is_open(row, index.column()) else QBrush(QColor(self._theme.window))
        return None

    def _problem_data(self, problem: str, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return problem
        return _thin(self._theme.high) if role == Qt.ItemDataRole.BackgroundRole and problem else None

    def setData(  # noqa: N802
        self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Write into a cell; never refused."""
        key = self.columns[index.column()].key
        if role != Qt.ItemDataRole.EditRole or key == PROBLEM:
            return False
        self.document.edit(lambda draft: draft.put((self.table, index.row(), key), str(value)))
        return True

    def _follow(self) -> None:
        rows = len(self.document.draft.rows(self.table))
        if rows > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        elif rows < self._rows:
            self.beginRemoveRows(QModelIndex(), rows, self._rows - 1)
            self._rows = rows
            self.endRemoveRows()
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, len(self.columns) - 1))


def _thin(colour: str) -> QBrush:
    made = QColor(colour)
    made.setAlpha(60)
    return QBrush(made)
