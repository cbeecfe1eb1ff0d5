"""The start-up curve, and how late the delivery comes."""

import numpy as np
import pytest

from pumpbench.trials.analysis import Settings, analyse
from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.lag import delivery_lag_s
from pumpbench.trials.series import Series

DENSITY = 0.998


def filling(lag_s: float, constant_s: float) -> tuple[np.ndarray, np.ndarray]:
    """5 mL/h that set in after a lag, behind a line that fills up with a time constant."""
    time = np.arange(0.0, 7201.0)
    since = np.maximum(time - lag_s, 0.0)
    return time, 5.0 / 3600.0 * (since - constant_s * (1 - np.exp(-since / constant_s)))


def test_curve_shows_the_flow_of_each_sample_at_its_end() -> None:
    time, volume = filling(60.0, 1e-3)
    curve = analyse(Series.of(time, volume * DENSITY), Settings(5.0)).startup
    assert curve.flow_ml_h[:2] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert curve.flow_ml_h[2:] == pytest.approx(5.0, rel=1e-4)
    assert curve.time_min[:3].tolist() == [0.5, 1.0, 1.5]


@pytest.mark.parametrize(("lag", "constant"), [(0.0, 100.0), (120.0, 60.0), (30.0, 1.0)])
def test_lag_is_the_volume_that_the_start_left_out_over_the_flow(lag: float, constant: float) -> None:
    time, volume = filling(lag, constant)
    assert delivery_lag_s(time, volume, 0.0, (3600.0, 7200.0)) == pytest.approx(lag + constant, abs=1e-6)
    assert delivery_lag_s(time + 500, volume + 3, 500.0, (4100.0, 7700.0)) == pytest.approx(lag + constant)


@pytest.mark.parametrize(
    ("steady_s", "said"), [((8000, 9000), "no two readings"), ((0, 50), "nothing flows")]
)
def test_a_lag_needs_a_steady_flow(steady_s: tuple[float, float], said: str) -> None:
    time, volume = filling(60.0, 1.0)
    with pytest.raises(BadSettingError, match=said):
        delivery_lag_s(time, volume, 0.0, steady_s)
