"""Occlusion: how long until the alarm, and how much comes out once the line is open again."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.series import Floats


@dataclass(frozen=True)
class Occlusion:
    """An occlusion test's figures.

    Attributes:
        time_to_alarm_s: from closing the line to the alarm, None when it did not come.
        bolus_ml: what came out after opening it, less what leaked before, None when it is not known.
        pressure_kpa: the highest pressure that was measured, None when there is no sensor.
    """

    time_to_alarm_s: float | None
    bolus_ml: float | None
    pressure_kpa: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "time_to_alarm_s": self.time_to_alarm_s,
            "bolus_ml": self.bolus_ml,
            "pressure_kpa": self.pressure_kpa,
        }


def occlusion(
    time_s: Floats,
    volume_ml: Floats,
    closed_s: float,
    alarm_s: float | None,
    opened_s: float | None,
    settle_s: float,
    pressure_kpa: float | None = None,
) -> Occlusion:
    """Return the figures of a line closed at `closed_s` and opened at `opened_s`, the pump at rest by then.

    The bolus is what the vessel gained from the opening to `settle_s` later. Volumes, shape (n,), at rising
    times. Raises `BadSettingError` when the times cannot be.
    """
    if alarm_s is not None and alarm_s < closed_s:
        raise BadSettingError(f"the alarm at {alarm_s:g} s came before the line was closed at {closed_s:g} s")
    bolus = None
    if opened_s is not None and time_s[0] <= opened_s and opened_s + settle_s <= time_s[-1]:
        before, after = np.interp([opened_s, opened_s + settle_s], time_s, volume_ml)
        bolus = float(after - before)
    return Occlusion(None if alarm_s is None else alarm_s - closed_s, bolus, pressure_kpa)
