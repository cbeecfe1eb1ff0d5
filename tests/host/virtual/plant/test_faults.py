"""Every kind of fault does what it says, for as long as it says."""

import math

import pytest
from tests.host.virtual.plant.bench import STEPS_PER_REV, drive, fault, make, rest, turn

from pumpbench.virtual.plant.defaults import FAULT_KINDS, complete_fault
from pumpbench.virtual.plant.faults import KINDS, NEVER, Faults, UnknownFaultError
from pumpbench.virtual.plant.plant import Plant


def outlet_nl(plant: Plant, seconds: float, ul_min: float) -> float:
    before = plant.truth.outlet_nl
    drive(plant, seconds, ul_min)
    return plant.truth.outlet_nl - before


def test_occlusion_closes_the_line_while_it_lasts() -> None:
    plant = make(fault("occlusion", at_s=60, duration_s=30))
    assert outlet_nl(plant, 60, 100.0) == pytest.approx(100_000, rel=0.01)
    assert outlet_nl(plant, 30, 100.0) == 0
    assert plant.truth.pressure_pa == pytest.approx(50_000, rel=0.01)
    assert outlet_nl(plant, 30, 100.0) == pytest.approx(100_000, rel=0.01)


def test_occlusion_in_part_raises_the_resistance() -> None:
    plant = make(fault("occlusion", 0.9), line={"resistance_kpa_per_ul_min": 0.01})
    drive(plant, 120, 100.0)
    assert plant.truth.pressure_pa == pytest.approx(10_000, rel=1e-3)


def test_leak_loses_its_share_before_the_sensor() -> None:
    plant = make(fault("leak", 0.25))
    drive(plant, 60, 100.0)
    assert plant.truth.leaked_nl == pytest.approx(25_000)
    assert plant.flow_reading() == pytest.approx(75.0, rel=1e-2)


def test_air_is_a_bubble_that_passes_sensor_and_outlet() -> None:
    plant = make(fault("air", 20.0, at_s=10), line={"resistance_kpa_per_ul_min": 0.0})
    drive(plant, 30, 60.0)
    assert plant.truth.air_nl == pytest.approx(20_000, rel=1e-3)
    assert plant.truth.outlet_nl == pytest.approx(10_000, rel=1e-3)
    assert outlet_nl(plant, 10, 60.0) == pytest.approx(10_000, rel=1e-3)


def test_air_ends_with_its_fault() -> None:
    plant = make(fault("air", 1000.0, duration_s=10))
    drive(plant, 9, 60.0)
    plant.flow_reading()
    assert plant.sensor.air
    drive(plant, 2, 60.0)
    plant.flow_reading()
    assert not plant.sensor.air


def test_empty_lets_the_head_draw_air() -> None:
    plant = make(fault("empty"), line={"dead_volume_ul": 10.0}, reservoir={"selector_dead_volume_ul": 0.0})
    drive(plant, 60, 60.0)
    assert plant.truth.outlet_nl == pytest.approx(10_000, rel=1e-3)
    assert plant.truth.reservoir_nl == 30e6


def test_stall_lets_steps_go_by() -> None:
    plant = make(fault("stall", at_s=10, duration_s=10))
    drive(plant, 30, 60.0)
    assert plant.truth.head_nl == pytest.approx(20_000, rel=1e-3)
    assert plant.rotor.motor == 1920


def test_stall_in_part_slows_the_rotor() -> None:
    plant = make(fault("stall", 0.25))
    turn(plant, STEPS_PER_REV)
    assert plant.truth.rotor_mdeg == pytest.approx(270_000)


def test_back_pressure_takes_the_place_of_the_files() -> None:
    plant = make(fault("back-pressure", 25.0, at_s=1, duration_s=10), line={"back_pressure_kpa": 5.0})
    drive(plant, 10.5, 300.0)
    assert plant.truth.pressure_pa == pytest.approx(25_600, rel=0.01)
    rest(plant, 60)
    assert plant.truth.pressure_pa == pytest.approx(5000)


def test_temperature_warms_liquid_and_tube() -> None:
    plant = make(fault("temperature", 30.0), pump={"temperature_percent_per_c": 1.0})
    turn(plant, STEPS_PER_REV)
    assert plant.temperature_c == 30.0
    assert plant.truth.head_nl == pytest.approx(55_000)


def test_siphon_opens_the_standing_head() -> None:
    plant = make(fault("siphon", 1.0), fluid={"siphon_head_m": 1.0}, line={"resistance_kpa_per_ul_min": 0.0})
    rest(plant, 60)
    before = plant.truth.outlet_nl
    rest(plant, 60)
    assert plant.truth.outlet_nl - before == pytest.approx(0.998 * 9.80665 * 1000, rel=1e-5)


