"""Flow from mass, and the mean error (IEC 60601-2-24: Qi, Q, A and B)."""

import numpy as np

from pumpbench.trials.density import Liquid
from pumpbench.trials.resample import Samples
from pumpbench.trials.series import Floats

S_PER_H = 3600.0


def volume_ml(samples: Samples, liquid: Liquid, evaporation_mg_h: float = 0.0) -> Floats:
    """Return the volume at each end of the samples, shape (N + 1,): the mass, and what evaporated since the
    first, by the liquid's volume per mass."""
    lost_g = evaporation_mg_h * 1e-3 * (samples.time_s - samples.time_s[0]) / S_PER_H
    volume: Floats = (samples.mass_g + lost_g) * liquid.ml_per_g
    return volume


def flow_ml_h(volume: Floats, interval_s: float) -> Floats:
    """Return the flow of each sample, shape (N,): Qi = 60 (Wi - Wi-1) / (S d)."""
    flows: Floats = np.diff(volume) * (S_PER_H / interval_s)
    return flows


def mean_flow_ml_h(volume: Floats, interval_s: float) -> float:
    """Return Q = 60 (Wend - Wstart) / (T d): by the two ends alone, NaN when one is not known."""
    return float((volume[-1] - volume[0]) * (S_PER_H / (interval_s * (len(volume) - 1))))


def error_percent(flow: float, rate_ml_h: float) -> float:
    """Return 100 (Q - r) / r: A in the second hour, B in the last hour of a tube set's life."""
    return 100.0 * (flow - rate_ml_h) / rate_ml_h
