"""Pulsation, and averages over whole revolutions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumpbench.trials import revolutions
from pumpbench.trials.analysis import Settings, analyse
from pumpbench.trials.density import Liquid
from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.knowledge import Knowledge
from pumpbench.trials.pulsation import spectrum, strongest_hz, wave_at
from pumpbench.trials.ripple import ROLLERS, STRONGEST, ripple
from pumpbench.trials.series import Floats, Series

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
@settings(deadline=None, max_examples=40)
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
@settings(deadline=None, max_examples=40)
def test_over_whole_revolutions_a_ripple_is_no_error(period: float, depth: float) -> None:
    time, volume = rippling(period, depth)
    turns = revolutions.by_period(100.0, 3600.0, period)
    assert 3500 / period - 1 < turns.turns <= 3500 / period * (1 + 1e-9)
    assert revolutions.mean_flow_ml_h(time, volume, turns) == pytest.approx(RATE, rel=2e-3)


def test_less_than_a_revolution_is_refused() -> None:
    with pytest.raises(BadSettingError, match="no revolution"):
        revolutions.by_period(0.0, 100.0, 200.0)


@given(st.floats(7.0, 300.0), st.floats(0.05, 1.0), st.integers(0, 1000))
@settings(deadline=None, max_examples=30)
def test_the_strongest_line_is_found_without_knowing_the_pump(period: float, depth: float, seed: int) -> None:
    time, volume = rippling(period, depth)
    noise = np.random.default_rng(seed).normal(0, 5e-5, len(time))
    digit = 1e-4
    shown = np.round((volume + noise) / digit) * digit
    amplitude = depth * RATE / 3600.0 * period / (2 * np.pi)
    found = strongest_hz(time, shown, digit)
    if amplitude > digit:
        assert found == pytest.approx(1 / period, abs=0.1 / 3600)


@given(st.floats(0.02, 60.0), st.sampled_from([1.0, 5.0, 30.0]), st.integers(0, 1000))
@settings(deadline=None, max_examples=50)
def test_a_steady_flow_has_no_ripple_whatever_digits_and_noise_do(
    rate: float, step: float, seed: int
) -> None:
    time = np.arange(0.0, 3600.0, step)
    noise = np.random.default_rng(seed).normal(0, 5e-5 * (seed % 3), len(time))
    shown = np.round((rate / 3600.0 * time + noise) / 1e-4) * 1e-4
    assert strongest_hz(time, shown, 1e-4) is None


def test_a_flow_without_noise_or_ripple_has_none() -> None:
    time = np.arange(0.0, 3600.0)
    assert strongest_hz(time, RATE / 3600.0 * time, 0.0) is None
    assert strongest_hz(time[:10], time[:10], 0.0) is None


def test_ripple_by_the_pumps_own_figures_by_the_spectrum_and_by_neither() -> None:
    time, volume = rippling(20.0, 0.5, span_s=3650.0)
    known = ripple(time, volume, RATE, None, revolution_s=60.0, rollers=3)
    assert known is not None
    assert known.wave is not None
    assert (known.origin, known.turns) == (ROLLERS, 60)
    assert known.wave.peak_to_peak_percent == pytest.approx(100.0, rel=0.01)
    assert known.error_percent == pytest.approx(0.0, abs=1e-3)
    seen = ripple(time, volume, RATE, 1e-4, revolution_s=None, rollers=None)
    assert seen is not None
    assert seen.wave is not None
    assert (seen.origin, seen.turns) == (STRONGEST, None)
    assert seen.wave.peak_to_peak_percent == pytest.approx(100.0, rel=0.02)
    assert ripple(time, volume, RATE, None, revolution_s=None, rollers=None) is None
    too_slow = ripple(time, volume, RATE, None, revolution_s=5000.0, rollers=1)
    assert too_slow is None


def test_the_analysis_tells_the_ripple_apart_from_the_trumpet_and_not_over_a_gap() -> None:
    time, volume = rippling(20.0, 0.5, span_s=7200.0)
    wanted = Settings(RATE, liquid=Liquid.given(1.0), knowledge=Knowledge(resolution_mg=0.1))
    found = analyse(Series.of(time, volume), wanted).as_dict()
    assert found["ripple"]["wave"]["frequency_hz"] == pytest.approx(0.05, rel=1e-3)
    assert found["ripple"]["wave"]["peak_to_peak_percent"] == pytest.approx(100.0, rel=0.02)
    keep = (time < 5000) | (time > 5020)
    assert analyse(Series.of(time[keep], volume[keep]), wanted).as_dict()["ripple"] is None
