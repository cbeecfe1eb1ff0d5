"""The line: compliance, resistance, dead volume, back-pressure, siphon, and the time to an occlusion."""

import math

import pytest
from tests.host.virtual.plant.bench import drive, fault, make, rest, turn


def test_occlusion_time_is_compliance_times_pressure_over_flow() -> None:
    """The vector of 218 s less its 8 s of latency: C = 10 uL/kPa, from 15 to 85 kPa at 12 mL/h."""
    plant = make(fault("occlusion"), line={"compliance_ul_per_kpa": 10.0, "back_pressure_kpa": 15.0})
    while plant.truth.pressure_pa < 85_000:
        drive(plant, 0.15, 200.0, step_us=15_000)
    assert plant.now_us / 1e6 == pytest.approx(210.0, abs=0.2)
    assert plant.truth.outlet_nl == 0


@pytest.mark.parametrize("compliance", [0.01, 1.0, 20.0])
def test_compliance_takes_up_volume_by_pressure(compliance: float) -> None:
    plant = make(fault("occlusion"), line={"compliance_ul_per_kpa": compliance}, pump={"stall_kpa": 1e5})
    turn(plant, 320)
    assert plant.truth.pressure_pa == pytest.approx(5.0 / compliance * 1000)


def test_resistance_sets_the_pressure_by_flow() -> None:
    plant = make(line={"resistance_kpa_per_ul_min": 0.05})
    drive(plant, 120, 300.0)
    assert plant.truth.pressure_pa == pytest.approx(15_000, rel=1e-6)


def test_flow_settles_with_resistance_times_compliance() -> None:
    plant = make(line={"resistance_kpa_per_ul_min": 0.05, "compliance_ul_per_kpa": 2.0})
    drive(plant, 9.0, 300.0)  # 0.05 * 60 * 2 = 6 s
    assert plant.truth.pressure_pa == pytest.approx(15_000 * (1 - math.exp(-9 / 6)), rel=1e-6)


def test_a_line_without_compliance_or_resistance_passes_everything_at_once() -> None:
    plant = make(line={"compliance_ul_per_kpa": 0.0, "resistance_kpa_per_ul_min": 0.0})
    turn(plant, 320)
    assert plant.truth.outlet_nl == pytest.approx(5000, rel=1e-6)


def test_back_pressure_is_what_the_line_starts_with_and_rests_at() -> None:
    plant = make(line={"back_pressure_kpa": 12.0})
    assert plant.truth.pressure_pa == pytest.approx(12_000)
    turn(plant, 1000)
    rest(plant, 100)
    assert plant.truth.pressure_pa == pytest.approx(12_000)


def test_siphon_head_draws_at_the_line() -> None:
    plant = make(fluid={"siphon_head_m": 0.3, "density_g_per_ml": 1.1})
    assert plant.truth.pressure_pa == pytest.approx(-1100 * 9.80665 * 0.3)


def test_dead_volumes_are_what_runs_out_between_the_empty_reservoir_and_air_at_the_sensor() -> None:
    plant = make(
        reservoir={"contents_ml": 0.05, "selector_dead_volume_ul": 40.0},
        line={"dead_volume_ul": 60.0, "resistance_kpa_per_ul_min": 0.0},
    )
    seen_at = None
    while seen_at is None:
        drive(plant, 0.5, 60.0, step_us=500_000)
        plant.flow_reading()
        seen_at = plant.truth.head_nl if plant.sensor.air else None
    assert seen_at == pytest.approx(150_000, abs=600)
    drive(plant, 60, 60.0)
    assert plant.truth.outlet_nl == pytest.approx(150_000, rel=1e-5)
    assert plant.truth.air_nl == pytest.approx(plant.truth.head_nl - 150_000, rel=1e-4)
