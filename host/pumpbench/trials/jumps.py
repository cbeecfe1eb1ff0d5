"""Where the mass jumps as no pump can: somebody touched the balance, or something fell on it."""

import numpy as np

from pumpbench.trials.series import Flags, Floats, Series

GAIN = 2.25
LOSS = 2.0
SPREADS = 8.0
TRIMMED_PERCENT = 1.0
ORDINARY = 10


def surplus_g(series: Series, flow_g_s: float) -> Floats:
    """Return what each step, shape (n - 1,), gained over a steady flow."""
    return np.diff(series.mass_g) - flow_g_s * np.diff(series.time_s)


def jumps(series: Series, flow_g_s: float) -> Flags:
    """Say of each step from one reading to the next, shape (n - 1,), whether the mass jumped in it.

    A jump gains more than 2.25 times the set flow over the steady one, or loses more than that flow brings,
    either by more than eight times the usual spread (the root mean square without the outermost 1 % on each
    side). More than ten gains in a series without a loss are no hands but how the pump delivers: drops, or
    strokes far apart.
    """
    surplus = surplus_g(series, flow_g_s)
    low, high = np.percentile(surplus, [TRIMMED_PERCENT, 100.0 - TRIMMED_PERCENT])
    usual = surplus[(surplus >= low) & (surplus <= high)]
    spread = float(np.sqrt(np.mean(usual**2))) if len(usual) else 0.0
    expected = flow_g_s * np.diff(series.time_s)
    lost = surplus < -LOSS * expected - SPREADS * spread
    found: Flags = lost | (surplus > GAIN * expected + SPREADS * spread)
    if found.sum() > ORDINARY and not lost.any():
        return np.zeros_like(found)
    return found
