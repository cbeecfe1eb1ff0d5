"""Alarms: a quiet run raises none; air, reservoirs, clock, stop input and limits, each with what it makes the
pump do; how an alarm is latched and acknowledged."""

import pytest
from alarm_steps import only, running
from core_rig import HOUR, ML, STEP_NL, Rig, segment

from pumpfw.errors import Refused
from pumplink.alarm_table import ALARMS
from pumplink.alarms import (
    AIR,
    CLOCK_FAULT,
    HIGH,
    HOUR_LIMIT,
    LATE_TICKS,
    OCCLUSION,
    RESERVOIR_EMPTY,
    RESERVOIR_LOW,
    STOP_INPUT,
)
from pumplink.states import (
    ALARM_STOP,
    EVENT_ALARM_ACKNOWLEDGED,
    EVENT_ALARM_CLEARED,
    EVENT_ALARM_RAISED,
    EVENT_RUN_STOPPED,
    FINISHED,
    KEEP_OPEN,
    PURGE,
    REFUSED_NOTHING,
    RUNNING,
    STOPPED_BY_INPUT,
)


@pytest.mark.parametrize("rate", [50_000, ML, 10 * ML])
def test_a_quiet_run_raises_nothing(rig, rate):
    running(rig, rate)
    rig.run(2000)
    assert only(rig)
    assert rig.readings.state == RUNNING


def test_air_stops_and_a_purge_is_allowed_before_it_is_acknowledged(rig):
    running(rig)
    rig.board.air = True
    rig.run(0.5)
    assert rig.readings.state == ALARM_STOP
    assert only(rig, AIR)
    rig.pump.move(PURGE, 0, 100_000, 60 * ML)
    rig.board.air = False
    rig.run_until(ALARM_STOP, 20)
    rig.pump.acknowledge(AIR)
    rig.resume()
    assert rig.readings.state == RUNNING


def test_a_low_reservoir_warns_and_an_empty_one_stops_on_its_mark():
    rig = Rig()
    rig.pump.set_reservoir([0, 30 * ML, 600_000, 400_000, 100_000, 0, bytes(24)])
    rig.start(segment(rate=60 * ML, volume=2 * ML))
    rig.run(15)
    assert only(rig, RESERVOIR_LOW)
    assert rig.readings.state == RUNNING
    rig.run_until(ALARM_STOP, 60)
    assert only(rig, RESERVOIR_LOW, RESERVOIR_EMPTY)
    assert 500_000 - 2 * STEP_NL < rig.head_nl <= 500_000
    rig.pump.refill(0, 100_000, 30 * ML)
    rig.run(2)
    assert rig.readings.alarms_present == 0
    rig.pump.acknowledge(RESERVOIR_EMPTY)
    rig.resume()
    rig.run_until(FINISHED, 200)
    assert 2 * ML - 2 * STEP_NL < rig.head_nl <= 2 * ML


def test_the_stop_input_stops_within_a_tick(rig):
    running(rig)
    rig.board.pulled = True
    rig.tick()
    assert (rig.readings.state, rig.board.stepper.enabled) == (ALARM_STOP, False)
    assert rig.events.of(EVENT_RUN_STOPPED)[0][0] == STOPPED_BY_INPUT
    rig.pump.acknowledge(STOP_INPUT)
    with pytest.raises(Refused):
        rig.resume()
    rig.board.pulled = False
    rig.run(0.1)
    rig.resume()


def test_a_clock_that_jumps_stops(rig):
    running(rig)
    rig.board.now_us += 60_000_000
    rig.run(0.1)
    assert rig.has_alarm(CLOCK_FAULT)
    assert rig.readings.state == ALARM_STOP


def test_ticks_that_are_late_again_and_again_warn(rig):
    running(rig)
    rig.run(30, us=25_000)
    assert only(rig, LATE_TICKS)
    assert rig.readings.state == RUNNING
    rig.run(30)
    assert rig.readings.alarms_present == 0


def test_the_hour_s_limit_holds_to_the_keep_open_rate_and_is_never_passed():
    rig = Rig({"max_hour_nl": 2 * ML})
    rig.fill()
    rig.start(segment(rate=60 * ML, duration=HOUR), keep_open=100_000)
    rig.run_until(KEEP_OPEN, 200)
    assert only(rig, HOUR_LIMIT)
    delivered = []
    for minute in range(80):
        rig.run(60, us=90_000)
        delivered.append(rig.head_nl)
        hour_ago = delivered[minute - 60] if minute >= 60 else 0
        assert rig.head_nl - hour_ago <= 2 * ML + 10_000


def test_an_alarm_is_latched_until_acknowledged_and_told_three_times(rig):
    rig.board.pulled = True
    rig.run(1)
    assert (rig.readings.priority, rig.board.priority) == (HIGH, HIGH)
    rig.board.pulled = False
    rig.run(1)
    assert only(rig, STOP_INPUT)
    rig.pump.acknowledge(STOP_INPUT)
    assert only(rig)
    assert (rig.readings.priority, rig.board.priority) == (0, 0)
    for event in (EVENT_ALARM_RAISED, EVENT_ALARM_CLEARED, EVENT_ALARM_ACKNOWLEDGED):
        assert [a for a, _ in rig.events.of(event)] == [STOP_INPUT]


def test_what_is_not_latched_cannot_be_acknowledged(rig):
    for code in (OCCLUSION, len(ALARMS), 31):
        with pytest.raises(Refused) as refused:
            rig.pump.acknowledge(code)
        assert refused.value.code == REFUSED_NOTHING
