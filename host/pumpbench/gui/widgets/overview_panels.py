"""The panels of the page Overview: flow, volume, time, line, reservoirs, cable, program."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from pumpbench.gui.models.overview import NOTHING, Overview, SegmentRow
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.figure import Figure, align
from pumpbench.gui.widgets.reservoir_gauge import ReservoirGauge
from pumpbench.gui.widgets.rotor_dial import RotorDial


class Panel(QFrame):
    """A frame with a title."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self.title = QLabel(title)
        self.title.setProperty("look", "title")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 8, 12, 10)
        self.column.setSpacing(6)
        self.column.addWidget(self.title)


class FlowPanel(Panel):
    """Set, commanded, measured: never mixed."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.setText(self.tr("Flow"))
        self._set = Figure(self.tr("set"), "flow-set")
        self._commanded = Figure(self.tr("commanded"), "flow-commanded")
        self._measured = Figure(self.tr("measured"), "flow-measured")
        row = QHBoxLayout()
        for figure in (self._set, self._commanded, self._measured):
            row.addWidget(figure)
        self.column.addLayout(row)

    def show_overview(self, overview: Overview, current: bool) -> None:
        """Show other figures."""
        self._set.show_value(overview.set_flow, self.tr("by the program"), current)
        self._commanded.show_value(overview.commanded, self.tr("to the motor"), current)
        self._measured.show_value(
            overview.measured, overview.measured_note or self.tr("by the sensor"), current
        )
        align(self._set, self._commanded, self._measured)


class VolumePanel(Panel):
    """Delivered of requested, and what is left."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.setText(self.tr("Volume"))
        self._delivered = Figure(self.tr("delivered"), "volume-delivered")
        self._left = Figure(self.tr("left to deliver"), "volume-left")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(self.tr("Delivered of requested"))
        row = QHBoxLayout()
        row.addWidget(self._delivered)
        row.addWidget(self._left)
        self.column.addLayout(row)
        self.column.addWidget(self._bar)

    def show_overview(self, overview: Overview, current: bool) -> None:
        """Show other figures."""
        of = self.tr("of {0}").format(overview.requested) if overview.requested else ""
        self._delivered.show_value(overview.delivered, of, current)
        self._left.show_value(overview.left, "", current)
        align(self._delivered, self._left)
        self._bar.setVisible(overview.fraction is not None)
        self._bar.setEnabled(current)
        if overview.fraction is not None:
            self._bar.setValue(round(overview.fraction * 1000))
            self._bar.setFormat(f"{overview.fraction * 100:.1f} %")


class TimePanel(Panel):
    """What comes when, by the pump's clock and by the wall's."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.setText(self.tr("Time"))
        self._rows = [(QLabel(), QLabel(), QLabel()) for _ in range(3)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        for number, (what, clock, date) in enumerate(self._rows):
            what.setProperty("look", "muted")
            clock.setStyleSheet("font-weight: 600;")
            clock.setObjectName(f"time-{number}")
            for column, label in enumerate((what, clock, date)):
                grid.addWidget(label, number, column)
        grid.setColumnStretch(2, 1)
        self.column.addLayout(grid)
        self.column.addStretch(1)

    def show_overview(self, overview: Overview, current: bool) -> None:
        """Show other moments."""
        for (what, clock, date), moment in zip(self._rows, overview.moments, strict=True):
            what.setText(moment.what)
            clock.setText(moment.clock)
            clock.setAccessibleName(f"{moment.what}: {moment.clock} {moment.date}")
            date.setText(moment.date)
            for label in (clock, date):
                label.setEnabled(current)


class LinePanel(Panel):
    """Pressure, temperature, rotor."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("")
        self.title.setText(self.tr("Line and head"))
        self._pressure = Figure(self.tr("pressure"), "pressure")
        self._temperature = Figure(self.tr("temperature"), "temperature")
        self._angle = QLabel()
        self._angle.setProperty("look", "muted")
        self.dial = RotorDial(theme)
        row = QHBoxLayout()
        row.addWidget(self._pressure)
        row.addWidget(self._temperature)
        rotor = QVBoxLayout()
        rotor.setSpacing(0)
        rotor.addWidget(self.dial)
        rotor.addWidget(self._angle)
        row.addLayout(rotor)
        self.column.addLayout(row)

    def show_overview(self, overview: Overview, current: bool) -> None:
        """Show other figures."""
        self._pressure.show_value(overview.pressure, "", current)
        self._temperature.show_value(overview.temperature, "", current)
        align(self._pressure, self._temperature)
        self.dial.show_angle(overview.rotor_deg, current)
        angle = NOTHING if overview.rotor_deg is None else f"{overview.rotor_deg:.0f}°"
        self._angle.setText(self.tr("rotor {0}").format(angle))


