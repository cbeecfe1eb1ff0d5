"""Faults in mid-run: the alarm that is due and no other, what the pump does by itself, a true summary."""

import pytest
from tests.host.conduct.conftest import Conduct, constant, fault, program

from pumpbench.client import DeviceLost
from pumpbench.conduct import watch
from pumplink import alarm_table, alarms

RUN = program(constant("10 mL/h", "300 s"), head='keep_open_rate = "0.5 mL/h"')
AT_S = 100


@pytest.mark.parametrize(
    ("plant", "state", "raised", "within_s"),
    [
        (fault("occlusion", AT_S), "alarm-stop", alarms.OCCLUSION, 40),
        (fault("back-pressure", AT_S, 60, 80), "alarm-stop", alarms.OCCLUSION, 2),
        (fault("air", AT_S, 30), "alarm-stop", alarms.AIR, 1),
        (fault("empty", AT_S), "alarm-stop", alarms.AIR, 60),
        (fault("stall", AT_S), "alarm-stop", alarms.STALL, 30),
        (fault("steps-missing", AT_S), "alarm-stop", alarms.STEPS_MISSING, 12),
        (fault("steps-missing", AT_S, None, 0.9), "alarm-stop", alarms.STEPS_MISSING, 15),
        (fault("leak", AT_S, None, 0.6), "finished", alarms.UNDER_INFUSION, 150),
        (fault("sensor-dead", AT_S, 60), "finished", alarms.SENSOR_FAULT, 2),
        (fault("sensor-crc", AT_S, 60), "finished", alarms.SENSOR_FAULT, 2),
        (fault("sensor-sign", AT_S), "finished", alarms.SENSOR_FAULT, 150),
    ],
)
def test_a_fault_raises_its_alarm_and_no_other(
    plant: str, state: str, raised: int, within_s: float, conduct: Conduct
) -> None:
    done = conduct(RUN, plant)
    assert done.summary.state == state
    assert done.summary.alarms == (alarm_table.ALARMS[raised][1],)
    assert AT_S < done.alarm_times_s()[raised] <= AT_S + within_s
    done.assert_whole()


@pytest.mark.parametrize(
    "plant",
    [
        fault("occlusion", AT_S, 2),
        fault("back-pressure", AT_S, 60, 20),
        fault("temperature", AT_S),
        fault("balance-silent", AT_S),
        fault("sensor-crc", AT_S, 60, 0.3),
        fault("slow-tick", AT_S, 1, 20),
        fault("steps-missing", AT_S, 8),
    ],
)
def test_what_the_pump_can_bear_raises_nothing(plant: str, conduct: Conduct) -> None:
    done = conduct(RUN, plant)
    assert (done.summary.state, done.summary.alarms) == ("finished", ())
    done.assert_whole()


@pytest.mark.parametrize(("rate", "within_s"), [("1.2 mL/day", 18), ("100 nL/h", 4000), ("120 mL/h", 12)])
def test_a_motor_that_makes_no_step_is_told_at_any_flow(rate: str, within_s: float, conduct: Conduct) -> None:
    """At the lowest one, a step in ten minutes, once a few are missing; and not before the fault."""
    done = conduct(
        program(constant(rate, "2h" if rate == "100 nL/h" else "10min")), fault("steps-missing", AT_S)
    )
    assert (done.summary.state, done.summary.alarms) == ("alarm-stop", ("steps-missing",))
    assert AT_S < done.alarm_times_s()[alarms.STEPS_MISSING] <= AT_S + within_s


def test_an_occlusion_is_relieved_so_that_its_bolus_is_small(conduct: Conduct) -> None:
    done = conduct(RUN, fault("occlusion", AT_S, 100) + "[line]\ncompliance_ul_per_kpa = 1\n")
    assert max(row["pressure_pa"] for row in done.truth) < 71_000
    assert done.truth[-1]["pressure_pa"] < 10_000
    assert done.summary.delivered_nl == done.records["counted_nl"][-1]


def test_a_low_reservoir_warns_and_the_run_goes_on(conduct: Conduct) -> None:
    low = RUN.replace("90 mL", "1.5 mL").replace('id = "main"', 'id = "main"\nlow_at = "1 mL"')
    done = conduct(low)
    assert (done.summary.state, done.summary.alarms) == ("finished", ("reservoir-low",))


def test_a_cable_that_is_pulled_for_a_while_costs_nothing(conduct: Conduct) -> None:
    done = conduct(RUN, fault("unplug", AT_S, 40))
    assert (done.summary.state, done.summary.alarms) == ("finished", ())
    assert done.summary.quality["reconnects"] == 1
    assert {"link-lost", "link-back"} <= set(done.names())
    done.assert_whole()


def test_a_cable_that_is_pulled_for_longer_than_the_board_remembers_leaves_a_gap(conduct: Conduct) -> None:
    done = conduct(RUN, fault("unplug", AT_S, 100))
    assert (done.summary.state, done.summary.telemetry_gaps) == ("finished", 1)
    assert done.summary.delivered_nl == done.records["counted_nl"][-1]


@pytest.mark.parametrize(("lost", "state"), [("stop", "alarm-stop"), ("keep-open", "finished")])
def test_an_attended_run_without_its_host_does_what_its_program_says(
    lost: str, state: str, conduct: Conduct
) -> None:
    attended = RUN.replace("[program]", f'[program]\nmode = "attended"\non_link_lost = "{lost}"')
    done = conduct(attended, fault("unplug", AT_S, 50))
    assert (done.summary.state, done.summary.alarms) == (state, ("link-lost",))
    assert AT_S + 25 < done.alarm_times_s()[alarms.LINK_LOST] <= AT_S + 31
    done.assert_whole()


def test_a_cable_that_stays_pulled_ends_the_run_as_lost(
    conduct: Conduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LINK_PATIENCE_S", 1.0)
    with pytest.raises(DeviceLost):
        conduct(RUN, fault("unplug", AT_S))


def test_a_power_cut_interrupts_the_run_and_the_ledger_is_ahead_of_the_truth_by_ten_microlitres_at_most(
    conduct: Conduct,
) -> None:
    done = conduct(RUN, fault("power-cut", AT_S, 2))
    assert (done.summary.state, done.summary.alarms) == ("interrupted", ("reset-in-run",))
    assert done.summary.quality["resets"] == 1
    assert 0 <= done.summary.delivered_nl - done.head_nl <= 10_000 + 1000
    assert done.summary.elapsed_s > AT_S - 2


def test_a_line_that_flips_bits_costs_time_and_nothing_else(conduct: Conduct) -> None:
    done = conduct(RUN, fault("bit-errors", AT_S, 10, 3e-4))
    assert (done.summary.state, done.summary.alarms) == ("finished", ())
    assert done.summary.quality["bad_frames"] > 0
    done.assert_whole()
