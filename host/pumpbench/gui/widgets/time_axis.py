"""A time axis from 0 s on, counted in days, hours, minutes or seconds, whichever fits what is seen."""

from typing import Any

import pyqtgraph as pg

_UNITS = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
_LEAST_TICKS = 3


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """At the bottom of a plot; values are seconds."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._unit_s, self._unit = _UNITS[-1]

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[Any]:  # noqa: N802, N803
        """Ticks at round numbers of the unit that fits."""
        self._choose(maxVal - minVal)
        unit = self._unit_s
        found = super().tickValues(minVal / unit, maxVal / unit, size)
        return [(spacing * unit, [value * unit for value in values]) for spacing, values in found]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Numbers with their unit."""
        return [f"{value / self._unit_s:g} {self._unit}" for value in values]

    def _choose(self, span_s: float) -> None:
        for unit_s, unit in _UNITS:
            if span_s >= _LEAST_TICKS * unit_s:
                self._unit_s, self._unit = unit_s, unit
                return
        self._unit_s, self._unit = _UNITS[-1]
