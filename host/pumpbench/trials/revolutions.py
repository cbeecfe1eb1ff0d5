"""Averages over whole revolutions of the pump: over a part of one, its pulsation is read as an error.

Bissig et al. 2022 (10.1515/bmt-2022-0040): average over a whole number of pump cycles, or results mislead.
"""

from dataclasses import dataclass

import numpy as np

from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.series import Floats


@dataclass(frozen=True)
class WholeTurns:
    """The longest time within another that holds a whole number of revolutions."""

    start_s: float
    end_s: float
    turns: int


def by_period(start_s: float, end_s: float, period_s: float) -> WholeTurns:
    """Return the whole revolutions from `start_s` on of a rotor that turns evenly.

    Raises `BadSettingError` when there is not one.
    """
    turns = int((end_s - start_s) / period_s * (1.0 + 1e-12))
    if turns < 1:
        raise BadSettingError(f"{end_s - start_s:g} s hold no revolution of {period_s:g} s")
    return WholeTurns(start_s, start_s + turns * period_s, turns)


def mean_flow_ml_h(time_s: Floats, volume_ml: Floats, turns: WholeTurns) -> float:
    """Return the mean flow over whole revolutions, between readings by a line; volumes of shape (n,)."""
    before, after = np.interp([turns.start_s, turns.end_s], time_s, volume_ml)
    return float((after - before) / (turns.end_s - turns.start_s) * 3600.0)
