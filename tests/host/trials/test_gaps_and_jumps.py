"""Missing readings and touched balances are found; what pumps do by themselves is neither."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.host.trials.series import DENSITY, steady, weigh, without

from pumpbench.trials.gaps import gaps
from pumpbench.trials.jumps import jumps
from pumpbench.trials.series import Series

FLOW_G_S = 5.0 * DENSITY / 3600.0


@given(st.sets(st.integers(1, 239), max_size=30))
def test_every_missing_reading_is_in_a_gap_and_no_other_step_is_one(missing: set[int]) -> None:
    holed = without(steady(), *missing)
    found = gaps(holed, 30.0)
    assert found.tolist() == [step > 30.0 for step in np.diff(holed.time_s)]


def test_readings_every_second_may_miss_two_of_a_sample_of_thirty() -> None:
    series = steady(interval_s=1.0)
    assert not gaps(without(series, 100, 101), 30.0).any()
    assert gaps(without(series, 100, 101, 102), 30.0).sum() == 1


def noisy(rate_ml_h: float, step_s: float, noise_mg: float, digit_mg: float) -> Series:
    time, mass = weigh(np.full(round(7200 / step_s), rate_ml_h), step_s)
    shown = mass * 1e3 + np.random.default_rng(3).normal(0, noise_mg, len(mass))
    return Series.of(time, np.round(shown / digit_mg) * digit_mg * 1e-3)


@pytest.mark.parametrize(("rate", "step"), [(0.05, 1.0), (0.05, 0.1), (1.0, 1.0), (5.0, 30.0), (300.0, 1.0)])
def test_noise_and_digits_are_no_jumps_and_a_touch_is_two(rate: float, step: float) -> None:
    series = noisy(rate, step, 0.1, 0.1)
    flow = rate * DENSITY / 3600.0
    assert not jumps(series, flow).any()
    touch = max(0.005, 20 * flow * step)
    on, off = len(series.time_s) // 3, len(series.time_s) // 2
    held = series.mass_g.copy()
    held[on:off] += touch
    assert np.flatnonzero(jumps(Series.of(series.time_s, held), flow)).tolist() == [on - 1, off - 1]


@given(st.lists(st.floats(0.0, 3.2), min_size=200, max_size=200))
@settings(deadline=None, max_examples=40)
def test_no_flow_up_to_three_times_the_set_one_is_a_jump(times_the_flow: list[float]) -> None:
    series = Series.of(*weigh(5.0 * np.asarray(times_the_flow)))
    assert not jumps(series, FLOW_G_S).any()


@pytest.mark.parametrize("rate", [0.05, 1.0, 5.0, 25.0])
@pytest.mark.parametrize("touch", [0.5, -0.5])
def test_half_a_gram_is_a_jump_also_at_half_a_minute_a_reading(rate: float, touch: float) -> None:
    time, mass = weigh(np.full(240, rate))
    mass[100:] += touch
    assert np.flatnonzero(jumps(Series.of(time, mass), rate * DENSITY / 3600.0)).tolist() == [99]


def test_drops_and_strokes_that_come_again_and_again_are_how_a_pump_delivers() -> None:
    time = np.arange(7201.0)
    drops = 0.05 * np.floor(time * FLOW_G_S / 0.05)
    assert not jumps(Series.of(time, drops), FLOW_G_S).any()
