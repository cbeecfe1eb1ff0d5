"""The draft as a curve of rate over time, with handles that change it, and a dry run's curves over it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from pumpbench.conduct.expected_curve import Curves
from pumpbench.files.program import Program
from pumpbench.gui.models.document import Document
from pumpbench.gui.models.program_curve import (
    NL_PER_ML,
    Piece,
    ended_at,
    handle_of_rate,
    outline,
    pieces,
    rate_at_handle,
    rate_text,
)
from pumpbench.gui.models.program_draft import SEGMENTS, ProgramDraft
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.drag_handle import DragHandle
from pumpbench.gui.widgets.time_axis import TimeAxis
from pumpbench.gui.widgets.volume_axis import VolumeAxis

# Where a handle stands (s, mL/h), its cursor, and what is told where it is dragged to.
Grip = tuple[tuple[float, float], Qt.CursorShape, Callable[[float, float], None]]

_ROOM = 1.06
_HEADROOM = 1.25
_FLAT_NL_H = 1000.0  # what fills the screen when the program has no rate at all


class ProgramPlot(QWidget):
    """Drag a diamond to change how long a segment lasts, a triangle to change its rate; of a ramp the diamond
    changes both. The table shows the same, and so does undo.
    """

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self._document = document
        self._theme = theme
        self._row = 0
        self._dragging = False
        self._expected: Curves | None = None
        self._forming = False
        self.plot = pg.PlotWidget(axisItems={"bottom": TimeAxis()})
        self.plot.setAccessibleName(self.tr("The program's rate over time"))
        self.plot.setToolTip(
            self.tr("Drag a diamond to change how long a segment lasts, a triangle to change its rate")
        )
        self.plot.setMenuEnabled(False)
        self.plot.setMinimumHeight(150)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.volume = VolumeAxis(self.plot)
        self._view = self.plot.getViewBox()
        self._view.setMouseEnabled(y=False)
        self._view.setLimits(xMin=0)
        self._extent = (0.0, 0.0)  # of the program that the view was fitted to: s, mL/h
        self.legend = self.plot.addLegend(offset=(-8, 2), labelTextSize="9pt", colCount=5)
        self.handles: list[DragHandle] = []
        self._drawn: list[pg.GraphicsObject] = []
        self._mark: pg.LabelItem | None = None
        document.changed.connect(self._draw)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.plot.setBackground(theme.panel)
        for side in ("left", "bottom", "right"):
            axis = self.plot.getAxis(side)
            axis.setPen(theme.grid)
            axis.setTextPen(theme.muted)
        self.plot.setLabel("left", self.tr("Rate"), units="mL/h", color=theme.muted)
        self.plot.getAxis("left").enableAutoSIPrefix(False)
        self.legend.setLabelTextColor(theme.text)
        self._draw()

    def choose(self, row: int) -> None:
        """Let the segment of this row stand out."""
        self._row = row
        self._draw()

    def show_expected(self, expected: Curves | None, *, forming: bool = False) -> None:
        """Lay a dry run's curves over the program's, or take them away; `forming` marks how far they are."""
        self._expected, self._forming = expected, forming
        self._draw()

    @property
    def simulated(self) -> bool:
        """Whether a dry run's curves are shown."""
        return self._mark is not None

    # --- drawing ---

    def _draw(self) -> None:
        for item in self._drawn:
            self.plot.removeItem(item)
        self._drawn = []
        if self._mark is not None:
            self._mark.scene().removeItem(self._mark)
            self._mark = None
        self.legend.clear()
        self.volume.clear()
        draft = self._document.draft
        program = draft.last_program
        if program is None:
            self._place_handles(())
            return
        found = pieces(program)
        self._draw_program(program, found, stale=draft.program is None)
        if self._expected is not None:
            self._draw_expected(self._expected, program)
        self._place_handles(found if draft.program is not None or self._dragging else ())
        if not self._dragging:
            self._fit(program)

    def _draw_program(self, program: Program, found: list[Piece], stale: bool) -> None:
        times, rates = outline(program)
        pen = pg.mkPen(self._theme.set_flow, width=2, style=_dashed(stale))
        fill = pg.mkColor(self._theme.set_flow)
        fill.setAlpha(20)
        name = self.tr("before the fault") if stale else self.tr("the program")
        self._add(pg.PlotDataItem(times, rates, pen=None, fillLevel=0, brush=fill))
        self._add(pg.PlotDataItem(times, rates, pen=pen, name=name))
        if 0 <= self._row < len(found):
            piece = found[self._row]
            stands_out = pg.mkColor(self._theme.set_flow)
            stands_out.setAlpha(70)
            self._add(
                pg.PlotDataItem(
                    [piece.begin_s, piece.end_s],
                    [piece.begin_nl_h / NL_PER_ML, piece.end_nl_h / NL_PER_ML],
                    pen=pg.mkPen(self._theme.set_flow, width=4),
                    fillLevel=0,
                    brush=stands_out,
                )
            )
        for piece in found:
            label = pg.TextItem(str(piece.index + 1), color=self._theme.muted, anchor=(0.5, 1.0))
            label.setPos((piece.begin_s + piece.end_s) / 2, 0)
            self._add(label)

    def _draw_expected(self, expected: Curves, program: Program) -> None:
        """What pulsates most is at the back."""
        theme, dash, dots = self._theme, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
        solid = Qt.PenStyle.SolidLine
        for values, colour, style, width, name in (
            (expected.measured_ml_h, theme.measured, solid, 1.0, self.tr("measured")),
            (expected.commanded_ml_h, theme.commanded, dash, 2.0, self.tr("commanded")),
            (expected.set_ml_h, theme.set_flow, dots, 2.0, self.tr("set")),
        ):
            pen = pg.mkPen(colour, width=width, style=style)
            self._add(pg.PlotDataItem(expected.time_s, values, pen=pen, name=name))
        pen = pg.mkPen(theme.volume, width=2, style=Qt.PenStyle.DashDotLine)
        whole_ml = program.volume_nl / NL_PER_ML
        curve = self.volume.show(expected.time_s, expected.volume_ml, whole_ml, pen, theme.muted)
        self.legend.addItem(curve, self.tr("volume"))
        if self._forming and len(expected.time_s):
            pen = pg.mkPen(theme.text, width=1, style=solid)
            self._add(pg.InfiniteLine(expected.time_s[-1], pen=pen, movable=False))
        self._add_mark()

    def _add_mark(self) -> None:
        mark = pg.LabelItem(self.tr("SIMULATED"), color=self._theme.text, bold=True)
        mark.setParentItem(self._view)
        mark.anchor(itemPos=(0, 0), parentPos=(0, 0), offset=(8, 2))
        self._mark = mark

    def _add(self, item: pg.GraphicsObject) -> None:
        self.plot.addItem(item)  # which puts what has a name into the legend
        self._drawn.append(item)

    def _fit(self, program: Program) -> None:
        times, rates = outline(program)
        extent = max(float(times[-1]), 1.0), max(float(rates.max()), _FLAT_NL_H / NL_PER_ML)
        if extent == self._extent:  # what was zoomed into stays in sight
            return
        self._extent = extent
        length, top = extent
        self.plot.setXRange(0, length * _ROOM, padding=0)
        self.plot.setYRange(-top * 0.02, top * _HEADROOM, padding=0)

    # --- handles ---

    def _place_handles(self, found: Sequence[Piece]) -> None:
        wanted = [grip for piece in found for grip in self._grips(piece)]
        if self._dragging:  # the one that is held must stay the same
            for handle, (where, _, _) in zip(self.handles, wanted, strict=True):
                handle.setPos(*where)
            return
        for handle in self.handles:
            self.plot.removeItem(handle)
        colours = (self._theme.set_flow, self._theme.panel)
        self.handles = []
        for where, cursor, moved in wanted:
            handle = DragHandle(where, colours, cursor, partial(self._move, moved), self._let_go)
            handle.setZValue(10)
            self.plot.addItem(handle)
            self.handles.append(handle)

    def _grips(self, piece: Piece) -> Iterator[Grip]:
        cursor = Qt.CursorShape.SizeAllCursor if piece.is_ramp else Qt.CursorShape.SizeHorCursor
        yield (piece.end_s, piece.end_nl_h / NL_PER_ML), cursor, partial(self._drag_end, piece)
        if piece.rate_moves:
            at_s, nl_h = handle_of_rate(piece)
            yield (at_s, nl_h / NL_PER_ML), Qt.CursorShape.SizeVerCursor, partial(self._drag_top, piece)

    def _move(self, moved: Callable[[float, float], None], at_s: float, ml_h: float) -> None:
        self._dragging = True
        moved(at_s, ml_h)

    def _drag_end(self, piece: Piece, at_s: float, ml_h: float) -> None:
        program = self._document.draft.last_program
        assert program is not None
        low, high = self._view.viewRange()[0]
        key, text = ended_at(program, piece.index, at_s, high - low)
        if piece.is_ramp:
            self._write_rate(piece.index, "to_rate", ml_h * NL_PER_ML)
        self._document.edit(lambda draft: draft.put((SEGMENTS, piece.index, key), text))

    def _drag_top(self, piece: Piece, at_s: float, ml_h: float) -> None:
        self._write_rate(piece.index, "rate", rate_at_handle(piece, ml_h * NL_PER_ML))

    def _write_rate(self, index: int, key: str, nl_h: float) -> None:
        top = self._view.viewRange()[1][1]
        text = rate_text(nl_h, top * NL_PER_ML)
        self._document.edit(lambda draft: draft.put((SEGMENTS, index, key), text))

    def _let_go(self) -> None:
        self._dragging = False
        self._document.edit(ProgramDraft.settle)


def _dashed(stale: bool) -> Qt.PenStyle:
    return Qt.PenStyle.DashLine if stale else Qt.PenStyle.SolidLine
