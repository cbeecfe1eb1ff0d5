"""What is wrong with sensors, marks, calibrations and ticks: the right alarm comes, delivery stays within the
limits, and the count stays true. Judged by the model's truth."""

from dataclasses import replace

import pytest
from tests.host.conduct.conftest import STEP_NL, Conduct, Outcome, constant, fault, program
from tests.support import virtual_pump
from tests.support.random_plants import calibration_of, random_plant
from tests.support.virtual_pump import ML, VirtualPump

from pumpbench.client import Calibration, Refusal
from pumpbench.files import plant as plant_file
from pumplink import alarms

AT_S = 100
SLOW = program(constant("1 mL/h", "900 s"))
FAST = program(constant("10 mL/h", "400 s"))
TURNING = virtual_pump.constant(10 * ML, duration_s=40_000)


def calibration(stroke_ul: float = 50.0, tube_set: int = 1) -> Calibration:
    """A calibration of this stroke volume, without a map."""
    return Calibration(tube_set, 1, 0, 1_000_000, 0, ((0, round(stroke_ul * 1e6)),), None)


def assert_count_is_true(done: Outcome) -> None:
    """What is counted is what the head delivered, and the whole program, but never more."""
    requested = done.summary.requested_nl
    assert requested - 2 * STEP_NL <= done.summary.delivered_nl <= requested
    assert done.head_nl == pytest.approx(done.summary.delivered_nl, rel=0.01)


# --- the flow sensor ---


@pytest.mark.parametrize(
    ("text", "plant", "within_s"),
    [
        (SLOW, fault("sensor-stuck", AT_S), 60),  # at the set flow: nothing but its silence tells
        (FAST, fault("sensor-stuck", AT_S), 60),
        (SLOW, fault("sensor-noise", AT_S), 10),
        (FAST, fault("sensor-noise", AT_S), 10),
        (FAST, fault("sensor-crc", AT_S, None, 0.8), 10),
    ],
    ids=["stuck, slow", "stuck, fast", "noisy, slow", "noisy, fast", "bad checksums mostly"],
)
def test_a_flow_sensor_that_lies_is_a_sensor_fault_and_changes_no_volume(
    text: str, plant: str, within_s: float, conduct: Conduct
) -> None:
    done = conduct(text, plant)
    assert (done.summary.state, done.summary.alarms) == ("finished", ("sensor-fault",))
    assert AT_S < done.alarm_times_s()[alarms.SENSOR_FAULT] <= AT_S + within_s
    assert_count_is_true(done)


def test_a_sensor_with_the_wrong_sign_is_a_sensor_fault_and_no_leak() -> None:
    with VirtualPump() as pump:
        pump.fill()
        pump.calibrate(calibration())
        pump.start(virtual_pump.constant(ML, duration_s=40_000))
        pump.run(60)
        pump.board.control.fault("sensor-sign")
        pump.run(1200)
        assert [name for name, _ in pump.raised()] == ["sensor-fault"]


# --- the rotor ---


@pytest.mark.parametrize("degrees", [30, 180, -90])
def test_a_home_mark_that_moves_is_told_and_is_no_stall(degrees: float, conduct: Conduct) -> None:
    done = conduct(FAST, fault("home-moves", AT_S, None, degrees))
    assert (done.summary.state, done.summary.alarms) == ("finished", ("home-moved",))
    assert_count_is_true(done)


def test_a_motor_that_slips_comes_late_again_and_again_and_is_stopped(conduct: Conduct) -> None:
    done = conduct(FAST, fault("stall", AT_S, None, 0.15))
    assert done.summary.state == "alarm-stop"
    assert "motor-stall" in done.summary.alarms


def test_a_map_that_does_not_fit_is_told_and_the_count_stays_true() -> None:
    tables = random_plant(3)
    fitting = calibration_of(tables, 3)
    assert fitting.rotor_map_ppt is not None
    turned = (*fitting.rotor_map_ppt[50:], *fitting.rotor_map_ppt[:50])
    with VirtualPump(plant_file.parse(tables, "random"), seed=3) as pump:
        pump.fill()
        pump.calibrate(replace(fitting, rotor_map_ppt=turned))
        pump.start(virtual_pump.constant(5 * ML, duration_s=3600))
        pump.run_until(lambda status: status.state == "finished", 4000, 20.0)
        assert [name for name, _ in pump.raised()] == ["map-misfit"]
        assert 5 * ML - 60 <= pump.client.status().delivered_nl <= 5 * ML
        assert pump.truth["head_nl"] == pytest.approx(5 * ML, rel=0.01)


# --- leak and siphon ---


def test_a_leak_of_a_tenth_is_found_and_is_no_under_infusion() -> None:
    with VirtualPump() as pump:
        pump.fill()
        pump.calibrate(calibration())
        pump.start(TURNING)
        pump.run(600)
        pump.board.control.fault("leak", 0.1)
        pump.run(600)
        assert [name for name, _ in pump.raised()] == ["leak"]


