"""The alarms, below the header on every page: the most urgent on top, nothing above them."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pumpbench.gui.alarm_watch import AlarmWatch
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.actions import cannot_command
from pumpbench.gui.models.alarms import AlarmLine, is_lit
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.alarm_row import AlarmRow
from pumpbench.units import format_clock

_ROWS_SHOWN = 3


class AlarmBanner(QFrame):
    """Hidden while there is nothing. More alarms than fit are reached by scrolling."""

    def __init__(self, lab: Lab, watch: AlarmWatch) -> None:
        super().__init__()
        self.setObjectName("alarms")
        self.setAccessibleName(self.tr("Alarms"))
        self._lab = lab
        self._watch = watch
        self.rows: list[AlarmRow] = []
        self.silence = QPushButton()
        self.silence.setObjectName("silence")
        self.silence.clicked.connect(watch.silence)
        self.count = QLabel()
        self.count.setObjectName("alarm-count")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(2)
        inside = QWidget()
        inside.setLayout(self._list)
        self._scroll = _Rows(self)
        self._scroll.setWidget(inside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 10, 2)
        row.setSpacing(10)
        row.addWidget(self._scroll, 1)
        beside = QVBoxLayout()
        beside.addWidget(self.silence)
        beside.addWidget(self.count, 0, Qt.AlignmentFlag.AlignHCenter)
        beside.addStretch(1)
        row.addLayout(beside)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        watch.changed.connect(self._show)
        watch.ticked.connect(self._flash)
        lab.contact.changed.connect(self._allow)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        for row in self.rows:
            row.set_theme(theme)

    def acknowledge_top(self) -> None:
        """Take note of the most urgent alarm that waits for it."""
        waiting = next(
            (row.button for row in self.rows if row.line.latched and row.line.code is not None), None
        )
        if waiting is not None:
            waiting.click()

    def _show(self, lines: list[AlarmLine]) -> None:
        # A row stays with its alarm, so that a click that has begun ends where it was meant.
        old = {row.line.name: row for row in self.rows}
        self.rows = []
        for line in lines:
            row = old.pop(line.name, None)
            if row is None:
                row = AlarmRow(line, self._lab.theme)
                row.acknowledged.connect(self._watch.acknowledge)
            else:
                row.show_line(line)
                self._list.removeWidget(row)
            self._list.addWidget(row)
            self.rows.append(row)
        for row in old.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.count.setText(self.tr("{0} in all").format(len(lines)))
        self.count.setVisible(len(lines) > _ROWS_SHOWN)
        self.setVisible(bool(lines))
        self._allow()
        self._scroll.updateGeometry()
        self.updateGeometry()

    def _allow(self) -> None:
        contact, snapshot = self._lab.contact.now, self._lab.contact.snapshot
        why = ""
        if snapshot is None or not contact.current:
            why = self.tr("the pump is not in contact")
        else:
            why = cannot_command(snapshot)
        for row in self.rows:
            row.button.setEnabled(not why)
            row.button.setToolTip(why or self.tr("Take note of this alarm (F9: of the first)"))

    def _flash(self, now_s: float) -> None:
        for row in self.rows:
            row.set_lit(is_lit(row.line, now_s))
        left_s, fault, wanted = self._watch.silent_s, self._watch.sound.fault, self._lab.settings.sound
        if not wanted:
            text = self.tr("Sound is off")
        elif fault:
            text = self.tr("No sound here")
        elif left_s:
            text = self.tr("Silent for {0}").format(format_clock(left_s + 0.999))
        else:
            text = self.tr("&Silence {0}").format(format_clock(self._lab.settings.silence_s))
        if text != self.silence.text():
            self.silence.setText(text)
            self.silence.setEnabled(wanted and not fault)
            self.silence.setToolTip(fault or self.tr("Silences the alarms of now (F10); a new one is heard"))


class _Rows(QScrollArea):
    """As high as its rows, up to `_ROWS_SHOWN` of them."""

    def __init__(self, banner: AlarmBanner) -> None:
        super().__init__()
        self._banner = banner
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The rows' height at the present width."""
        rows = self._banner.rows[:_ROWS_SHOWN]
        width = max(300, self.width())
        heights = [row.heightForWidth(width) for row in rows]
        return QSize(width, sum(heights) + 2 * max(0, len(heights) - 1))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """No row is ever squeezed."""
        return QSize(300, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802  Qt's name
        """A narrower banner may need another line."""
        super().resizeEvent(event)
        self.updateGeometry()