def test_sensor_dead_does_not_answer() -> None:
    plant = make(fault("sensor-dead", at_s=1, duration_s=1))
    assert plant.sensor.answers
    rest(plant, 1.5)
    assert not plant.sensor.answers
    rest(plant, 1)
    assert plant.sensor.answers


def test_sensor_stuck_repeats_its_last_reading() -> None:
    plant = make(fault("sensor-stuck", at_s=30), sensor={"noise_ul_per_min": 1.0})
    drive(plant, 29, 100.0)
    last = plant.flow_reading()
    drive(plant, 30, 500.0)
    assert plant.flow_reading() == last


def test_sensor_noise_is_added() -> None:
    plant = make(fault("sensor-noise", 20.0))
    readings = []
    for _ in range(1000):
        rest(plant, 0.1)
        readings.append(plant.flow_reading())
    assert math.sqrt(sum(reading**2 for reading in readings) / 1000) == pytest.approx(20.0, rel=0.1)


def test_sensor_sign_turns_the_flow_and_not_the_zero() -> None:
    plant = make(fault("sensor-sign"), sensor={"offset_ul_per_min": 2.0})
    drive(plant, 30, 100.0)
    assert plant.flow_reading() == pytest.approx(-98.0, rel=1e-2)


def test_sensor_crc_spoils_its_share_of_the_readings() -> None:
    plant = make(fault("sensor-crc", 0.3))
    rest(plant, 1)
    bad = 0
    for _ in range(2000):
        plant.flow_reading()
        bad += plant.sensor.crc_bad
    assert bad / 2000 == pytest.approx(0.3, abs=0.05)


def test_home_moves_shifts_the_mark() -> None:
    plant = make(fault("home-moves", 45.0), home={"angle_deg": 90.0})
    turn(plant, STEPS_PER_REV)
    assert plant.home_edge_fraction() * 360 == pytest.approx(135.0)


def test_balance_touched_adds_its_mass_and_is_not_stable() -> None:
    plant = make(fault("balance-touched", 300.0, at_s=10, duration_s=5))
    rest(plant, 12)
    mass_mg, stable, _ = plant.balance.reading(plant.now_us)
    assert mass_mg == pytest.approx(300.0)
    assert not stable
    rest(plant, 12)
    assert plant.balance.reading(plant.now_us)[:2] == (0.0, True)


def test_balance_overload_shows_an_overload() -> None:
    plant = make(fault("balance-overload"))
    rest(plant, 1)
    assert plant.balance.reading(plant.now_us)[2] == 1


@pytest.mark.parametrize(
    "kind",
    ["balance-silent", "balance-unit", "power-cut", "unplug", "bit-errors", "slow-tick", "steps-missing"],
)
def test_what_board_and_balance_do_themselves_is_scheduled(kind: str) -> None:
    plant = make(fault(kind, at_s=2, duration_s=3))
    seen = []
    for _ in range(7):
        rest(plant, 1)
        seen.append(plant.faults.value(kind))
    value = complete_fault({"kind": kind})["value"]
    assert seen == [None, value, value, value, None, None, None]
    assert plant.faults.starts(kind) == 1


def test_all_kinds_are_described_and_known() -> None:
    assert sorted(kind for kind, *_ in FAULT_KINDS) == sorted(KINDS)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownFaultError, match="'fire' is not one of: occlusion, leak"):
        Faults([]).add("fire", 0, None, 1.0)


def test_a_fault_of_no_duration_is_counted_as_started() -> None:
    plant = make()
    plant.faults.add("power-cut", 1_000_000, 0, 1.0)
    rest(plant, 2)
    assert plant.faults.value("power-cut") is None
    assert plant.faults.starts("power-cut") == 1
    assert plant.faults.next_change_us == NEVER


def test_a_fault_added_late_starts_at_once() -> None:
    plant = make()
    rest(plant, 10)
    plant.faults.add("temperature", 3_000_000, 8_000_000, 33.0)
    rest(plant, 0.5)
    assert plant.temperature_c == 33.0
    rest(plant, 1)
    assert plant.temperature_c == 20.0


def test_of_two_of_a_kind_the_later_counts() -> None:
    plant = make(
        fault("temperature", 30.0, at_s=1, duration_s=9), fault("temperature", 40.0, at_s=3, duration_s=3)
    )
    seen = []
    for _ in range(10):
        rest(plant, 1)
        seen.append(plant.temperature_c)
    assert seen == [30, 30, 40, 40, 40, 30, 30, 30, 30, 20]


def test_a_fault_acts_at_its_time_however_long_the_step() -> None:
    fine, coarse = (make(fault("stall", at_s=3.3, duration_s=2.2)) for _ in range(2))
    drive(fine, 10, 480.0, step_us=10_000)
    drive(coarse, 10, 480.0, step_us=10_000_000)
    assert fine.truth.head_nl == pytest.approx(coarse.truth.head_nl, rel=1e-3)
