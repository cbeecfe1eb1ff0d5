"""Plots one above the other over one time axis: curves, gaps, events, a cursor."""

import time
from collections.abc import Iterator, Sequence

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QGraphicsView, QWidget

from pumpbench.gui.live import View
from pumpbench.gui.models.curves import PANELS, Curve, Panel, settled, y_range
from pumpbench.gui.models.event_words import Mark
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.clock_axis import ClockAxis
from pumpbench.gui.widgets.cursor_line import CursorLine
from pumpbench.gui.widgets.gap_hatch import GapHatch
from pumpbench.gui.widgets.grid_lines import GridLines
from pumpbench.gui.widgets.marker_strip import MarkerStrip
from pumpbench.gui.widgets.plot_layer import Line

_AXIS_WIDTH = 72
_BETWEEN, _BESIDE = 6, 3
"""Pixels between plots, and between a plot and its axis: what is drawn anew must not touch its neighbours, or
they are drawn, too."""


def pen_of(curve: Curve, theme: Theme) -> QPen:
    """A curve's pen, one pixel wide, which is what draws fast."""
    pen = QPen(QColor(getattr(theme, curve.colour)), 1)
    pen.setCosmetic(True)
    if curve.dash:
        pen.setDashPattern(list(curve.dash))
    return pen


class PanelPlot:
    """One plot of the stack and what lies in it."""

    def __init__(self, panel: Panel, plot: pg.PlotItem) -> None:
        self.panel = panel
        self.plot = plot
        self.curves = {curve.key: Line() for curve in panel.curves}
        self.grid = GridLines(plot)
        self.gaps = GapHatch()
        self.events = Line(connect="pairs")
        self.cursor = CursorLine()
        for item in (self.grid, self.gaps, self.events, *self.curves.values(), self.cursor):
            plot.addItem(item, ignoreBounds=True)
        self._unit = ""

    def show(self, views: Sequence[View], shown: set[str], start: float, end: float) -> None:
        """Draw the panel's curves from `start` to `end`, and fit its axis to them."""
        self.plot.setXRange(start, end, padding=0)
        for curve in self.panel.curves:
            item, view = self.curves[curve.key], views[curve.source]
            item.setVisible(curve.key in shown)
            if curve.key in shown:
                item.setData(*_without_repeats(view.x, view.values[curve.row]), connect="finite")
        wanted = y_range(self.panel, views, shown, start, end)
        if wanted is not None:
            now = self.plot.vb.state["viewRange"][1]
            low, high = settled(wanted, (now[0], now[1]))
            if [low, high] != now:
                self.plot.setYRange(low, high, padding=0)
                self.label(max(abs(low), abs(high)))

    def label(self, peak: float) -> None:
        """Name the axis in a unit that suits its values."""
        unit, size = self.panel.unit(peak)
        if unit != self._unit:
            self._unit = unit
            axis = self.plot.getAxis("left")
            axis.setScale(1.0 / size)
            axis.setLabel(f"{self.panel.name} ({unit})")

    def set_events(self, xs: list[float]) -> None:
        """Draw a line through the plot at each event."""
        low, high = self.plot.vb.state["viewRange"][1]
        x, y = np.repeat(np.array(xs, np.float64), 2), np.tile([low, high], len(xs))
        self.events.setData(x, y)

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for curve in self.panel.curves:
            self.curves[curve.key].setPen(pen_of(curve, theme))
        self.grid.set_colour(theme.grid)
        self.gaps.set_colours(theme.gap, theme.marker)
        self.events.setPen(pg.mkPen(theme.marker, width=1, style=Qt.PenStyle.DotLine))
        self.cursor.set_colour(theme.accent)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.grid))
            axis.setTextPen(pg.mkPen(theme.text))


