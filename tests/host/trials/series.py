"""Series of a balance for tests: what a pump of given flows delivers."""

import numpy as np
import numpy.typing as npt

from pumpbench.trials.series import Floats, Series

DENSITY = 0.998


def weigh(
    flows_ml_h: npt.ArrayLike, interval_s: float = 30.0, density: float = DENSITY
) -> tuple[Floats, Floats]:
    """Times and masses at the ends of samples with these flows."""
    flows = np.asarray(flows_ml_h, dtype=np.float64)
    mass: Floats = np.concatenate(([0.0], np.cumsum(flows * density * interval_s / 3600.0)))
    return interval_s * np.arange(len(mass), dtype=np.float64), mass


def steady(minutes: float = 120.0, flow_ml_h: float = 5.0, interval_s: float = 30.0) -> Series:
    """A pump that runs as set."""
    return Series.of(*weigh(np.full(round(minutes * 60 / interval_s), flow_ml_h), interval_s))


def without(series: Series, *rows: int) -> Series:
    """The same with readings left out."""
    keep = np.setdiff1d(np.arange(len(series.time_s)), rows)
    return Series.of(series.time_s[keep], series.mass_g[keep], series.line[keep])
