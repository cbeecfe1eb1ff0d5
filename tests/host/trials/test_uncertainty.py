"""The budget against numerical derivatives and against draws from the stated distributions."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.host.trials import naive

from pumpbench.trials.density import Conditions, Liquid
from pumpbench.trials.knowledge import Knowledge
from pumpbench.trials.noise_bias import mean_largest, noise_bias_percent
from pumpbench.trials.uncertainty import CLOCK, NOT_STATED, STAMPS, STATED, Budget, budget, budget_at_rest

KNOWN = Knowledge(
    resolution_mg=0.1,
    repeatability_mg=0.15,
    drift_mg_h=0.8,
    gain_ppm=200.0,
    evaporation_mg_h=1.0,
    clock_ppm=100.0,
    stamp_s=0.2,
)
LIQUID = Liquid.given(0.998, 0.0005)
RATE = 1.0

positive = st.floats(0.01, 100.0)


def of(knowledge: Knowledge, liquid: Liquid = LIQUID, seconds: float = 3600.0, ratio: float = 1.0) -> Budget:
    return budget(knowledge, liquid, RATE * seconds / 3600.0, seconds, ratio)


def percent(found: Budget, name: str) -> float:
    (line,) = [line for line in found.contributions if line.name.startswith(name)]
    assert line.percent is not None
    return line.percent


@pytest.mark.parametrize("seconds", [120.0, 1860.0, 3600.0, 86400.0])
@pytest.mark.parametrize("ratio", [0.8, 1.0, 1.1])
def test_every_weight_is_the_derivative_of_the_measured_error(seconds: float, ratio: float) -> None:
    delivered_mg = RATE * ratio * 0.998 * seconds / 3600.0 * 1000.0
    at = {
        "first_mg": 10.0, "last_mg": 10.0 + delivered_mg, "evaporation_mg_h": 0.0, "drift_mg_h": 0.0,
        "gain": 0.0, "factor": LIQUID.ml_per_g, "first_s": 0.0, "last_s": seconds, "clock": 0.0,
    }  # fmt: skip

    def slope(name: str, step: float) -> float:
        up, down = ({**at, name: at[name] + side * step} for side in (1, -1))
        return abs(
            naive.delivered_percent(**up, rate_ml_h=RATE) - naive.delivered_percent(**down, rate_ml_h=RATE)
        ) / (2 * step)

    found = of(KNOWN, seconds=seconds, ratio=ratio)
    rectangle, ends = math.sqrt(3), math.sqrt(2)
    assert KNOWN.repeatability_mg and KNOWN.drift_mg_h  # noqa: PT018
    assert LIQUID.density_half_ppm
    by_mass, by_volume = slope("last_mg", 1e-3), slope("factor", 1e-6) * LIQUID.ml_per_g
    wanted = {
        "balance resolution": ends * by_mass * 0.05 / rectangle,
        "balance repeatability": ends * by_mass * 0.15,
        "balance drift": slope("drift_mg_h", 1e-3) * 0.8 / rectangle,
        "balance gain": slope("gain", 1e-6) * 200e-6 / rectangle,
        "evaporation": slope("evaporation_mg_h", 1e-3) * 1.0 / rectangle,
        "density": by_volume * LIQUID.density_half_ppm * 1e-6 / rectangle,
        "buoyancy": by_volume * LIQUID.buoyancy_half_ppm * 1e-6 / rectangle,
        "timing: rate": 100.0 * ratio * 100e-6 / rectangle,
        "timing: times": ends * slope("last_s", 1e-3) * 0.2 / rectangle,
    }
    for name, value in wanted.items():
        assert percent(found, name) == pytest.approx(value, rel=1e-4), name
    assert found.combined_percent == pytest.approx(math.hypot(*wanted.values()), rel=1e-4)
    assert found.expanded_percent == pytest.approx(2 * math.hypot(*wanted.values()), rel=1e-4)


@pytest.mark.parametrize("seconds", [120.0, 3600.0])
def test_combined_uncertainty_is_the_spread_of_draws_from_what_is_stated(seconds: float) -> None:
    draw = np.random.default_rng(5)
    count = 40_000
    delivered = RATE * 0.998 * seconds / 3.6

    def within(half: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return draw.uniform(-half, half, count)

    def end(mass: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return mass + within(0.05) + draw.normal(0, 0.15, count)

    assert LIQUID.density_half_ppm
    factor = LIQUID.ml_per_g * (1 + within(LIQUID.density_half_ppm * 1e-6))
    errors = naive.delivered_percent(
        end(0.0), end(delivered), within(1.0), within(0.8), within(200e-6),  # type: ignore[arg-type]
        factor * (1 + within(LIQUID.buoyancy_half_ppm * 1e-6)),  # type: ignore[arg-type]
        within(0.2), seconds + within(0.2), within(100e-6), RATE,  # type: ignore[arg-type]
    )  # fmt: skip
    assert of(KNOWN, seconds=seconds).combined_percent == pytest.approx(float(np.std(errors)), rel=0.02)


@pytest.mark.parametrize("name", Knowledge.names())
def test_what_nobody_stated_is_listed_and_there_is_no_uncertainty(name: str) -> None:
    found = of(replace(KNOWN, **{name: None}))  # type: ignore[arg-type]
    assert found.expanded_percent is None
    assert found.combined_percent is None
    (line,) = [line for line in found.contributions if line.basis == NOT_STATED]
    assert (line.value, line.percent) == (None, None)


def not_stated(found: Budget) -> list[str]:
    return [line.name for line in found.contributions if line.percent is None]


def test_an_unstated_density_leaves_no_uncertainty() -> None:
    assert not_stated(of(KNOWN, Liquid.given(0.998))) == ["density"]


def test_what_is_assumed_is_told_from_what_is_stated() -> None:
    knowledge = Knowledge(resolution_mg=0.1, repeatability_mg=0.1, drift_mg_h=0.1, gain_ppm=10.0)
    bases = {line.name: line.basis for line in of(knowledge.with_usual(None)).contributions}
    assert [name for name, basis in bases.items() if basis == STATED] == [
        "balance resolution", "balance repeatability", "balance drift", "balance gain and linearity",
        "density", "buoyancy, not corrected",
    ]  # fmt: skip
    assert of(knowledge.with_usual(None)).expanded_percent is not None


def test_the_balances_own_figures_are_never_assumed() -> None:
    left = of(Knowledge().with_usual(None))
    assert not_stated(left) == ["balance resolution", "balance repeatability", "balance drift"]


@given(positive, positive, st.floats(1.1, 10.0))
def test_no_contribution_can_be_worse_known_and_leave_less_uncertainty(
    digit: float, drift: float, times: float
) -> None:
    one = replace(KNOWN, resolution_mg=digit, drift_mg_h=drift)
    for name in ("resolution_mg", "drift_mg_h"):
        worse = of(replace(one, **{name: getattr(one, name) * times}))
        assert worse.expanded_percent is not None
        assert worse.expanded_percent > (of(one).expanded_percent or 0.0)


@given(st.floats(60.0, 1e5), st.floats(1.5, 20.0))
def test_what_grows_with_time_or_volume_weighs_the_same_on_every_window_and_the_ends_less_on_a_longer_one(
    seconds: float, times: float
) -> None:
    short, long = of(KNOWN, seconds=seconds), of(KNOWN, seconds=seconds * times)
    for name in ("balance drift", "balance gain", "evaporation", "density", "buoyancy", "timing: rate"):
        assert percent(short, name) == pytest.approx(percent(long, name))
    for name in ("balance resolution", "balance repeatability", "timing: times"):
        assert percent(short, name) == pytest.approx(times * percent(long, name))


def test_temperature_counts_once_for_water_and_air_together() -> None:
    liquid = Liquid.water(Conditions(20.0, 1013.0, temperature_half_c=2.0))
    warm, cold = (Liquid.water(Conditions(20.0 + side, 1013.0)).ml_per_g for side in (2.0, -2.0))
    slope = 1e6 * (warm - cold) / 2 / liquid.ml_per_g
    assert liquid.density_half_ppm == pytest.approx(slope, rel=0.06)


@pytest.mark.parametrize("count", [2, 10, 59, 117, 2000])
def test_mean_of_the_largest_noise(count: int) -> None:
    drawn = np.random.default_rng(7).normal(size=(max(4000, 80_000 // count), count)).max(axis=1).mean()
    assert mean_largest(count) == pytest.approx(float(drawn), rel=0.06)


@pytest.mark.parametrize("length", [4, 22, 62])
def test_the_bias_of_noise_is_that_of_a_steady_flow(length: int) -> None:
    draws = np.random.default_rng(8).normal(size=(4000, 121))
    windows = draws[:, length:] - draws[:, :-length]
    bias = noise_bias_percent(math.sqrt(2.0), 121 - length)
    assert bias == pytest.approx(float(windows.max(axis=1).mean()), rel=0.06)


def test_without_a_known_noise_its_bias_is_not_known() -> None:
    assert noise_bias_percent(None, 117) is None
    assert noise_bias_percent(0.1, 1) == 0.0


def test_a_volume_weighed_at_rest_owes_nothing_to_the_times() -> None:
    timed, rested = of(KNOWN, seconds=60.0), budget_at_rest(KNOWN, LIQUID, RATE / 60.0, 60.0)
    left = [line for line in timed.contributions if line.name not in (CLOCK, STAMPS)]
    assert list(rested.contributions) == left
    assert len(left) == len(timed.contributions) - 2
    untimed = replace(KNOWN, clock_ppm=None, stamp_s=None)
    assert budget_at_rest(untimed, LIQUID, RATE / 60.0, 60.0).expanded_percent == rested.expanded_percent
