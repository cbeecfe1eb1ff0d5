"""One run's flow and volume, or those of several on one plot, aligned at their start."""

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pumpbench.gui.models.comparison import ComparedRun, panels_of
from pumpbench.gui.models.curves import readout
from pumpbench.gui.models.event_words import Mark, mark_of
from pumpbench.gui.models.times import board_time
from pumpbench.gui.models.viewport import Viewport
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.curve_keys import CurveKeys
from pumpbench.gui.widgets.stacked_plots import StackedPlots

_REDRAW_MS = 30


class RunPlots(QWidget):
    """Empty until `show_runs`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.runs: list[ComparedRun] = []
        self.viewport = Viewport()
        self.plots: StackedPlots | None = None
        self._keys: list[CurveKeys] = []
        self._all = True  # whether all of every run is seen
        self._at: float | None = None  # the cursor
        self.says = QLabel()
        self.says.setProperty("look", "muted")
        self.says.setObjectName("run-plots-says")
        self._whole = QPushButton(self.tr("&Whole run"))
        self._whole.clicked.connect(self.show_all)
        top = QHBoxLayout()
        top.addWidget(self.says, 1)
        top.addWidget(self._whole)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, 6, 6, 6)
        self._column.setSpacing(2)
        self._column.addLayout(top)
        self._key_row = QHBoxLayout()
        self._column.addLayout(self._key_row)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REDRAW_MS)
        self._later.timeout.connect(self.draw)
        self.tell(self.tr("Choose a run, or several with Ctrl to compare them."))

    def tell(self, sentence: str) -> None:
        """Show a sentence instead of plots."""
        self._clear()
        self.says.setText(sentence)
        self._whole.setVisible(False)

    def show_runs(self, runs: list[ComparedRun]) -> None:
        """Draw these runs."""
        self._clear()
        self.runs = runs
        panels = panels_of([run.row for run in runs])
        self.plots = StackedPlots(panels, events=len(runs) == 1)
        self.plots.moved.connect(self._look_at)
        self.plots.pointed.connect(self._read)
        self.plots.left.connect(lambda: self._read(None))
        for panel in panels:
            key = CurveKeys(panel)
            key.toggled.connect(self.draw)
            self._keys.append(key)
            self._key_row.addWidget(key)
        self._column.addWidget(self.plots, 1)
        self._whole.setVisible(True)
        self.dress(self._theme)
        self.show_all()

    def show_all(self) -> None:
        """See all of every run."""
        self._all = True
        longest = max((run.lasted for run in self.runs), default=0.0)
        self.viewport.look_at(-0.01 * longest, 1.01 * max(longest, 1.0))
        self._later.start()

    def show_more(self) -> None:
        """Draw runs that have grown; what somebody looks at closely stays in view."""
        if self._all:
            self.show_all()
        else:
            self._later.start()

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        if self.plots is not None:
            self.plots.dress(theme)
        for key in self._keys:
            key.dress(theme)

    def draw(self) -> None:
        """Draw what is in view."""
        if self.plots is None:
            return
        start, end = self.viewport.start, self.viewport.end
        if len(self.runs) == 1:
            views = [self.runs[0].window(start, end, self.plots.pixels)]
        else:
            views = [run.window_of_means(start, end, self.plots.pixels) for run in self.runs]
        shown = set().union(*(key.shown() for key in self._keys))
        self.plots.show_views(start, end, views, shown, self._marks(start, end))
        self._read(self._at)

    def resizeEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Draw for the new number of pixels."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._later.start()

    def _marks(self, start: float, end: float) -> list[tuple[float, Mark]]:
        if len(self.runs) != 1:
            return []
        run = self.runs[0]
        found = run.live.markers(start + run.began, end + run.began)
        return [(one.x - run.began, mark) for one in found if (mark := mark_of(one.event))]

    def _look_at(self, start: float, end: float) -> None:
        self._all = False
        self.viewport.look_at(start, end)
        self._later.start()

    def _read(self, x: float | None) -> None:
        self._at = x
        if self.plots is None:
            return
        self.plots.set_cursor(x)
        values: dict[str, str] = {}
        if x is not None:
            samples = [run.live.at(x + run.began) for run in self.runs]
            for key in self._keys:
                for curve in key.panel.curves:
                    sample = samples[curve.source]
                    if sample is not None:
                        values[curve.key] = readout(sample)[curve.column]
        for key in self._keys:
            key.set_values(values)
        since = self.tr("{time} after the start").format(time=board_time(x or 0.0, 2))
        aligned = self.tr("Aligned at their start") if len(self.runs) > 1 else self.tr("Time since the start")
        simulated = any(run.row.simulated for run in self.runs)
        told = since if x is not None else aligned
        self.says.setText(f"SIMULATED · {told}" if simulated else told)

    def _clear(self) -> None:
        for widget in (*self._keys, self.plots):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._keys, self.plots, self.runs, self._at = [], None, [], None
