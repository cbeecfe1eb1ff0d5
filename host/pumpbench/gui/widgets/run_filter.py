"""Which runs are listed: typed and chosen above the list."""

from datetime import date

from PyQt6.QtCore import QDate, QTimer, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QHBoxLayout, QLabel, QLineEdit, QWidget

from pumpbench.gui.models.runs import ANY, STATUSES, RunFilter

_AFTER_TYPING_MS = 250


class RunFilterRow(QWidget):
    """`changed` tells a moment after the last key."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setObjectName("runs-name")
        self.name.setPlaceholderText(self.tr("name"))
        self.name.setClearButtonEnabled(True)
        self.board = QLineEdit()
        self.board.setObjectName("runs-board")
        self.board.setPlaceholderText(self.tr("board"))
        self.board.setClearButtonEnabled(True)
        self.status = QComboBox()
        self.status.addItem(self.tr("any status"), ANY)
        for status in STATUSES[1:]:
            self.status.addItem(status, status)
        self.kind = QComboBox()
        for text, simulated in (
            (self.tr("real and simulated"), None),
            (self.tr("real only"), False),
            (self.tr("simulated only"), True),
        ):
            self.kind.addItem(text, simulated)
        self.dated = QCheckBox(self.tr("&from"))
        self.since, self.until = QDateEdit(), QDateEdit()
        for field, day in ((self.since, QDate.currentDate().addDays(-30)), (self.until, QDate.currentDate())):
            field.setCalendarPopup(True)
            field.setDisplayFormat("yyyy-MM-dd")
            field.setDate(day)
            field.setEnabled(False)
        self.watches = QCheckBox(self.tr("&watches too"))
        self.watches.setToolTip(self.tr("Also what was recorded outside of any program's run"))
        to = QLabel(self.tr("to"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget, name, stretch in (
            (self.name, self.tr("Part of the run's name"), 2),
            (self.board, self.tr("Part of the board's name or id"), 1),
            (self.status, self.tr("Status"), 0),
            (self.kind, self.tr("Real or simulated"), 0),
            (self.dated, self.tr("Only runs of some days"), 0),
            (self.since, self.tr("First day"), 0),
            (to, "", 0),
            (self.until, self.tr("Last day"), 0),
            (self.watches, self.tr("Watches too"), 0),
        ):
            widget.setAccessibleName(name)
            row.addWidget(widget, stretch)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER_TYPING_MS)
        self._later.timeout.connect(self.changed)
        for signal in (
            self.name.textChanged,
            self.board.textChanged,
            self.status.currentIndexChanged,
            self.kind.currentIndexChanged,
            self.since.dateChanged,
            self.until.dateChanged,
            self.watches.toggled,
            self.dated.toggled,
        ):
            signal.connect(lambda *_: self._later.start())
        self.dated.toggled.connect(self.since.setEnabled)
        self.dated.toggled.connect(self.until.setEnabled)

    def wanted(self) -> RunFilter:
        """What is chosen now."""
        dated = self.dated.isChecked()
        return RunFilter(
            self.name.text(),
            self.board.text(),
            self.status.currentData(),
            self.kind.currentData(),
            _day(self.since) if dated else None,
            _day(self.until) if dated else None,
            self.watches.isChecked(),
        )


def _day(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())
