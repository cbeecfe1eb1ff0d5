"""Readings of a balance that does not tick exactly, brought to the times of the samples."""

from dataclasses import dataclass

import numpy as np

from pumpbench.trials.series import Flags, Floats, Series

SAME_TIME = 1e-9
"""Share of a sample interval within which a reading counts as taken at the sample's time, beside what the
times' own digits leave open: so little that a tick which is there by chance moves no figure."""
_ULPS = 4.0
REACH = 0.5
"""How many usual steps a sample's time may lie outside the series."""


@dataclass(frozen=True)
class Samples:
    """A mass at each end of N samples.

    Attributes:
        time_s: shape (N + 1,), evenly spaced.
        mass_g: shape (N + 1,), NaN where it is not known.
        whole: shape (N,), whether nothing is missing within the sample and nothing jumped.
    """

    time_s: Floats
    mass_g: Floats
    whole: Flags

    @property
    def interval_s(self) -> float:
        """The time of a sample."""
        return float(self.time_s[1] - self.time_s[0])


def resample(series: Series, broken: Flags, start_s: float, interval_s: float, count: int) -> Samples:
    """Return `count` samples from `start_s` on; `broken`, shape (n - 1,), names the steps not to be used.

    A reading at a sample's time is taken as it is. Otherwise the two around it are joined by a line, and at
    the ends of the series a line goes on for up to half a usual step.
    """
    time, mass = series.time_s, series.mass_g
    last = len(time) - 1
    wanted: Floats = start_s + interval_s * np.arange(count + 1, dtype=np.float64)
    slack = SAME_TIME * interval_s + _ULPS * float(np.spacing(np.abs(wanted).max()))
    before = np.clip(np.searchsorted(time, wanted + slack, side="right") - 1, 0, last)
    after = np.clip(np.searchsorted(time, wanted - slack, side="left"), 0, last)
    met = np.abs(time[before] - wanted) <= slack

    step = np.minimum(before, last - 1)
    slope = (mass[step + 1] - mass[step]) / (time[step + 1] - time[step])
    value = np.where(met, mass[before], mass[step] + slope * (wanted - time[step]))
    reach = REACH * series.step_s
    outside = (wanted < time[0] - reach) | (wanted > time[last] + reach)
    value[outside | (broken[step] & ~met)] = np.nan

    breaks = np.concatenate(([0], np.cumsum(broken)))
    whole = (breaks[after[1:]] == breaks[before[:-1]]) & ~outside[1:] & ~outside[:-1]
    return Samples(wanted, value, whole)