class StackedPlots(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Knows nothing of the pump: it is told what to draw, and tells what somebody did with the mouse."""

    moved = pyqtSignal(float, float)
    """Somebody dragged or zoomed: the part of the axis that is seen now."""
    pointed = pyqtSignal(float)
    """The mouse is at this place of the axis."""
    left = pyqtSignal()
    """The mouse has left."""

    def __init__(
        self, panels: tuple[Panel, ...] = PANELS, *, events: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Plots"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(300, 200)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        layout = self.ci.layout
        layout.setContentsMargins(4, 2 if events else 10, 10, 2)
        layout.setVerticalSpacing(_BETWEEN)
        self.panels: list[PanelPlot] = []
        for row, panel in enumerate(panels, 1):
            self._add(row, panel, last=row == len(panels))
        self.strip = MarkerStrip(self.panels[0].plot.vb)
        if events:
            self.addItem(self.strip, 0, 0)
        self._by_hand = True
        self.painted_s = 0.0
        """How long the last painting took."""
        self.scene().sigMouseMoved.connect(self._point)

    def _add(self, row: int, panel: Panel, *, last: bool) -> None:
        plot = pg.PlotItem(axisItems={"bottom": ClockAxis()})
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=True, y=False)
        plot.vb.disableAutoRange()
        left = plot.getAxis("left")
        left.setWidth(_AXIS_WIDTH)
        left.setStyle(tickLength=0)  # the grid's lines begin there
        plot.layout.setColumnSpacing(0, _BESIDE)
        for side in ("left", "top", "right"):
            plot.getAxis(side).enableAutoSIPrefix(False)
        if not last:
            plot.hideAxis("bottom")
        self.addItem(plot, row, 0)
        self.ci.layout.setRowStretchFactor(row, panel.height)
        plot.vb.sigXRangeChanged.connect(self._moved)
        self.panels.append(PanelPlot(panel, plot))
        self.panels[-1].label(panel.least)

    # --- being told ---

    @property
    def pixels(self) -> int:
        """How many pixels of the screen the time axis has."""
        return max(1, int(self.panels[0].plot.vb.width() * self.devicePixelRatioF()))

    def show_views(
        self,
        start: float,
        end: float,
        views: Sequence[View],
        shown: set[str],
        marks: list[tuple[float, Mark]],
    ) -> None:
        """Draw a part of the axis: the curves whose keys are `shown`, each from its view, and the events.

        Gaps are hatched when there is one view alone; of several their lines break.
        """
        for _ in self.steps(start, end, views, shown, marks):
            pass

    def steps(
        self,
        start: float,
        end: float,
        views: Sequence[View],
        shown: set[str],
        marks: list[tuple[float, Mark]],
    ) -> Iterator[None]:
        """As `show_views`, one plot at each step: all of them at once would take long."""
        self.strip.set_marks(marks)
        places = [x for x, _ in marks]
        for panel in self.panels:
            self._by_hand = False
            panel.show(views, shown, start, end)
            self._by_hand = True
            panel.gaps.set_gaps(views[0].gaps if len(views) == 1 else ())
            panel.set_events(places)
            panel.plot.vb.updateMatrix()  # which painting would do, too, and then paint once more
            yield

    def set_wall(self, wall: bool) -> None:
        """Whether the axis is wall time."""
        for panel in self.panels:
            panel.plot.getAxis("bottom").set_wall(wall)

    def set_cursor(self, x: float | None) -> None:
        """Put the cursor there, or take it away."""
        for panel in self.panels:
            panel.cursor.set_place(x)

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.setBackground(theme.panel)
        self.strip.set_theme(theme)
        for panel in self.panels:
            panel.dress(theme)

    def draw_on(self, painter: QPainter, place: QRectF) -> None:
        """Draw the stack as it is seen, on something else."""
        self.scene().render(painter, place, QRectF(self.ci.sceneBoundingRect()))

    # --- telling ---

    def _moved(self, _: object, seen: tuple[float, float]) -> None:
        if self._by_hand:
            self.moved.emit(*seen)

    def _point(self, at: QPointF) -> None:
        for panel in self.panels:
            if panel.plot.vb.sceneBoundingRect().contains(at):
                self.pointed.emit(panel.plot.vb.mapSceneToView(at).x())
                return
        self.left.emit()

    def paintEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Paint, and note how long that takes."""
        began = time.perf_counter()
        super().paintEvent(event)
        self.painted_s = time.perf_counter() - began

    def leaveEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Take the cursor away with the mouse."""
        super().leaveEvent(event)
        self.left.emit()


def _without_repeats(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same line with fewer points: a value that stands still is drawn from its first to its last."""
    if len(y) < 3:
        return x, y
    keep = np.ones(len(y), np.bool_)
    keep[1:-1] = (y[1:-1] != y[:-2]) | (y[1:-1] != y[2:])
    return x[keep], y[keep]
