"""What the plots draw: four panels, their curves, and their values in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pumpbench.gui.live import Sample, View
from pumpbench.gui.models.bins import COLUMNS
from pumpbench.units import PRESSURE, RATE, VOLUME, Kind

NO_VALUE = "–"
_MARGIN = 0.06
_MUCH_TOO_LARGE = 0.55


@dataclass(frozen=True)
class Curve:
    """One curve. `colour` is the name of a theme's colour, `dash` how it is told apart without it; `source`
    says which of several views it is drawn from.
    """

    column: str
    name: str
    colour: str
    dash: tuple[float, ...] = ()
    source: int = 0

    @property
    def key(self) -> str:
        """What tells it from all others of a stack."""
        return f"{self.column}/{self.source}" if self.source else self.column

    @property
    def row(self) -> int:
        """Its row in a `View`'s values."""
        return COLUMNS.index(self.column)


@dataclass(frozen=True)
class Panel:
    """One plot of the stack. Its axis shows at least `least` base units, and zero when `from_zero`."""

    name: str
    kind: Kind | None
    curves: tuple[Curve, ...]
    least: float
    from_zero: bool = False
    height: int = 1

    def unit(self, peak: float) -> tuple[str, float]:
        """The unit of the axis for values up to `peak`, and how many base units it is."""
        if self.kind is None:
            return "%", 1.0
        unit = self.kind.unit_for(int(max(abs(peak), self.least)))
        return self.kind.written(unit), float(self.kind.units[unit][0])


DOTTED, DASHED = (1.0, 2.5), (6.0, 4.0)

FLOW = Panel(
    "Flow",
    RATE,
    (
        Curve("measured_nl_h", "Measured", "measured"),
        Curve("flow_nl_h", "Commanded", "commanded"),
        Curve("set_nl_h", "Set", "set_flow", DASHED),
    ),
    420.0,
    from_zero=True,
    height=3,
)
PRESSURE_PANEL = Panel(
    "Pressure", PRESSURE, (Curve("pressure_pa", "Pressure", "pressure"),), 2000.0, height=2
)
VOLUME_PANEL = Panel(
    "Volume",
    VOLUME,
    (
        Curve("measured_nl", "Measured", "measured"),
        Curve("counted_nl", "Counted", "volume"),
        Curve("commanded_nl", "Commanded", "commanded", DASHED),
    ),
    1000.0,
    height=2,
)
ERROR = Panel("Error", None, (Curve("error_percent", "Measured against counted", "accent"),), 2.0, height=2)
PANELS = (FLOW, PRESSURE_PANEL, VOLUME_PANEL, ERROR)


def value_in_words(panel: Panel, low: float, high: float, unit: str) -> str:
    """A value in `unit`; two when it is a bin's least and most."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return NO_VALUE
    if low == high:
        return _one(panel, low, unit)
    return f"{_one(panel, low, unit)} … {_one(panel, high, unit)}"


def _one(panel: Panel, value: float, unit: str) -> str:
    return f"{value:+.2f} %" if panel.kind is None else panel.kind.format_as(round(value), unit)


def readout(sample: Sample) -> dict[str, str]:
    """Each curve's value in words, by its key; those of one panel in one unit, to be compared at a glance."""
    told = {}
    for panel in PANELS:
        unit = _unit(panel, sample)
        for curve in panel.curves:
            low, high = float(sample.low[curve.row]), float(sample.high[curve.row])
            told[curve.key] = value_in_words(panel, low, high, unit)
    return told


def _unit(panel: Panel, sample: Sample) -> str:
    """The unit that suits the panel's last curve, which does not waver, or the largest where that is 0."""
    if panel.kind is None:
        return ""
    values = np.abs(np.nan_to_num(sample.high[[curve.row for curve in panel.curves]]))
    return panel.kind.unit_for(int(values[-1] or values.max()))


def y_range(
    panel: Panel, views: Sequence[View], shown: set[str], start: float, end: float
) -> tuple[float, float] | None:
    """The least and the most of a panel's shown curves from `start` to `end`; None when there is nothing."""
    parts = []
    for source, view in enumerate(views):
        rows = [curve.row for curve in panel.curves if curve.key in shown and curve.source == source]
        values = view.values[rows][:, (view.x >= start) & (view.x <= end)]
        parts.append(values[np.isfinite(values)])
    found = np.concatenate(parts)
    if not found.size:
        return None
    low, high = float(found.min()), float(found.max())
    if panel.from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    lacking = panel.least - (high - low)
    if lacking > 0:
        high += lacking if panel.from_zero else lacking / 2
        low -= 0.0 if panel.from_zero else lacking / 2
    return low, high


def settled(wanted: tuple[float, float], now: tuple[float, float]) -> tuple[float, float]:
    """The range that an axis takes: as it is while it does, so that it does not jump about."""
    low, high = wanted
    margin = _MARGIN * (high - low)
    if now[0] <= low and high <= now[1] and high - low > _MUCH_TOO_LARGE * (now[1] - now[0]):
        return now
    return low - margin, high + margin
