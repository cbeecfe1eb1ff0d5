"""Whether a volume can be trusted: what the board's calibration vouches for."""

import time

from pumpbench.client import Calibration


def calibration_fault(calibration: Calibration, now_s: float | None = None) -> str | None:
    """Return why the board's calibration does not vouch for a volume, None when it does."""
    now = time.time() if now_s is None else now_s
    if calibration.made_at_s == 0:
        return "the fitted tube set has no calibration"
    if calibration.expires_at_s and calibration.expires_at_s <= now:
        return f"the calibration of tube set {calibration.tube_set} has expired"
    return None
