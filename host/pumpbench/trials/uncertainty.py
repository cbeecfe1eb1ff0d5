"""The uncertainty budget of a delivered volume after the GUM (JCGM 100:2008), in percent of the set volume.

A mean error, a window of the trumpet and a bolus are one and the same measurement over different times:

    E = 100 (V / V0 - 1),   V = (R2 - R1 + (e - D) t) (1 + g) / rho,   V0 = r t,   t = (t2 - t1) (1 + c)

with the readings R1, R2 (each with its resolution and repeatability), evaporation e, drift D, the balance's
gain g, density and buoyancy in rho, the clock's rate c and the times t1, t2. Each input appears once, so
what both ends share (gain, drift, density, clock) is counted once, and the readings' own errors twice. The
inputs are independent of one another; density and buoyancy, which share the temperature, are taken together
over it (`density.Liquid`). Errors in proportion to time (drift, evaporation) or to volume weigh the same on
every window; those of the two ends weigh the more the shorter it is.
"""

import math
from dataclasses import dataclass
from typing import Any

from pumpbench.trials.density import Liquid
from pumpbench.trials.knowledge import Knowledge

COVERAGE_FACTOR = 2.0
STATED = "stated"
ASSUMED = "assumed"
NOT_STATED = "not stated"
RECTANGULAR = "rectangular"
NORMAL = "normal"
CLOCK = "timing: rate of the clock"
STAMPS = "timing: times of the readings"

_TWO_ENDS = math.sqrt(2.0)
_RECTANGLE = math.sqrt(3.0)
_PPM = 1e-6


@dataclass(frozen=True)
class Contribution:
    """One line of the budget.

    Attributes:
        name: what is not known exactly.
        value: its half-width, standard deviation or last digit in ``unit``; None when nobody stated it.
        distribution: RECTANGULAR or NORMAL.
        basis: STATED, ASSUMED or NOT_STATED.
        percent: its standard uncertainty in percent of the set volume, None when not stated.
    """

    name: str
    value: float | None
    unit: str
    distribution: str
    basis: str
    percent: float | None

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "contribution": self.name,
            "value": self.value,
            "unit": self.unit,
            "distribution": self.distribution,
            "basis": self.basis,
            "standard_percent": self.percent,
        }


@dataclass(frozen=True)
class Budget:
    """The contributions and what they come to; None as soon as one of them was not stated."""

    contributions: tuple[Contribution, ...]

    @property
    def combined_percent(self) -> float | None:
        """The combined standard uncertainty: the root of the sum of squares."""
        parts = [line.percent for line in self.contributions]
        if any(part is None for part in parts):
            return None
        return math.sqrt(sum(part * part for part in parts if part is not None))

    @property
    def expanded_percent(self) -> float | None:
        """The expanded uncertainty U, k = 2."""
        combined = self.combined_percent
        return None if combined is None else COVERAGE_FACTOR * combined

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "contributions": [line.as_dict() for line in self.contributions],
            "combined_percent": self.combined_percent,
            "coverage_factor": COVERAGE_FACTOR,
            "expanded_percent": self.expanded_percent,
        }


def budget(
    knowledge: Knowledge,
    liquid: Liquid,
    nominal_ml: float,
    duration_s: float,
    ratio: float = 1.0,
    jumps: int = 0,
) -> Budget:
    """Return the budget of a volume that was measured over `duration_s`.

    `nominal_ml` is the set volume, `ratio` the measured one over it. `jumps` of the mass within the time are
    a disturbance whose size nobody can state.
    """
    nominal_mg = 1000.0 * nominal_ml / liquid.ml_per_g
    by_mass = 100.0 / nominal_mg
    by_rate = by_mass * duration_s / 3600.0
    by_share = 100.0 * _PPM * ratio
    by_time = 100.0 * ratio / duration_s
    rows: list[tuple[str, float | None, str, str, float, str]] = [
        ("balance resolution", knowledge.resolution_mg, "mg", RECTANGULAR, 0.5 * by_mass * _TWO_ENDS,
         "resolution_mg"),
        ("balance repeatability", knowledge.repeatability_mg, "mg", NORMAL, by_mass * _TWO_ENDS,
         "repeatability_mg"),
        ("balance drift", knowledge.drift_mg_h, "mg/h", RECTANGULAR, by_rate, "drift_mg_h"),
        ("balance gain and linearity", knowledge.gain_ppm, "ppm", RECTANGULAR, by_share, "gain_ppm"),
        ("evaporation", knowledge.evaporation_mg_h, "mg/h", RECTANGULAR, by_rate, "evaporation_mg_h"),
        ("density", liquid.density_half_ppm, "ppm", RECTANGULAR, by_share, "density"),
        ("buoyancy" if liquid.corrected else "buoyancy, not corrected", liquid.buoyancy_half_ppm, "ppm",
         RECTANGULAR, by_share, "buoyancy"),
        (CLOCK, knowledge.clock_ppm, "ppm", RECTANGULAR, by_share, "clock_ppm"),
        (STAMPS, knowledge.stamp_s, "s", RECTANGULAR, by_time * _TWO_ENDS, "stamp_s"),
    ]  # fmt: skip
    lines = [_line(*row, knowledge.assumed) for row in rows]
    if jumps:
        lines.append(Contribution(f"{_counted(jumps, 'jump')} of the mass", None, "mg", "", NOT_STATED, None))
    return Budget(tuple(lines))


def budget_at_rest(
    knowledge: Knowledge, liquid: Liquid, nominal_ml: float, duration_s: float, ratio: float = 1.0
) -> Budget:
    """Return the budget of a volume that was weighed at rest before and after, no matter when exactly.

    Drift and evaporation act over `duration_s`, the time between the two. See `budget` for the rest.
    """
    lines = budget(knowledge, liquid, nominal_ml, duration_s, ratio).contributions
    return Budget(tuple(line for line in lines if line.name not in (CLOCK, STAMPS)))


def reading_percent(
    knowledge: Knowledge, liquid: Liquid, nominal_ml: float, duration_s: float
) -> float | None:
    """Return the standard uncertainty that the two readings alone give."""
    lines = budget(knowledge, liquid, nominal_ml, duration_s).contributions
    own = [line.percent for line in lines if line.name in _OF_THE_READINGS]
    if any(part is None for part in own):
        return None
    return math.sqrt(sum(part * part for part in own if part is not None))


_OF_THE_READINGS = ("balance resolution", "balance repeatability", STAMPS)


def _line(
    name: str,
    value: float | None,
    unit: str,
    distribution: str,
    weight: float,
    key: str,
    assumed: frozenset[str],
) -> Contribution:
    if value is None:
        return Contribution(name, None, unit, distribution, NOT_STATED, None)
    spread = value if distribution == NORMAL else value / _RECTANGLE
    return Contribution(
        name, value, unit, distribution, ASSUMED if key in assumed else STATED, abs(spread * weight)
    )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
