"""The time axis of plots: wall time or a board's own, with ticks at round times."""

from typing import Any

import pyqtgraph as pg

from pumpbench.gui.models import times

_PIXELS_A_TICK = 110


class ClockAxis(pg.AxisItem):  # type: ignore[misc]
    """`wall` is whether its values are s since 1970; otherwise they are s since the board's boot."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.wall = False
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802, N803  pyqtgraph's names
        """Ticks as pyqtgraph wants them."""
        step = times.step_for(maxVal - minVal, int(size / _PIXELS_A_TICK))
        return [(step, times.ticks(minVal, maxVal, step, self.wall))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802  pyqtgraph's name
        """Labels of ticks."""
        return [times.tick_words(value, spacing, self.wall) for value in values]

    def set_wall(self, wall: bool) -> None:
        """Change what the values are."""
        if wall != self.wall:
            self.wall = wall
            self.picture: Any = None
            self.update()
