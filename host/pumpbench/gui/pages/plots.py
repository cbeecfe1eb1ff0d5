"""The page "Plots": what the pump does, as it does it, and anything of the last day."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from pumpbench.expected import sentence_of
from pumpbench.gui.lab import Lab
from pumpbench.gui.live import View
from pumpbench.gui.models import plot_export
from pumpbench.gui.models.curves import PANELS, readout
from pumpbench.gui.models.event_words import mark_of
from pumpbench.gui.models.times import moment
from pumpbench.gui.models.viewport import Viewport
from pumpbench.gui.pages.page import Page
from pumpbench.gui.widgets.curve_keys import CurveKeys
from pumpbench.gui.widgets.plot_picture import png_of, svg_of, writer_of
from pumpbench.gui.widgets.plot_tools import EVERYTHING, PlotTools
from pumpbench.gui.widgets.save_panel import SavePanel
from pumpbench.gui.widgets.stacked_plots import StackedPlots

FRAME_MS = 33
TURN_MS = FRAME_MS // (len(PANELS) + 1)
REST = 3  # drawing takes at most one part of so many: on a slow machine Stop comes before smoothness
READ_EVERY_S = 0.2  # figures that change faster cannot be read
_MOST_MARKS = 200
_OVER = object()
_PAN = 0.2
_ZOOM = 0.5


class PlotsPage(Page):
    """Follows the pump at 30 frames a second while it is seen; nothing is drawn that would look the same.

    A frame is drawn plot by plot, each in a turn of its own: between two a key or a click gets through.
    """

    title = "Plots"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.viewport = Viewport()
        self.view: View | None = None
        """What is drawn."""
        self._cursor: float | None = None
        self._changes = -1
        self._told_at = float("-inf")
        self._dirty = True
        self._turns: Iterator[None] = iter(())
        self._form = ".png"
        self.plots = StackedPlots()
        self.tools = PlotTools()
        self.keys = [CurveKeys(panel) for panel in PANELS]
        self.readout = QLabel()
        self.readout.setObjectName("plot-readout")
        self.nothing = QLabel(self.tr("No telemetry yet: connect a pump, and its curves appear here."))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setProperty("look", "muted")
        self.saving = SavePanel()
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._turn)
        self._dress()

    def _lay_out(self) -> None:
        keys = QGridLayout()
        keys.setHorizontalSpacing(18)
        keys.setVerticalSpacing(0)
        for place, key in enumerate(self.keys):
            keys.addWidget(key, place // 2, place % 2)
        bottom = QHBoxLayout()
        bottom.addWidget(self.readout, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 6)
        column.setSpacing(4)
        column.addWidget(self.tools)
        column.addWidget(self.saving)
        column.addLayout(keys)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.plots, 1)
        column.addLayout(bottom)
        self.plots.setVisible(False)

    def _connect(self) -> None:
        self.tools.follow.clicked.connect(self.toggle_following)
        self.tools.width_chosen.connect(self._choose_width)
        self.tools.panned.connect(lambda way: self._move(lambda: self.viewport.pan(way * _PAN)))
        self.tools.zoomed.connect(lambda way: self._move(lambda: self.viewport.zoom(_ZOOM**way)))
        self.tools.export_wanted.connect(self._ask_where)
        self.saving.wanted.connect(self._save)
        self.plots.moved.connect(self._look_at)
        self.plots.pointed.connect(self.set_cursor)
        self.plots.left.connect(lambda: self.set_cursor(None))
        for key in self.keys:
            key.toggled.connect(self._redraw)
        self.lab.theme_changed.connect(self._dress)

    def _dress(self) -> None:
        self.plots.dress(self.lab.theme)
        for key in self.keys:
            key.dress(self.lab.theme)
        self._redraw()

    # --- drawing ---

    def showEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Draw from now on, all of it at first."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._dirty = True
        self.frame()
        self._timer.start()

    def hideEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Draw no longer."""
        self._timer.stop()
        super().hideEvent(event)  # type: ignore[arg-type]

    def frame(self) -> None:
        """Draw at once if there is something else to be seen than before."""
        for _ in self._frame():
            pass

    def _turn(self) -> None:
        """Draw a plot of the frame that was begun, or read out values at its end; then rest."""
        began = time.perf_counter()
        if next(self._turns, _OVER) is _OVER:
            self._turns = self._frame()
        spent_s = time.perf_counter() - began + self.plots.painted_s
        self._timer.setInterval(max(TURN_MS, round(REST * spent_s * 1000)))

    def _frame(self) -> Iterator[None]:
        live = self.lab.live
        changes, known = live.changes, live.span()
        if known is None:
            self._show_nothing(True)
            return
        self._show_nothing(False)
        moved = self.viewport.advance(known, self.plots.pixels)
        if not (moved or self._dirty or (changes != self._changes and known.end <= self.viewport.end)):
            return
        self._changes, self._dirty = changes, False
        start, end = self.viewport.start, self.viewport.end
        self.plots.set_wall(live.wall)
        self.view = live.window(start, end, self.plots.pixels)
        marks = [(one.x, mark) for one in live.markers(start, end) if (mark := mark_of(one.event))]
        yield from self.plots.steps(start, end, [self.view], self.shown(), marks[-_MOST_MARKS:])
        if time.monotonic() - self._told_at >= READ_EVERY_S:
            self._tell(known.end)

    def shown(self) -> set[str]:
        """The keys of the curves that are drawn."""
        return set().union(*(key.shown() for key in self.keys))

    def _show_nothing(self, nothing: bool) -> None:
        if self.nothing.isVisibleTo(self) != nothing:
            self.nothing.setVisible(nothing)
            self.plots.setVisible(not nothing)

    def _redraw(self) -> None:
        self._dirty = True

    # --- what is read out ---

    def set_cursor(self, x: float | None) -> None:
        """Read the values at a place of the axis; the newest ones when None."""
        self._cursor = x
        self.plots.set_cursor(x)
        known = self.lab.live.span()
        if known is not None:
            self._tell(known.end)

    def _tell(self, newest: float) -> None:
        self._told_at = time.monotonic()
        live = self.lab.live
        at = newest if self._cursor is None else self._cursor
        sample = live.at(at)
        for key in self.keys:
            key.set_values({} if sample is None else readout(sample))
        if self._cursor is not None:
            told = self.tr("Cursor: {time}") if sample else self.tr("Cursor: {time}, no record here")
        elif self.viewport.following:
            told = self.tr("Newest: {time}")
        else:
            told = self.tr("Paused; newest: {time}")
        self.readout.setText(told.format(time=moment(sample.x if sample else at, live.wall)))

    # --- moving ---

    def toggle_following(self) -> None:
        """Stand still, or follow the newest record again."""
        if self.viewport.following:
            self.viewport.pause()
        else:
            self.viewport.follow()
        self._after_move()

    def _choose_width(self, width_s: float) -> None:
        self.tools.choose(width_s)
        if width_s != EVERYTHING:
            self.viewport.show_last(width_s)
        else:
            self.viewport.show_all()
        self._after_move()

    def _look_at(self, start: float, end: float) -> None:
        self._move(lambda: self.viewport.look_at(start, end))

    def _move(self, step: Callable[[], None]) -> None:
        width_s = self.viewport.width_s
        step()
        if self.viewport.width_s != width_s:
            self.tools.show_width(self.viewport.width_s)
        self._after_move()

    def _after_move(self) -> None:
        self._dirty = True
        self.tools.show_following(self.viewport.following)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802  Qt's name
        """Everything that the mouse can do."""
        if event is None or not self._key(Qt.Key(event.key()), event.modifiers()):
            super().keyPressEvent(event)

    def _key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        if way and modifiers & Qt.KeyboardModifier.ShiftModifier:
            at = (self.viewport.start + self.viewport.end) / 2 if self._cursor is None else self._cursor
            self.set_cursor(at + way * self.viewport.width_s / self.plots.pixels)
        elif way:
            self._move(lambda: self.viewport.pan(way * _PAN))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._move(lambda: self.viewport.zoom(_ZOOM))
        elif key == Qt.Key.Key_Minus:
            self._move(lambda: self.viewport.zoom(1 / _ZOOM))
        elif key == Qt.Key.Key_End:
            self._move(self.viewport.follow)
        elif key == Qt.Key.Key_Home:
            self._choose_width(EVERYTHING)
        elif key == Qt.Key.Key_Space:
            self.toggle_following()
        elif key == Qt.Key.Key_Escape and self._cursor is not None:
            self.set_cursor(None)
        else:
            return False
        return True

    # --- export ---

    def _ask_where(self, suffix: str) -> None:
        if self.view is None:
            self.lab.said.emit(self.tr("There is nothing to export yet."))
            return
        self._form = suffix
        what = {
            ".png": self.tr("Picture (PNG)"),
            ".svg": self.tr("Picture (SVG)"),
            ".csv": self.tr("Values (CSV)"),
        }
        self.saving.ask(what[suffix], self._name().replace(" ", "-").replace("/", "-"), suffix)

    def _name(self) -> str:
        snapshot = self.lab.link.snapshot
        return snapshot.run.name if snapshot is not None and snapshot.run is not None else "plots"

    def _save(self, path: Path) -> None:
        """Draw here, write where the disk may be waited for."""
        for _ in self._turns:  # so that all plots are of one moment
            pass
        assert self.view is not None
        live, view, shown = self.lab.live, self.view, self.shown()
        start, end = self.viewport.start, self.viewport.end
        simulated = live.simulated
        heading = plot_export.heading(self._name(), start, end, live.wall, simulated)
        if path.suffix.lower() == ".svg":
            document = svg_of(self.plots, heading, self.lab.theme)
            work = lambda: _written(path, document)  # noqa: E731
        elif path.suffix.lower() == ".png":
            work = writer_of(png_of(self.plots, heading, self.lab.theme), path)
        else:
            wall = live.wall
            work = lambda: _written(  # noqa: E731
                path, plot_export.csv_rows(view, start, end, shown, wall, simulated).encode()
            )
        self.lab.reading.do(work, self._saved, lambda error: self.saving.tell(sentence_of(error)))

    def _saved(self, path: Path) -> None:
        self.saving.finish()
        self.lab.said.emit(self.tr("Saved: {path}").format(path=path))


def _written(path: Path, document: bytes) -> Path:
    path.write_bytes(document)
    return path
