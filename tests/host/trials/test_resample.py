"""Readings brought to the times of samples."""

import numpy as np
import pytest
from tests.host.trials.series import steady, without

from pumpbench.trials.gaps import gaps
from pumpbench.trials.resample import Samples, resample
from pumpbench.trials.series import Series


def samples(series: Series, start_s: float, interval_s: float, count: int) -> Samples:
    return resample(series, gaps(series, interval_s), start_s, interval_s, count)


def test_a_reading_at_a_samples_time_is_taken_as_it_is() -> None:
    mass = np.random.default_rng(1).normal(size=241)
    series = Series.of(30.0 * np.arange(241), mass)
    assert samples(series, 3600.0, 30.0, 120).mass_g.tolist() == mass[120:].tolist()


def test_decimal_times_meet_their_samples_though_they_are_not_exact_in_binary() -> None:
    time = np.array([float(f"{0.1 * tick:.1f}") for tick in range(72001)])
    mass = np.random.default_rng(2).normal(size=len(time))
    found = samples(Series.of(time, mass), 0.0, 0.1, 72000)
    assert found.mass_g.tolist() == mass.tolist()


def test_a_gap_within_a_sample_spoils_it_though_both_its_ends_are_known() -> None:
    series = without(steady(interval_s=1.0), *range(40, 50))
    found = samples(series, 0.0, 30.0, 4)
    assert found.whole.tolist() == [True, False, True, True]
    assert not np.isnan(found.mass_g).any()


def test_a_gap_that_ends_with_a_sample_does_not_touch_the_next() -> None:
    found = samples(without(steady(), 3), 0.0, 30.0, 6)
    assert found.whole.tolist() == [True, True, False, False, True, True]
    assert np.isnan(found.mass_g).tolist() == [False, False, False, True, False, False, False]


@pytest.mark.parametrize(("beyond", "known"), [(0.4, True), (0.6, False)])
def test_a_line_goes_on_for_half_a_step_beyond_the_ends(beyond: float, known: bool) -> None:
    time = np.arange(1.0, 100.0)
    found = samples(Series.of(time, 2.0 * time), 1.0 - beyond, 98.0 + 2 * beyond, 1)
    assert np.isnan(found.mass_g).tolist() == [not known] * 2
    if known:
        assert found.mass_g == pytest.approx([2 * (1 - beyond), 2 * (99 + beyond)])
    assert found.whole.tolist() == [known]
