"""The formulas of IEC 60601-2-24 and of the GUM, word for word and slowly: what tests judge by."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class NaiveWindow:
    """Ep(max), Ep(min) and how many windows went into them."""

    highest: float | None
    lowest: float | None
    used: int
    skipped: int


def flows(masses_g: list[float], interval_min: float, density: float) -> list[float]:
    """Qi = 60 (Wi - Wi-1) / (S d)."""
    return [
        60.0 * (masses_g[i] - masses_g[i - 1]) / (interval_min * density) for i in range(1, len(masses_g))
    ]


def mean_error(masses_g: list[float], interval_min: float, density: float, rate: float) -> float:
    """A = 100 (Q - r) / r, Q = 60 (Wend - Wstart) / (T d)."""
    minutes = interval_min * (len(masses_g) - 1)
    return 100.0 * (60.0 * (masses_g[-1] - masses_g[0]) / (minutes * density) - rate) / rate


def window(
    masses_g: list[float],
    missing: set[int],
    interval_min: float,
    density: float,
    rate: float,
    window_min: float,
) -> NaiveWindow:
    """Ep over m = (T - P) / S + 1 windows; ``missing`` numbers the samples (from 0) that nobody knows."""
    found = flows(masses_g, interval_min, density)
    length = round(window_min / interval_min)
    means = []
    skipped = 0
    for first in range(len(found) - length + 1):
        inside = range(first, first + length)
        if missing & set(inside):
            skipped += 1
            continue
        means.append(
            (interval_min / window_min) * math.fsum(100.0 * (found[i] - rate) / rate for i in inside)
        )
    if not means:
        return NaiveWindow(None, None, 0, skipped)
    return NaiveWindow(max(means), min(means), len(means), skipped)


def delivered_percent(
    first_mg: float,
    last_mg: float,
    evaporation_mg_h: float,
    drift_mg_h: float,
    gain: float,
    factor: float,
    first_s: float,
    last_s: float,
    clock: float,
    rate_ml_h: float,
) -> float:
    """The measured error as a function of all that is not known, for numerical derivatives.

    The pump's rate refers to the true time, which the clock shows stretched by 1 + ``clock``.
    """
    hours = (last_s - first_s) / (1.0 + clock) / 3600.0
    grams = 1e-3 * (last_mg - first_mg + (evaporation_mg_h - drift_mg_h) * hours) * (1.0 + gain)
    return 100.0 * (grams * factor / (rate_ml_h * hours) - 1.0)
