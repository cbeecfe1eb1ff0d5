"""Start-up curve, trumpet curve and weight of a trial, as they form, against the limits of its protocol."""

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from pumpbench.gui.live import Span
from pumpbench.gui.models.trial_curves import Curves, gaps_of
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.gap_hatch import GapHatch
from pumpbench.trials.series import Floats

_SYMBOL_PX = 9
_AXIS_PX = 58
_WIDE, _NARROW = 3, 2
_LEAST_PX = 150


class _Canvas(pg.PlotWidget):  # type: ignore[misc]
    """Content with little room: a page that asks for much is scrolled."""

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Small."""
        return QSize(2 * _LEAST_PX, _LEAST_PX)


class _Plot(QWidget):
    """A plot with its title and its key in words above it."""

    def __init__(self, title: str, x: str, y: str) -> None:
        super().__init__()
        self.title, self.key = QLabel(title), QLabel()
        self.title.setProperty("look", "title")
        self.key.setTextFormat(Qt.TextFormat.RichText)
        self.key.setWordWrap(True)
        self.plot = _Canvas()
        self.plot.setAccessibleName(title)
        self.plot.setMinimumHeight(_LEAST_PX)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.showGrid(x=True, y=True, alpha=0.3)
        for side, words in (("bottom", x), ("left", y)):
            axis = self.plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setLabel(words)
        self.plot.getAxis("left").setWidth(_AXIS_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.key)
        column.addWidget(self.plot, 1)

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.plot.setBackground(theme.panel)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.grid))
            axis.setTextPen(pg.mkPen(theme.text))

    def explain(self, entries: list[tuple[str, str, str]]) -> None:
        """Say what is what: a sign, its colour, words."""
        self.key.setText(
            " &nbsp; ".join(
                f'<span style="color:{colour}">{sign}</span>&nbsp;{words}' for sign, colour, words in entries
            )
        )


class TrialPlots(QWidget):
    """Told what to draw."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.startup = _Plot(
            self.tr("Start-up curve"), self.tr("time since the start (min)"), self.tr("flow (mL/h)")
        )
        self.trumpet = _Plot(self.tr("Trumpet curve"), self.tr("window (min)"), self.tr("error (%)"))
        self.weight = _Plot(self.tr("Weight on the balance"), self.tr("time (min)"), self.tr("weight (g)"))
        self.gaps, self.weight_gaps = GapHatch(), GapHatch()
        self.startup.plot.addItem(self.gaps, ignoreBounds=True)
        self.weight.plot.addItem(self.weight_gaps, ignoreBounds=True)
        self.analysed = pg.LinearRegionItem(movable=False)
        self.analysed.setZValue(-20)
        self.startup.plot.addItem(self.analysed)
        self.flow = self.startup.plot.plot()
        self.set_rate, self.flow_limits = self.startup.plot.plot(), self.startup.plot.plot()
        self.mass = self.weight.plot.plot()
        self.trumpet.plot.setLogMode(x=True, y=False)
        self.most, self.least, self.limits, self.unsure = (self.trumpet.plot.plot() for _ in range(4))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(10)
        self._grid.addWidget(self.startup, 0, 0, 1, 2)
        self._grid.addWidget(self.trumpet, 1, 0)
        self._grid.addWidget(self.weight, 1, 1)
        self._grid.setColumnStretch(0, _WIDE)
        self._grid.setColumnStretch(1, _NARROW)
        for row in (0, 1):
            self._grid.setRowStretch(row, 1)
        self.dress(theme)

    def show_weight_alone(self, alone: bool) -> None:
        """Whether there are no curves but the weight: a calibration."""
        self.startup.setVisible(not alone)
        self.trumpet.setVisible(not alone)
        self._grid.removeWidget(self.weight)
        self._grid.addWidget(self.weight, *((0, 0, 2, 2) if alone else (1, 1, 1, 1)))

    def show_weight(self, time_s: Floats, mass_g: Floats) -> None:
        """Draw every reading so far."""
        minutes = time_s / 60.0
        self.mass.setData(minutes, mass_g, connect="finite")
        self.weight_gaps.set_gaps(tuple(Span(*gap) for gap in gaps_of(minutes, mass_g)))

    def show_curves(self, curves: Curves | None) -> None:
        """Draw a delivery's curves; None clears them."""
        if curves is None:
            for item in (
                self.flow,
                self.set_rate,
                self.flow_limits,
                self.most,
                self.least,
                self.limits,
                self.unsure,
            ):
                item.setData([], [])
            self.analysed.hide()
            self.gaps.set_gaps(())
            return
        self._show_startup(curves)
        self._show_trumpet(curves)
        self._explain(curves)

    def _show_startup(self, curves: Curves) -> None:
        self.flow.setData(curves.time_min, curves.flow_ml_h, connect="finite")
        self.gaps.set_gaps(tuple(Span(*gap) for gap in curves.gaps_min))
        start, end = curves.analyse_min
        across = np.array([0.0, end])
        self.set_rate.setData(across, np.full(2, curves.rate_ml_h))
        if curves.limit_ml_h is None:
            self.flow_limits.setData([], [])
        else:
            low, high = curves.rate_ml_h - curves.limit_ml_h, curves.rate_ml_h + curves.limit_ml_h
            self.flow_limits.setData([start, end, start, end], [low, low, high, high], connect="pairs")
        self.analysed.setRegion((start, end))
        self.analysed.show()

    def _show_trumpet(self, curves: Curves) -> None:
        trumpet = curves.trumpet
        self.most.setData(trumpet.window_min, trumpet.max_percent, connect="finite")
        self.least.setData(trumpet.window_min, trumpet.min_percent, connect="finite")
        x, y = _bars(trumpet.window_min, trumpet.max_percent, trumpet.expanded_percent)
        x2, y2 = _bars(trumpet.window_min, trumpet.min_percent, trumpet.expanded_percent)
        self.unsure.setData(np.concatenate([x, x2]), np.concatenate([y, y2]), connect="pairs")
        at, limit = trumpet.limit_at_min, trumpet.limit_percent
        self.limits.setData(
            np.concatenate([at, [np.nan], at]), np.concatenate([limit, [np.nan], -limit]), connect="finite"
        )
        windows = at if len(at) else trumpet.window_min
        self.trumpet.plot.getAxis("bottom").setTicks([[(np.log10(one), f"{one:g}") for one in windows]])
        if len(windows):
            self.trumpet.plot.setXRange(np.log10(windows[0]), np.log10(windows[-1]), padding=0.06)

    def _explain(self, curves: Curves) -> None:
        theme = self._theme
        entries = [
            ("━", theme.measured, self.tr("flow of each sample")),
            ("━", theme.set_flow, self.tr("set rate")),
        ]
        if curves.limit_ml_h is not None:
            percent = 100.0 * curves.limit_ml_h / curves.rate_ml_h
            entries.append(
                ("╌", theme.commanded, self.tr("limit of the mean, ± {0} %").format(f"{percent:g}"))
            )
        entries.append(("▒", theme.muted, self.tr("analysed")))
        if curves.gaps_min:
            entries.append(("▨", theme.marker, self.tr("gap")))
        self.startup.explain(entries)
        entries = [
            ("▲", theme.measured, self.tr("largest")),
            ("▼", theme.pressure, self.tr("smallest error")),
            ("┃", theme.text, self.tr("U (k = 2)")),
        ]
        if not np.isnan(curves.trumpet.limit_percent).all():
            entries.append(("╌", theme.commanded, self.tr("limit")))
        self.trumpet.explain(entries)

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        for plot in (self.startup, self.trumpet, self.weight):
            plot.dress(theme)
        for gaps in (self.gaps, self.weight_gaps):
            gaps.set_colours(theme.gap, theme.marker)
        dashed = pg.mkPen(theme.commanded, width=2, style=Qt.PenStyle.DashLine)
        self.flow.setPen(pg.mkPen(theme.measured, width=2))
        self.mass.setPen(pg.mkPen(theme.measured, width=2))
        self.set_rate.setPen(pg.mkPen(theme.set_flow, width=1.5))
        self.flow_limits.setPen(dashed)
        self.limits.setPen(dashed)
        self.unsure.setPen(pg.mkPen(theme.text, width=1))
        for item, symbol, colour in ((self.most, "t1", theme.measured), (self.least, "t", theme.pressure)):
            item.setPen(pg.mkPen(colour, width=2))
            item.setSymbol(symbol)
            item.setSymbolSize(_SYMBOL_PX)
            item.setSymbolBrush(colour)
            item.setSymbolPen(colour)
        shade = pg.mkColor(theme.muted)
        shade.setAlpha(28)
        self.analysed.setBrush(shade)
        for line in self.analysed.lines:
            line.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))


def _bars(x: Floats, y: Floats, half: Floats) -> tuple[Floats, Floats]:
    """From the lower to the upper end of each bar; none where half its length is not known."""
    known = ~(np.isnan(y) | np.isnan(half))
    ends = np.stack([y[known] - half[known], y[known] + half[known]], axis=-1)
    return np.repeat(x[known], 2), ends.reshape(-1)
