"""How late the delivery comes after the start."""

import numpy as np

from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.series import Floats


def delivery_lag_s(
    time_s: Floats, volume_ml: Floats, started_s: float, steady_s: tuple[float, float]
) -> float:
    """Return the lag: the steady flow's line (least squares between the `steady_s` times), drawn back to
    what was in the vessel at the start, meets it that long after `started_s`.

    It is the volume that the start-up left out, over the steady flow. Shapes (n,). Raises `BadSettingError`
    when the steady time holds fewer than two readings, or no flow.
    """
    steady = (time_s >= steady_s[0]) & (time_s <= steady_s[1])
    if steady.sum() < 2:
        raise BadSettingError(f"no two readings lie between {steady_s[0]:g} s and {steady_s[1]:g} s")
    middle = float(time_s[steady].mean())
    slope, level = np.polynomial.polynomial.polyfit(time_s[steady] - middle, volume_ml[steady], 1)[::-1]
    if slope <= 0:
        raise BadSettingError(f"nothing flows between {steady_s[0]:g} s and {steady_s[1]:g} s")
    empty = float(np.interp(started_s, time_s, volume_ml))
    return float(middle - (level - empty) / slope - started_s)
