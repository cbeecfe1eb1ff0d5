"""The length of a step does not matter: every part between two changes is solved exactly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.host.virtual.plant.bench import drive, fault, make, rest

from pumpbench.virtual.plant.plant import Plant

SLOW = {"line": {"resistance_kpa_per_ul_min": 0.05, "compliance_ul_per_kpa": 2.0}}  # settles in 6 s
LAGS = {"sensor": {"response_ms": 900.0}, "balance": {"response_ms": 3000.0}}


def figures(plant: Plant) -> list[float]:
    truth = plant.truth
    lags = [plant.sensor.lag.value, plant.balance.lag.value]
    return [truth.head_nl, truth.outlet_nl, truth.pressure_pa, truth.rotor_mdeg, *lags]


@pytest.mark.parametrize("step_us", [20_000, 100_000, 1_000_000, 10_000_000])
def test_without_pulsation_any_step_gives_the_same(step_us: int) -> None:
    fine, coarse = make(**SLOW, **LAGS), make(**SLOW, **LAGS)
    drive(fine, 20, 375.0, step_us=10_000)  # 4 microsteps in 10 ms
    drive(coarse, 20, 375.0, step_us=step_us)
    assert figures(coarse) == pytest.approx(figures(fine), rel=1e-9)


@pytest.mark.parametrize("step_us", [100_000, 1_000_000, 10_000_000])
def test_with_pulsation_slip_and_ageing_it_is_nearly_the_same(step_us: int) -> None:
    pump = {"pulsation_depth": 0.8, "slip_percent_per_kpa": 0.2, "ageing_percent_per_hour": 1.0}
    fine, coarse = make(pump=pump, **SLOW, **LAGS), make(pump=pump, **SLOW, **LAGS)
    drive(fine, 20, 375.0, step_us=10_000)
    drive(coarse, 20, 375.0, step_us=step_us)
    assert figures(coarse) == pytest.approx(figures(fine), rel=2e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=20), st.floats(0.001, 5), st.floats(0, 10))
def test_at_rest_any_steps_give_the_same(spans_us: list[int], response_s: float, compliance: float) -> None:
    keys = {
        "line": {"resistance_kpa_per_ul_min": 0.05, "compliance_ul_per_kpa": compliance},
        "sensor": {"response_ms": response_s * 1e3},
        "balance": {"response_ms": response_s * 2e3},
    }
    at_once, in_parts = make(**keys), make(**keys)
    for plant in (at_once, in_parts):
        drive(plant, 5, 375.0)
    rest(at_once, sum(spans_us) / 1e6)
    for span_us in spans_us:
        rest(in_parts, span_us / 1e6)
    assert figures(in_parts) == pytest.approx(figures(at_once), rel=1e-6, abs=1e-5)


def test_two_equal_time_constants_are_no_trouble() -> None:
    keys = {**SLOW, "sensor": {"response_ms": 6000.0}, "balance": {"response_ms": 6000.0}}
    equal, nearly = make(**keys), make(**{**keys, "sensor": {"response_ms": 6001.0}})
    for plant in (equal, nearly):
        drive(plant, 8, 375.0)
    assert equal.sensor.lag.value == pytest.approx(nearly.sensor.lag.value, rel=1e-3)


@pytest.mark.parametrize("step_us", [100_000, 1_000_000])
def test_plugs_arrive_where_they_should_in_any_step(step_us: int) -> None:
    keys = {"reservoir": {"contents_ml": 0.2}, "line": {"dead_volume_ul": 30.0}}
    fine, coarse = make(**keys), make(**keys)
    drive(fine, 60, 375.0, step_us=10_000)
    drive(coarse, 60, 375.0, step_us=step_us)
    assert coarse.truth.outlet_nl == pytest.approx(fine.truth.outlet_nl, rel=1e-6)
    assert coarse.truth.air_nl == pytest.approx(fine.truth.air_nl, rel=1e-6)


def test_the_slowest_flow_comes_in_single_steps() -> None:
    """1.2 mL/day is a microstep in 1.1 s: its volume comes at once."""
    plant = make(line={"resistance_kpa_per_ul_min": 0.0})
    drive(plant, 3600, 1.2e3 / 1440)
    assert plant.truth.outlet_nl == pytest.approx(50_000, abs=16)
    jumps = []
    for _ in range(100):
        before = plant.truth.head_nl
        drive(plant, 0.05, 0.0)
        jumps.append(plant.truth.head_nl - before)
    assert max(jumps) == 0


def test_occlusion_pressure_is_the_same_in_any_step() -> None:
    fine, coarse = make(fault("occlusion")), make(fault("occlusion"))
    drive(fine, 40, 100.0, step_us=10_000)
    drive(coarse, 40, 100.0, step_us=10_000_000)
    assert coarse.truth.pressure_pa == pytest.approx(fine.truth.pressure_pa, rel=1e-3)
