"""Pulsation, and averages over whole revolutions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumpbench.trials import revolutions
from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.pulsation import spectrum, wave_at
from pumpbench.trials.series import Floats

RATE = 5.0


def rippling(
    period_s: float, depth: float, step_s: float = 1.0, span_s: float = 3600.0
) -> tuple[Floats, Floats]:
    time = np.arange(0.0, span_s + step_s / 2, step_s)
    turn = 2 * np.pi / period_s
    return time, RATE / 3600.0 * (time + depth / turn * (1 - np.cos(turn * time)))


def test_spectrum_shows_a_sine_with_its_amplitude_at_its_frequency() -> None:
    flow = 5.0 + 0.7 * np.sin(2 * np.pi * np.arange(1000) / 20.0)
    frequency, amplitude = spectrum(flow, 1.0)
    top = int(amplitude.argmax())
    assert (frequency[top], amplitude[top]) == (pytest.approx(0.05), pytest.approx(0.7, rel=1e-3))
    assert amplitude[top + 3 :].max() < 1e-3


@given(st.floats(10.0, 600.0), st.floats(0.0, 1.5))
@settings(deadline=None)
def test_wave_has_its_peak_to_peak_whatever_the_period(period: float, depth: float) -> None:
    found = wave_at(*rippling(period, depth), 1 / period)
    assert found.peak_to_peak_ml_h == pytest.approx(2 * depth * RATE, abs=1e-3 * RATE)
    assert found.mean_ml_h == pytest.approx(RATE, rel=1e-6)


def test_a_bite_is_no_sine_and_its_harmonics_count() -> None:
    time = np.arange(0.0, 3600.5)
    flow = RATE * (1 - 0.5 * np.exp(-(((time % 60.0) - 30.0) ** 2) / 50.0))
    volume = np.concatenate(([0.0], np.cumsum((flow[1:] + flow[:-1]) / 7200.0)))
    assert wave_at(time, volume, 1 / 60, harmonics=1).peak_to_peak_ml_h < 2.0
    assert wave_at(time, volume, 1 / 60, harmonics=6).peak_to_peak_ml_h == pytest.approx(2.5, rel=0.05)


def test_noise_of_the_balance_hardly_shows_in_the_wave() -> None:
    time, volume = rippling(60.0, 0.2, step_s=0.1)
    noisy = volume + np.random.default_rng(4).normal(0, 1e-4, len(time))
    assert wave_at(time, noisy, 1 / 60, harmonics=1).peak_to_peak_ml_h == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize(
    ("frequency", "said"), [(1.0, "cannot show 1 Hz"), (1 / 2000, "hold no two periods of 0.0005 Hz")]
)
def test_a_frequency_that_the_readings_cannot_show_is_refused(frequency: float, said: str) -> None:
    with pytest.raises(BadSettingError, match=said):
        wave_at(*rippling(60.0, 0.5), frequency)


@given(st.floats(20.0, 700.0), st.floats(0.0, 1.0))
@settings(deadline=None)
def test_over_whole_revolutions_a_ripple_is_no_error(period: float, depth: float) -> None:
    time, volume = rippling(period, depth)
    turns = revolutions.by_period(100.0, 3600.0, period)
    assert 3500 / period - 1 < turns.turns <= 3500 / period * (1 + 1e-9)
    assert revolutions.mean_flow_ml_h(time, volume, turns) == pytest.approx(RATE, rel=2e-3)


@pytest.mark.parametrize("forward", [1.0, -1.0])
@pytest.mark.parametrize("wrapped", [True, False])
def test_whole_revolutions_by_the_recorded_angle(forward: float, wrapped: bool) -> None:
    time = np.arange(0.0, 3600.0)
    angle = forward * (0.9 * time + 20 * np.sin(time / 50.0)) + 77.0
    found = revolutions.by_angle(time, angle % 360.0 if wrapped else angle, 100.0, 3500.0)
    turned = forward * (np.interp(found.end_s, time, angle) - np.interp(100.0, time, angle))
    assert turned == pytest.approx(360.0 * found.turns)
    assert found.turns == 8


def test_less_than_a_revolution_is_refused() -> None:
    with pytest.raises(BadSettingError, match="no revolution"):
        revolutions.by_period(0.0, 100.0, 200.0)
    with pytest.raises(BadSettingError, match="no whole revolution"):
        revolutions.by_angle(np.arange(10.0), np.arange(10.0), 0.0, 9.0)