class ReservoirsPanel(Panel):
    """A gauge a reservoir that is defined."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("")
        self.title.setText(self.tr("Reservoirs"))
        self._theme = theme
        self._none = QLabel(self.tr("None is defined yet: the page Reservoirs does that."))
        self._none.setProperty("look", "muted")
        self._row = QHBoxLayout()
        self.gauges: list[ReservoirGauge] = []
        self.column.addWidget(self._none)
        self.column.addLayout(self._row, 1)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        for gauge in self.gauges:
            gauge.set_theme(theme)

    def show_overview(self, overview: Overview, current: bool) -> None:
        """Show other contents."""
        while len(self.gauges) > len(overview.gauges):
            self.gauges.pop().deleteLater()
        while len(self.gauges) < len(overview.gauges):
            gauge = ReservoirGauge(self._theme)
            self.gauges.append(gauge)
            self._row.addWidget(gauge)
        for widget, gauge_now in zip(self.gauges, overview.gauges, strict=True):
            widget.show_gauge(gauge_now, current)
        self._none.setVisible(not self.gauges)


class CablePanel(Panel):
    """What happens if the cable is pulled now."""

    def __init__(self) -> None:
        super().__init__("")
        self.title.setText(self.tr("If the cable is pulled now"))
        self.words = QLabel()
        self.words.setObjectName("cable")
        self.words.setWordWrap(True)
        self.column.addWidget(self.words)
        self.column.addStretch(1)

    def show_overview(self, overview: Overview, current: bool) -> None:
        """Show what holds now; nothing is said about a pump that is not heard."""
        self.words.setText(overview.cable if current else self.tr("The pump is not heard at all now."))


class ProgramPanel(Panel):
    """The segments of the committed program, and where it is."""

    def __init__(self) -> None:
        super().__init__("")
        self._rows: tuple[SegmentRow, ...] = ()
        self._none = QLabel(self.tr("The board holds no program yet: the page Program sends one."))
        self._none.setProperty("look", "muted")
        self.table = QTableWidget(0, 5)
        self.table.setObjectName("segments")
        self.table.setAccessibleName(self.tr("Segments of the program"))
        self.table.setHorizontalHeaderLabels(
            [self.tr("Now"), self.tr("Segment"), self.tr("Flow"), self.tr("Reservoir"), self.tr("Until")]
        )
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setMinimumHeight(96)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        below, beside = self.table.verticalHeader(), self.table.horizontalHeader()
        assert below is not None
        assert beside is not None
        below.hide()
        beside.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        below.setDefaultSectionSize(26)
        beside.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        beside.setStretchLastSection(True)
        self.column.addWidget(self._none)
        self.column.addWidget(self.table, 1)

    def show_overview(self, overview: Overview, current: bool) -> None:
        """Show another program, or another place in it."""
        self.title.setText(self.tr("Program: {0}").format(overview.program) if overview.program else "")
        self.title.setVisible(bool(overview.program))
        self._none.setVisible(not overview.segments)
        self.table.setVisible(bool(overview.segments))
        self.table.setEnabled(current)
        if overview.segments == self._rows:
            return
        self._rows = overview.segments
        self.table.setRowCount(len(self._rows))
        for at, row in enumerate(self._rows):
            now = "" if row.fraction is None else f"▸ {row.fraction * 100:.0f} %"
            for column, text in enumerate((now, row.kind, row.what, str(row.reservoir), row.length)):
                item = self.table.item(at, column)
                if item is None:
                    item = QTableWidgetItem()
                    self.table.setItem(at, column, item)
                item.setText(text)
                font = item.font()
                font.setBold(row.fraction is not None)
                item.setFont(font)
