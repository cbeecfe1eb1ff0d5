"""The trumpet over a day at ten samples a second, beside a plain rolling mean in pandas."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from tests.bench.figure import Figure

from pumpbench.trials.series import Flags, Floats
from pumpbench.trials.trumpet import trumpet

INTERVAL_S = 0.1
DAY = 864_000
RATE_ML_H = 5.0
WINDOWS_MIN = (1.0, 2.0, 5.0, 11.0, 19.0, 31.0)
ROUNDS = 9
SAME_PERCENT = 1e-6

Extremes = list[tuple[float, float]]


def volumes() -> Floats:
    """What a rippling pump has delivered at the ends of a day's samples."""
    ripple = 1.0 + 0.3 * np.sin(np.arange(DAY) * (INTERVAL_S / 60.0)) ** 3
    drawn = np.random.default_rng(1).normal(0.0, 0.5, DAY)
    flow = RATE_ML_H * (ripple + drawn)
    return np.concatenate(([0.0], np.cumsum(flow * INTERVAL_S / 3600.0)))


def holes() -> Flags:
    """Say of each sample whether it is whole: a hundred gaps of five seconds."""
    whole = np.ones(DAY, dtype=np.bool_)
    for first in np.random.default_rng(2).integers(0, DAY, 100).tolist():
        whole[first : first + 50] = False
    return whole


def ours(volume: Floats, whole: Flags) -> Extremes:
    """Ep(max) and Ep(min) of each window."""
    found = trumpet(volume, whole, INTERVAL_S, RATE_ML_H, WINDOWS_MIN)
    return [(window.max_percent or 0.0, window.min_percent or 0.0) for window in found]


def peers(volume: Floats, whole: Flags) -> Extremes:
    """The same as one would type it into a notebook."""
    flow = np.diff(volume) * 3600.0 / INTERVAL_S
    errors = pd.Series(np.where(whole, 100.0 * (flow - RATE_ML_H) / RATE_ML_H, np.nan))
    means = [errors.rolling(round(minutes * 60.0 / INTERVAL_S)).mean() for minutes in WINDOWS_MIN]
    return [(float(mean.max()), float(mean.min())) for mean in means]


def _milliseconds(work: Callable[[Floats, Flags], Extremes], volume: Floats, whole: Flags) -> float:
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work(volume, whole)
        spent.append(time.perf_counter() - started)
    return min(spent) * 1e3  # the machine's load can only add


def figures(quick: bool) -> list[Figure]:
    """Milliseconds for six windows, on a whole day and on one with gaps."""
    volume = volumes()
    found = []
    for name, whole in (("", np.ones(DAY, dtype=np.bool_)), (", with 100 gaps", holes())):
        difference = float(np.abs(np.asarray(ours(volume, whole)) - np.asarray(peers(volume, whole))).max())
        if difference > SAME_PERCENT:
            raise AssertionError(f"the two trumpets differ by {difference} %")
        found.append(
            Figure(
                f"trumpet: 24 h at 10 samples/s, six windows{name}",
                "ms",
                _milliseconds(ours, volume, whole),
                _milliseconds(peers, volume, whole),
                "pandas rolling mean",
                "<= 50",
                f"trumpet: ours and the peer's figures agree within {SAME_PERCENT:g} %",
            )
        )
    return found