def test_liquid_that_siphons_through_a_stopped_head_is_free_flow_and_a_line_that_runs_empty_is_not() -> None:
    tables = {
        "line": {"compliance_ul_per_kpa": 20.0, "resistance_kpa_per_ul_min": 0.06},
        "fluid": {"siphon_head_m": 0.5},
    }
    with VirtualPump(plant_file.parse(tables, "test")) as pump:
        pump.fill()
        pump.calibrate(calibration())
        pump.start(virtual_pump.constant(10 * ML, duration_s=300))
        pump.run(1000)
        assert pump.raised() == []
        pump.board.control.fault("siphon")
        pump.run(200)
        assert [name for name, _ in pump.raised()] == ["free-flow"]


# --- calibration ---


def test_a_calibration_that_is_not_of_this_tube_disagrees_with_the_sensor_within_two_hours() -> None:
    with VirtualPump() as pump:
        pump.fill()
        pump.calibrate(calibration(stroke_ul=62.0))
        pump.start(TURNING)
        pump.run(7300)
        assert "ledger-disagrees" in [name for name, _ in pump.raised()]
        assert pump.client.status().state == "running"


def test_a_calibration_of_another_tube_set_is_not_used() -> None:
    with VirtualPump() as pump:
        pump.calibrate(calibration(stroke_ul=62.0, tube_set=1))
        pump.client.fit_tube(2)
        assert pump.client.calibration().points == ((0, 50_000_000),)


# --- occlusion on random plants ---


@pytest.mark.parametrize("seed", [1, 5, 11])
def test_an_occlusion_of_a_random_plant_is_found_relieved_and_made_up(seed: int) -> None:
    tables = random_plant(seed)
    compliance = tables["line"]["compliance_ul_per_kpa"]
    with VirtualPump(plant_file.parse(tables, "random"), seed=seed) as pump:
        pump.fill()
        pump.calibrate(calibration_of(tables, seed))
        pump.start(virtual_pump.constant(ML, duration_s=5_000))
        pump.run(600)
        before_pa, at_s = pump.truth["pressure_pa"], pump.truth["now_us"] / 1e6
        to_20_kpa_s = compliance * 20_000.0 / ML * 3600.0
        pump.board.control.fault("occlusion", duration_s=2 * to_20_kpa_s + 100)
        pump.run_until(lambda status: status.state == "alarm-stop", 1.3 * to_20_kpa_s + 100, 2.0)
        [(name, found_s)] = pump.raised()
        assert name == "occlusion"
        assert found_s - at_s <= 1.2 * to_20_kpa_s
        left_nl = (pump.truth["pressure_pa"] - before_pa) * compliance
        assert left_nl <= 0.2 * (left_nl + pump.of("relief")[0].a)
        pump.run(2 * to_20_kpa_s + 100)
        pump.client.acknowledge("occlusion")
        pump.resume()
        pump.run_until(lambda status: status.state == "finished", 8_000, 20.0)
        assert 5_000 / 3600 * ML - 60 <= pump.client.status().delivered_nl <= 5_000 / 3600 * ML


# --- reservoirs and ticks ---


def test_a_reservoir_that_empties_in_mid_run_stops_on_its_mark_and_goes_on_after_a_refill() -> None:
    with VirtualPump() as pump:
        pump.fill(ML // 2, low_at_nl=ML // 5, empty_at_nl=ML // 10)
        pump.start(virtual_pump.constant(10 * ML, duration_s=300))
        pump.run_until(lambda status: status.state == "alarm-stop", 200)
        assert [name for name, _ in pump.raised()] == ["reservoir-low", "reservoir-empty"]
        left_nl = pump.client.reservoir(0).contents_nl - ML // 10
        assert 0 <= left_nl <= 2 * STEP_NL
        pump.client.refill(0, residual_nl=ML // 10, contents_nl=10 * ML)
        pump.run(2)
        pump.client.acknowledge("reservoir-empty")
        pump.resume()
        pump.run_until(lambda status: status.state == "finished", 300)
        assert pump.truth["head_nl"] == pytest.approx(10 * ML * 300 / 3600, rel=0.01)


def test_a_bolus_from_a_reservoir_that_was_never_set_is_refused() -> None:
    with VirtualPump() as pump, pytest.raises(Refusal, match="not defined on the board; set it first"):
        pump.client.bolus(0, volume_nl=1000, rate_nl_h=ML)


@pytest.mark.parametrize("late_ms", [20, 90])
def test_ticks_that_are_late_for_a_while_are_told_and_cost_no_volume(late_ms: int, conduct: Conduct) -> None:
    done = conduct(FAST, fault("slow-tick", AT_S, 30, late_ms))
    assert (done.summary.state, done.summary.alarms) == ("finished", ("late-ticks",))
    assert done.summary.quality["late_ticks"] > 100
    assert_count_is_true(done)


def test_ticks_so_late_that_the_watchdog_bites_leave_a_pump_that_stands_and_says_so(conduct: Conduct) -> None:
    done = conduct(FAST, fault("slow-tick", AT_S, 5, 2500))
    assert (done.summary.state, done.summary.alarms) == ("interrupted", ("reset-in-run",))
    assert 0 <= done.summary.delivered_nl - done.head_nl <= 11_000
    assert done.truth[-1]["steps"] == done.truth[-20]["steps"]
