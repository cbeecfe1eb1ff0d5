"""Where readings are missing."""

import numpy as np

from pumpbench.trials.series import Flags, Series

STEPS = 1.5
SHARE_OF_SAMPLE = 0.1


def longest_step_s(series: Series, interval_s: float) -> float:
    """Return the longest time between two readings that is no gap.

    One and a half times the usual step, so that a single missing reading is a gap; readings that come much
    more often than samples of `interval_s` may be as far apart as a tenth of one.
    """
    return max(STEPS * series.step_s, SHARE_OF_SAMPLE * interval_s)


def gaps(series: Series, interval_s: float) -> Flags:
    """Say of each step from one reading to the next, shape (n - 1,), whether readings are missing in it."""
    return np.diff(series.time_s) > longest_step_s(series, interval_s)
