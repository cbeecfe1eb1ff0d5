"""A motor that is to turn and makes no step, or too few, is seen at any flow; and nothing else is taken for
it."""

import pytest
from alarm_steps import only, open_and_resume
from core_rig import HOUR, ML, NO_FLOW_SENSOR, STEP_NL, Rig, segment
from into_states import into_bolus, into_keep_open, into_moving, into_relieving

from pumplink.alarms import HOUR_LIMIT, LATE_TICKS, RESET_IN_RUN, STEPS_MISSING
from pumplink.states import (
    ALARM_STOP,
    EVENT_RUN_STOPPED,
    FINISHED,
    KEEP_OPEN,
    RAMP,
    RUNNING,
    STOPPED_BY_ALARM,
)
from pumplink.states import PAUSE as PAUSE_SEGMENT

SLOWEST = 97  # nL/h: a microstep of 15.6 nL in ten minutes


@pytest.fixture
def rig():
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    rig.fill()
    return rig


@pytest.fixture
def slow():
    """The same at ten ticks a second, for hours."""
    rig = Rig({"tick_hz": 10}, NO_FLOW_SENSOR)
    rig.fill()
    return rig


def seconds_until_stopped(rig, most):
    began_us = rig.board.now_us
    rig.run_until(ALARM_STOP, most)
    return (rig.board.now_us - began_us) / 1e6


@pytest.mark.parametrize("rate", [50_000, ML, 10 * ML, 120 * ML])
def test_a_motor_that_stands_stops_the_pump_in_ten_seconds_and_four_steps(rig, rate):
    rig.start(segment(rate=rate, duration=HOUR))
    rig.run(20)
    rig.board.stepper.left_out = 100
    step_s = STEP_NL * 3600 / rate
    assert 9 < seconds_until_stopped(rig, 100) < 12.1 + 5 * step_s
    assert only(rig, STEPS_MISSING)
    assert rig.events.of(EVENT_RUN_STOPPED)[0][0] == STOPPED_BY_ALARM


def test_a_motor_that_stands_from_the_start_is_seen_too(rig):
    rig.board.stepper.left_out = 100
    rig.start(segment(rate=ML, duration=HOUR))
    assert seconds_until_stopped(rig, 100) < 13
    assert only(rig, STEPS_MISSING)


def test_a_motor_that_stands_at_the_lowest_flow_is_seen_and_one_that_turns_is_not(slow):
    assert int(slow.core.limits.slowest_nl_h(slow.core.flow.step_nl())) == SLOWEST
    slow.start(segment(rate=SLOWEST, duration=10 * HOUR))
    slow.run(3 * HOUR)
    assert only(slow)
    slow.board.stepper.left_out = 100
    assert 2000 < seconds_until_stopped(slow, HOUR) < 3600
    assert only(slow, STEPS_MISSING)


def test_through_a_steep_map_a_step_that_counts_for_many_is_waited_for(slow):
    """A twentieth of the revolution gives four times the mean: the motor creeps there."""
    strokes = [50_000_000] + [0] * 7
    mapped = [1] + [4000 if knot < 9 else 842 for knot in range(180)]
    slow.pump.calibration.set([0, 1, 0, 1_000_000, 0, 1, *[0] * 8, *strokes, 0, 0, 0, *mapped])
    slow.core.motor.set_rotor(0)
    assert slow.readings.map_valid
    slow.start(segment(rate=50_000, duration=2 * HOUR))
    slow.run(1.5 * HOUR)
    assert only(slow)
    slow.board.stepper.left_out = 100
    assert seconds_until_stopped(slow, 100) < 35


@pytest.mark.parametrize("into", [into_keep_open, into_bolus, into_moving, into_relieving])
def test_whatever_makes_the_head_turn_it_is_seen_when_it_stands(into):
    rig = Rig()
    rig.fill()
    into(rig)
    rig.board.stepper.left_out = 100
    rig.ideal = False
    seconds_until_stopped(rig, 20)
    assert rig.has_alarm(STEPS_MISSING)


@pytest.mark.parametrize(("left_out", "is_seen"), [(40, False), (80, True)])
def test_far_too_few_steps_are_seen_and_a_few_that_lack_are_not(rig, left_out, is_seen):
    rig.board.stepper.left_out = left_out
    rig.start(segment(rate=ML, duration=HOUR))
    rig.run(120)
    assert rig.has_alarm(STEPS_MISSING) == is_seen


def test_once_it_is_mended_and_acknowledged_the_run_delivers_all_of_its_volume(rig):
    rig.start(segment(rate=10 * ML, volume=200_000))
    rig.run(20)
    rig.board.stepper.left_out = 100
    rig.run_until(ALARM_STOP, 20)
    rig.run(2)
    assert rig.readings.alarms_present == 0
    rig.board.stepper.left_out = 0
    rig.pump.acknowledge(STEPS_MISSING)
    rig.resume()
    rig.run_until(FINISHED, 200)
    assert 200_000 - 2 * STEP_NL < rig.head_nl <= 200_000
    assert only(rig)


# --- what only looks like it ---


def test_a_pump_that_is_paused_again_and_again_before_its_next_step_is_not_accused(slow):
    slow.start(segment(rate=SLOWEST, duration=10 * HOUR))
    for _ in range(40):
        slow.run(120)
        slow.pump.pause()
        slow.run(10)
        slow.resume()
    assert only(slow)


def test_ramps_from_nothing_and_pauses_between_segments_are_not_accused(slow):
    slow.start(
        segment(RAMP, rate=0, to_rate=1_000, duration=1800),
        segment(PAUSE_SEGMENT, duration=600),
        segment(RAMP, rate=1_000, to_rate=0, duration=1800),
        segment(rate=60 * ML, duration=20),
        segment(rate=SLOWEST, duration=1800),
        repeat=2,
    )
    slow.run(4 * HOUR)
    assert only(slow)


def test_a_run_that_is_ahead_after_a_power_cut_may_stand(slow):
    """What was allowed and perhaps not delivered counts as delivered, so nothing may be left to deliver."""
    slow.start(segment(rate=50_000, duration=900))
    slow.run(880)
    slow.boot()
    slow.pump.acknowledge(RESET_IN_RUN)
    slow.resume()
    slow.run(1)
    assert slow.readings.balance_pl < 0
    slow.run_until(FINISHED, 30)
    assert only(slow)


def test_an_hour_that_is_full_is_waited_for():
    rig = Rig({"max_hour_nl": 2 * ML, "tick_hz": 10}, NO_FLOW_SENSOR)
    rig.fill()
    rig.start(segment(rate=120 * ML, duration=2 * HOUR), keep_open=500_000)
    rig.run_until(KEEP_OPEN, 200)
    rig.run(2 * HOUR - 400)
    assert only(rig, HOUR_LIMIT)
    assert rig.readings.state == KEEP_OPEN


@pytest.mark.parametrize("us", [25_000, 90_000])
def test_ticks_that_come_late_keep_more_than_half_of_the_steps(rig, us):
    rig.start(segment(rate=60 * ML, duration=HOUR))
    rig.run(60, us=us)
    assert only(rig, LATE_TICKS)
    assert rig.head_nl > 900_000
    assert rig.readings.state == RUNNING


def test_an_occlusion_s_relief_and_the_way_back_are_not_accused():
    rig = Rig()
    rig.fill()
    rig.start(segment(rate=ML, duration=HOUR))
    rig.run(30)
    rig.close()
    rig.run_until(ALARM_STOP, 200)
    open_and_resume(rig)
    rig.run(120)
    assert only(rig)
