"""Boluses and occlusions."""

import numpy as np
import pytest

from pumpbench.trials.bolus import boluses
from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.occlusion import occlusion


def test_25_boluses() -> None:
    sizes = np.full(25, 0.05)
    sizes[3], sizes[7] = 0.045, 0.056
    found = boluses(np.concatenate(([1.0], 1.0 + np.cumsum(sizes))), 0.05).as_dict()
    assert (found["count"], found["weighed"]) == (25, 25)
    assert found["mean_ml"] == pytest.approx(sizes.mean())
    assert found["mean_error_percent"] == pytest.approx(100 * (sizes.mean() / 0.05 - 1))
    assert found["max_error_percent"] == pytest.approx(12.0)
    assert found["min_error_percent"] == pytest.approx(-10.0)
    assert found["spread_percent"] == pytest.approx(100 * sizes.std(ddof=1) / 0.05)


def test_an_unknown_reading_costs_the_two_boluses_beside_it() -> None:
    found = boluses([0.0, 1.0, np.nan, 3.0, 4.0], 1.0).as_dict()
    assert (found["count"], found["weighed"], found["mean_ml"]) == (4, 2, 1.0)
    assert found["volumes_ml"] == [1.0, None, None, 1.0]


def test_no_bolus_that_was_weighed_gives_no_figures() -> None:
    found = boluses([0.0, np.nan], 1.0).as_dict()
    assert (found["mean_ml"], found["mean_error_percent"], found["spread_percent"]) == (None, None, None)


@pytest.mark.parametrize(("volumes", "target"), [([1.0], 1.0), ([0.0, 1.0], 0.0), ([0.0, 1.0], np.nan)])
def test_what_is_no_bolus_is_refused(volumes: list[float], target: float) -> None:
    with pytest.raises(BadSettingError):
        boluses(volumes, target)


def test_occlusion_gives_time_to_alarm_and_released_bolus() -> None:
    time = np.arange(0.0, 1000.0)
    volume = np.minimum(time, 300.0) * 1e-3 + 0.42 * (1 - np.exp(-np.maximum(time - 600.0, 0.0) / 5.0))
    found = occlusion(time, volume, closed_s=300.0, alarm_s=518.0, opened_s=600.0, settle_s=120.0)
    assert found.time_to_alarm_s == 218.0
    assert found.bolus_ml == pytest.approx(0.42, abs=1e-9)


def test_an_alarm_that_never_came_and_a_line_that_was_not_opened_are_not_known() -> None:
    time = np.arange(0.0, 10.0)
    found = occlusion(time, time, closed_s=1.0, alarm_s=None, opened_s=None, settle_s=5.0)
    assert found.as_dict() == {"time_to_alarm_s": None, "bolus_ml": None, "pressure_kpa": None}
    assert occlusion(time, time, 1.0, 2.0, 8.0, 5.0).bolus_ml is None


def test_an_alarm_before_the_occlusion_cannot_be() -> None:
    with pytest.raises(BadSettingError, match="before the line was closed"):
        occlusion(np.arange(3.0), np.arange(3.0), 2.0, 1.0, None, 1.0)
