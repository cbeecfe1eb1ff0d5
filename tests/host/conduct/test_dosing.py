"""What vouches for a volume."""

from pumpbench.client import Calibration
from pumpbench.conduct.dosing import calibration_fault


def _calibration(made_at_s: int, expires_at_s: int) -> Calibration:
    return Calibration(4, made_at_s, expires_at_s, 1_000_000, 0, ((0, 50_000_000),), None)


def test_only_a_calibration_that_was_made_and_has_not_expired_vouches_for_a_volume() -> None:
    assert calibration_fault(_calibration(1000, 0), 2000) is None
    assert calibration_fault(_calibration(1000, 3000), 2000) is None
    assert calibration_fault(_calibration(0, 0), 2000) == "the fitted tube set has no calibration"
    assert calibration_fault(_calibration(1000, 2000), 2000) == "the calibration of tube set 4 has expired"
