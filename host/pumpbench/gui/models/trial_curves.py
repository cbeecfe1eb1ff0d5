"""The curves of a delivery on trial, against the limits of its protocol, as plain arrays."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from pumpbench.files.trial import Trial
from pumpbench.trials.conduct import Forming
from pumpbench.trials.series import Floats

_EMPTY = np.empty(0)


@dataclass(frozen=True)
class Trumpet:
    """Errors by window, in percent of the set rate; NaN where no window could be used.

    `expanded_percent` is U (k = 2), NaN where it is not known; `limit_percent` the limit either way, NaN
    without one. `limit_at_min` has all windows of the protocol, those that are still to come included.
    """

    window_min: Floats = field(default_factory=lambda: _EMPTY)
    max_percent: Floats = field(default_factory=lambda: _EMPTY)
    min_percent: Floats = field(default_factory=lambda: _EMPTY)
    expanded_percent: Floats = field(default_factory=lambda: _EMPTY)
    limit_at_min: Floats = field(default_factory=lambda: _EMPTY)
    limit_percent: Floats = field(default_factory=lambda: _EMPTY)


@dataclass(frozen=True)
class Curves:
    """`time_min` and `flow_ml_h` are the start-up curve, its flow NaN in a gap; `gaps_min` are those gaps."""

    time_min: Floats
    flow_ml_h: Floats
    gaps_min: tuple[tuple[float, float], ...]
    rate_ml_h: float
    limit_ml_h: float | None
    analyse_min: tuple[float, float]
    trumpet: Trumpet


def curves_of(forming: Forming, trial: Trial | None) -> Curves:
    """Return what is to be drawn; without `trial` there are no limits."""
    startup = forming.startup
    time_min = _EMPTY if startup is None else startup.time_min
    flow = _EMPTY if startup is None else startup.flow_ml_h
    limit = None if trial is None else trial.limits.mean_error_percent / 100.0 * forming.rate_ml_h
    return Curves(
        time_min, flow, gaps_of(time_min, flow), forming.rate_ml_h, limit, forming.analyse_min,
        _trumpet(forming, trial),
    )  # fmt: skip


def gaps_of(time: Floats, values: Floats) -> tuple[tuple[float, float], ...]:
    """The stretches of time whose values are missing, from the value before to the one behind."""
    missing = np.isnan(values)
    edges = np.flatnonzero(np.diff(missing, prepend=False, append=False)).reshape(-1, 2)
    last = len(time) - 1
    return tuple((float(time[max(first - 1, 0)]), float(time[min(end, last)])) for first, end in edges)


def _trumpet(forming: Forming, trial: Trial | None) -> Trumpet:
    at, limits = _limits(trial)
    found = forming.trumpet
    return Trumpet(
        _floats(one.window.window_min for one in found),
        _floats(one.window.max_percent for one in found),
        _floats(one.window.min_percent for one in found),
        _floats(one.budget.expanded_percent for one in found),
        at,
        limits,
    )


def _limits(trial: Trial | None) -> tuple[Floats, Floats]:
    if trial is None:
        return _EMPTY, _EMPTY
    windows = trial.windows_min
    allowed = trial.limits.trumpet_percent or []
    if len(allowed) == 1:
        allowed = allowed * len(windows)
    padded = [*allowed, *[None] * (len(windows) - len(allowed))]
    return np.array(windows, np.float64), _floats(padded)


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)
