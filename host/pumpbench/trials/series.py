"""A balance's readings as a series: times that rise, masses that are numbers."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from pumpbench.trials.errors import BadSeriesError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TIME = "time_s"
MASS = "mass_g"


@dataclass(frozen=True)
class Series:
    """Readings of a balance, each with its time; made by `of`.

    Attributes:
        time_s: times in seconds, shape (n,), rising.
        mass_g: what the balance showed, in grams, shape (n,).
        line: where each reading stands in its source (the line of a file), shape (n,).
        repeated: lines that said once more what the line before said, and were left out.
    """

    time_s: Floats
    mass_g: Floats
    line: Integers
    repeated: tuple[int, ...] = ()

    @classmethod
    def of(cls, time_s: npt.ArrayLike, mass_g: npt.ArrayLike, line: npt.ArrayLike | None = None) -> Self:
        """Return the checked series; without ``line`` the readings are numbered from 1.

        A reading that is there twice, time and mass alike, counts once. Raises `BadSeriesError` for a value
        that is no finite number, for a time that does not rise, and for fewer than two readings.
        """
        times = np.asarray(time_s, dtype=np.float64)
        masses = np.asarray(mass_g, dtype=np.float64)
        lines = np.arange(1, len(times) + 1) if line is None else np.asarray(line, dtype=np.int64)
        for name, values in ((TIME, times), (MASS, masses)):
            wrong = np.flatnonzero(~np.isfinite(values))
            if len(wrong):
                why = f"{values[wrong[0]]} is no finite number; leave out a reading that there was not"
                raise BadSeriesError(int(lines[wrong[0]]), name, why)
        steps = np.diff(times)
        same = np.flatnonzero((steps == 0) & (np.diff(masses) == 0)) + 1
        wrong = np.setdiff1d(np.flatnonzero(steps <= 0) + 1, same)
        if len(wrong):
            raise _not_rising(times, lines, int(wrong[0]))
        keep = np.ones(len(times), dtype=np.bool_)
        keep[same] = False
        if keep.sum() < 2:
            last = int(lines[-1]) if len(lines) else 1
            raise BadSeriesError(last, MASS, "the series ends here; at least two readings are needed")
        return cls(times[keep], masses[keep], lines[keep], tuple(int(lines[row]) for row in same))

    @property
    def step_s(self) -> float:
        """The usual time between two readings: the median."""
        return float(np.median(np.diff(self.time_s)))


def _not_rising(times: Floats, lines: Integers, row: int) -> BadSeriesError:
    if times[row] == times[row - 1]:
        why = f"{times[row]:.10g} is there twice, with two different masses; a time has one reading"
    else:
        why = f"{times[row]:.10g} is before {times[row - 1]:.10g}, the time above it; times must rise"
    return BadSeriesError(int(lines[row]), TIME, why)
