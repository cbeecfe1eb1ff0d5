"""How good a series is: what is missing, what jumped, what was said twice."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pumpbench.trials.series import Flags, Floats, Series

COMPLETE = "complete"
INCOMPLETE = "incomplete"
MOST_REMARKS = 20


@dataclass(frozen=True)
class Break:
    """A step between two readings that is not used: from line to line, from time to time.

    ``surplus_g`` is what the mass gained over a steady flow when it jumped, None when readings are missing.
    """

    from_line: int
    to_line: int
    from_s: float
    to_s: float
    surplus_g: float | None = None

    @property
    def remark(self) -> str:
        """The break in words."""
        where = f"line {self.to_line}, column "
        if self.surplus_g is None:
            return (
                f"{where}time_s: no reading for {self.to_s - self.from_s:.6g} s, "
                f"from {self.from_s:.6g} s to {self.to_s:.6g} s"
            )
        return (
            f"{where}mass_g: the mass jumps by {self.surplus_g:+.4g} g at {self.to_s:.6g} s; "
            "the balance was touched or disturbed"
        )


@dataclass(frozen=True)
class Quality:
    """The quality of a series.

    Attributes:
        readings: how many there are.
        origin_s: the time from which minutes count.
        usual_step_s, longest_step_s: time between two readings.
        gaps, jumps: the steps that are not used.
        repeated: lines that said the same twice.
        notes: what else a reader of the figures should know.
    """

    readings: int
    first_s: float
    last_s: float
    origin_s: float
    usual_step_s: float
    longest_step_s: float
    gaps: tuple[Break, ...]
    jumps: tuple[Break, ...]
    repeated: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """'incomplete' when readings are missing or the mass jumped, 'complete' otherwise."""
        return INCOMPLETE if self.gaps or self.jumps else COMPLETE

    @property
    def remarks(self) -> list[str]:
        """What a reader of the figures should know, in words; empty when there is nothing to say."""
        said = [one.remark for one in sorted((*self.gaps, *self.jumps), key=lambda one: one.from_s)]
        said += [f"line {line} repeats the line before and counts once" for line in self.repeated]
        more = len(said) - MOST_REMARKS
        return said[:MOST_REMARKS] + ([f"and {more} more of that kind"] if more > 0 else []) + [*self.notes]

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "verdict": self.verdict,
            "readings": self.readings,
            "first_s": self.first_s,
            "last_s": self.last_s,
            "origin_s": self.origin_s,
            "usual_step_s": self.usual_step_s,
            "longest_step_s": self.longest_step_s,
            "gaps": [
                {"from_s": gap.from_s, "to_s": gap.to_s, "from_line": gap.from_line, "to_line": gap.to_line}
                for gap in self.gaps
            ],
            "jumps": [
                {"time_s": jump.to_s, "line": jump.to_line, "surplus_g": jump.surplus_g}
                for jump in self.jumps
            ],
            "repeated_lines": list(self.repeated),
            "remarks": self.remarks,
        }


def quality_of(
    series: Series, gaps: Flags, jumps: Flags, surplus_g: Floats, origin_s: float, notes: tuple[str, ...]
) -> Quality:
    """Return what is to be said of a series whose steps, shape (n - 1,), are gaps or jumps."""
    steps = np.diff(series.time_s)
    return Quality(
        readings=len(series.time_s),
        first_s=float(series.time_s[0]),
        last_s=float(series.time_s[-1]),
        origin_s=origin_s,
        usual_step_s=series.step_s,
        longest_step_s=float(steps.max()),
        gaps=tuple(_break(series, int(step)) for step in np.flatnonzero(gaps)),
        jumps=tuple(_break(series, int(step), float(surplus_g[step])) for step in np.flatnonzero(jumps)),
        repeated=series.repeated,
        notes=notes,
    )


def _break(series: Series, step: int, surplus_g: float | None = None) -> Break:
    return Break(
        from_line=int(series.line[step]),
        to_line=int(series.line[step + 1]),
        from_s=float(series.time_s[step]),
        to_s=float(series.time_s[step + 1]),
        surplus_g=surplus_g,
    )
