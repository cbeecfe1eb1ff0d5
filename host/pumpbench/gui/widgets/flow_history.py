"""The flow of the last ten minutes, for a page that has room for it."""

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QSizePolicy

from pumpbench.gui.lab import Lab
from pumpbench.gui.models.curves import FLOW, readout
from pumpbench.gui.models.viewport import Viewport
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.curve_keys import CurveKeys
from pumpbench.gui.widgets.overview_panels import Panel
from pumpbench.gui.widgets.stacked_plots import StackedPlots

WIDTH_S = 600.0
REDRAW_MS = 250
LEAST_PX = 240
"""Below that height a curve tells nothing."""


class FlowHistory(Panel):
    """Set, commanded and measured, with gaps as gaps. Follows while it is seen."""

    def __init__(self, lab: Lab) -> None:
        super().__init__("")
        self._live = lab.live
        self._viewport = Viewport(WIDTH_S)
        self._changes = -1
        self.title.setText(self.tr("Flow of the last 10 minutes"))
        self.plots = StackedPlots((FLOW,), events=False)
        self.plots.setAccessibleName(self.title.text())
        self.plots.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plots.setInteractive(False)
        self.plots.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.plots.panels[0].plot.setMouseEnabled(False, False)
        self.key = CurveKeys(FLOW)
        self.key.toggled.connect(self._draw_anew)
        self.setMinimumHeight(LEAST_PX)
        self.column.addWidget(self.key)
        self.column.addWidget(self.plots, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self.draw)
        self.dress(lab.theme)

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.plots.dress(theme)
        self.key.dress(theme)

    def showEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Draw from now on."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._draw_anew()
        self._timer.start()

    def hideEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Draw no longer."""
        super().hideEvent(event)  # type: ignore[arg-type]
        self._timer.stop()

    def draw(self) -> None:
        """Draw if there is something else to be seen than before."""
        known, changes = self._live.span(), self._live.changes
        if known is None or changes == self._changes:
            return
        self._changes = changes
        pixels = self.plots.pixels
        self._viewport.advance(known, pixels)
        start, end = self._viewport.start, self._viewport.end
        self.plots.set_wall(self._live.wall)
        view = self._live.window(start, end, pixels)
        self.plots.show_views(start, end, [view], self.key.shown(), [])
        sample = self._live.at(known.end)
        self.key.set_values({} if sample is None else readout(sample))

    def _draw_anew(self) -> None:
        self._changes = -1
        self.draw()
