"""Every alarm: its cause, what it makes the pump do, how it is acknowledged; and no false one."""

import pytest
from core_rig import HOUR, ML, NO_FLOW_SENSOR, STEP_NL, Rig, segment

from pumpfw.errors import Refused
from pumplink.alarm_table import ALARMS
from pumplink.alarms import (
    AIR,
    CLOCK_FAULT,
    FREE_FLOW,
    HIGH,
    HOUR_LIMIT,
    LATE_TICKS,
    LEDGER_DISAGREES,
    LINK_LOST,
    OCCLUSION,
    OVER_INFUSION,
    PRESSURE_SENSOR_FAULT,
    RESERVOIR_EMPTY,
    RESERVOIR_LOW,
    SENSOR_FAULT,
    STALL,
    STOP_INPUT,
    UNDER_INFUSION,
)
from pumplink.states import (
    ALARM_STOP,
    ATTENDED,
    EVENT_ALARM_ACKNOWLEDGED,
    EVENT_ALARM_CLEARED,
    EVENT_ALARM_RAISED,
    EVENT_BOLUS_ENDED,
    EVENT_RELIEF,
    EVENT_RUN_STOPPED,
    FINISHED,
    KEEP_OPEN,
    LINK_LOST_STOP,
    PURGE,
    REFUSED_ALARM,
    REFUSED_NOTHING,
    REFUSED_RANGE,
    RELIEVING,
    RUNNING,
    STOPPED,
    STOPPED_BY_ALARM,
    STOPPED_BY_INPUT,
    STOPPED_BY_LINK_LOSS,
)


@pytest.fixture
def rig():
    rig = Rig()
    rig.fill()
    return rig


def running(rig, rate=10 * ML, duration=100_000, keep_open=ML, **header):
    rig.start(segment(rate=rate, duration=duration), keep_open=keep_open, **header)
    rig.run(5)


def occlude(rig):
    """Close the line and wait until the pump does something about it."""
    rig.close()
    before = rig.readings.state
    while rig.readings.state == before:
        rig.tick()


def only(rig, *codes):
    return rig.readings.alarms_latched == sum(1 << code for code in codes)


@pytest.mark.parametrize("rate", [50_000, ML, 10 * ML])
def test_a_quiet_run_raises_nothing(rig, rate):
    running(rig, rate)
    rig.run(2000)
    assert only(rig)
    assert rig.readings.state == RUNNING


def test_an_occlusion_is_found_long_before_the_limit_and_what_the_line_stored_is_run_back(rig):
    running(rig)
    rig.board.pressure_pa = 3_000
    rig.run(60)
    head, counted = rig.head_nl, rig.counted_nl
    occlude(rig)
    assert only(rig, OCCLUSION)
    assert rig.readings.state == RELIEVING
    assert 2_500 < rig.head_nl - head < 9_000  # 1 uL/kPa: 2.5 to 9 kPa
    rig.run_until(ALARM_STOP, 60)
    assert 0 <= rig.head_nl - head < 900
    assert rig.counted_nl - counted == pytest.approx(rig.head_nl - head, abs=2)
    [(relieved, compliance)] = rig.events.of(EVENT_RELIEF)
    assert 2_000 < relieved < 9_000
    assert compliance == pytest.approx(1_000, rel=0.3)
    assert rig.events.of(EVENT_RUN_STOPPED)[0][0] == STOPPED_BY_ALARM


def test_a_pump_without_a_flow_sensor_finds_an_occlusion_by_its_pressure_alone():
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    rig.fill()
    running(rig)
    head = rig.head_nl
    occlude(rig)
    assert only(rig, OCCLUSION)
    assert 9_000 < rig.head_nl - head < 13_000
    rig.run_until(ALARM_STOP, 60)
    assert 0 <= rig.head_nl - head < 1_500


def test_the_relief_ends_at_the_pressure_before_the_occlusion(rig):
    running(rig)
    occlude(rig)
    forward_nl = rig.head_nl
    rig.run(1)
    rig.open()
    rig.run(1)
    assert rig.readings.state == ALARM_STOP
    assert forward_nl - rig.head_nl < 2_000


def test_a_relief_ends_where_the_pressure_is_not_known_any_more(rig):
    running(rig)
    occlude(rig)
    rig.run(1)
    rig.is_closed = False
    rig.board.pressure_pa = -50_000  # out of the sensor's range
    rig.run(0.2)
    assert rig.readings.state == ALARM_STOP


@pytest.mark.parametrize("when", ["at once", "after a while"])
def test_after_an_occlusion_the_run_goes_on_once_it_is_acknowledged_and_delivers_its_volume(rig, when):
    rig.start(segment(rate=20 * ML, volume=ML))
    rig.run(100)
    occlude(rig)
    if when == "after a while":
        rig.run_until(ALARM_STOP, 60)
    rig.open()
    rig.run_until(ALARM_STOP, 60)
    rig.run(1)
    with pytest.raises(Refused) as refused:
        rig.resume()
    assert (refused.value.code, refused.value.value) == (REFUSED_ALARM, OCCLUSION)
    rig.pump.acknowledge(OCCLUSION)
    rig.resume()
    rig.run_until(FINISHED, 200)
    assert ML - 2 * STEP_NL <= rig.head_nl <= ML


def test_a_program_by_time_makes_up_what_was_run_back_and_nothing_more():
    rig = Rig({"correction_limit_ppm": 0})
    rig.fill()
    rig.start(segment(rate=10 * ML, duration=200))
    rig.run(60)
    for _ in range(3):
        occlude(rig)
        rig.run_until(ALARM_STOP, 60)
        rig.open()
        rig.run(1)
        rig.pump.acknowledge(OCCLUSION)
        rig.resume()
        rig.run(20)
    rig.run_until(FINISHED, 400)
    whole = 10 * ML * 200 // 3600
    assert whole - 2 * STEP_NL <= rig.head_nl <= whole


def test_an_occlusion_of_a_bolus_gives_the_program_and_what_the_bolus_says_and_nothing_more(rig):
    rig.start(segment(rate=ML, volume=100_000))
    rig.run(60)
    rig.pump.bolus(0, 200_000, 60 * ML)
    rig.run(2)
    occlude(rig)
    rig.run_until(ALARM_STOP, 60)
    [(bolus, whole)] = rig.events.of(EVENT_BOLUS_ENDED)
    assert (whole, bolus < 200_000) == (0, True)
    rig.open()
    rig.run(1)
    rig.pump.acknowledge(OCCLUSION)
    rig.resume()
    rig.run_until(FINISHED, 2000)
    assert rig.head_nl == pytest.approx(100_000 + bolus, abs=3 * STEP_NL)


def test_a_pressure_that_jumps_is_not_the_head_s_and_is_not_relieved(rig):
    running(rig)
    head = rig.head_nl
    rig.board.pressure_pa = 40_000
    rig.run(60)
    assert only(rig)
    rig.board.pressure_pa = 80_000
    rig.run(1)
    assert only(rig, OCCLUSION)
    assert rig.readings.state == ALARM_STOP
    assert rig.events.of(EVENT_RELIEF) == []
    assert rig.head_nl > head


def test_a_line_of_any_resistance_that_fills_up_is_not_occluded(rig):
    """40 kPa at the set flow, reached over 80 s: pressure and flow rise together."""
    rig.ideal = False
    rig.start(segment(rate=10 * ML, duration=600))
    for second in range(200):
        share = 1 - 0.95**second
        rig.board.flow_count = int(1667 * share)
        rig.board.pressure_pa = int(40_000 * share)
        rig.run(1)
    assert only(rig)


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


def test_over_infusion_goes_to_keep_open(rig):
    rig.sensor_gain_percent = 200
    running(rig)
    rig.run(600)
    assert rig.readings.state == KEEP_OPEN
    assert rig.has_alarm(OVER_INFUSION)
    assert rig.readings.set_nl_h == ML


def test_under_infusion_warns_and_goes_on(rig):
    rig.sensor_gain_percent = 30
    running(rig)
    rig.run(600)
    assert rig.readings.state == RUNNING
    assert only(rig, UNDER_INFUSION)


def test_a_disagreement_over_an_hour_warns():
    rig = Rig({"correction_limit_ppm": 0})
    rig.fill()
    rig.calibrate()
    rig.sensor_gain_percent = 82
    running(rig, 15 * ML)
    rig.run(HOUR + 200)
    assert only(rig, LEDGER_DISAGREES)
    assert rig.readings.state == RUNNING


def test_a_home_mark_that_does_not_come_is_a_stall(rig):
    running(rig, 60 * ML, 1000)
    rig.run(10)
    assert only(rig)
    rig.board.home_moves = False
    rig.sensor_gain_percent = 0
    rig.run(10)
    assert only(rig, STALL)
    assert rig.readings.state == ALARM_STOP


@pytest.mark.parametrize("fault", ["dead", "bad_crc"])
def test_a_sensor_that_does_not_answer_or_answers_wrongly_warns_and_clears_when_it_is_back(rig, fault):
    running(rig)
    setattr(rig.board, fault, True)
    rig.run(3)
    assert only(rig, SENSOR_FAULT)
    assert rig.readings.state == RUNNING
    setattr(rig.board, fault, False)
    rig.run(5)
    assert rig.readings.alarms_present == 0
    assert only(rig, SENSOR_FAULT)


def test_a_sensor_that_repeats_a_reading_of_another_flow_is_stuck(rig):
    running(rig)
    rig.ideal = False
    rig.pump.pause()
    rig.run(100)
    assert rig.has_alarm(SENSOR_FAULT)


@pytest.mark.parametrize(("rate", "within_s"), [(ML, 1200), (10 * ML, 400)])
def test_a_sensor_with_the_wrong_sign_is_a_fault_and_no_under_infusion(rig, rate, within_s):
    rig.sensor_gain_percent = -100
    running(rig, rate)
    rig.run(within_s)
    assert only(rig, SENSOR_FAULT)
    assert rig.readings.state == RUNNING


def test_a_pressure_sensor_out_of_its_range_warns(rig):
    running(rig)
    rig.board.pressure_pa = -50_000
    rig.run(3)
    assert only(rig, PRESSURE_SENSOR_FAULT)
    assert rig.readings.state == RUNNING


def test_flow_through_a_standing_head_is_free_flow(rig):
    rig.ideal = False
    rig.board.flow_count = 500
    rig.run(90)
    assert rig.has_alarm(FREE_FLOW)
    assert rig.readings.state == STOPPED


def test_what_a_line_gives_at_its_release_is_no_free_flow(rig):
    rig.ideal = False
    rig.run(75)
    rig.board.flow_count = 2000
    rig.run(1)
    rig.board.flow_count = 0
    rig.run(100)
    assert only(rig)


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


# --- the lease ---


def test_an_attended_program_needs_a_lease(rig):
    digest = rig.commit(segment(rate=ML, duration=100), mode=ATTENDED)
    with pytest.raises(Refused) as refused:
        rig.pump.start(digest, 0, 0)
    assert (refused.value.code, refused.value.field) == (REFUSED_RANGE, 2)


def test_a_lease_that_lapses_holds_to_keep_open_until_it_is_renewed(rig):
    running(rig, mode=ATTENDED, lease=10)
    rig.pump.renew_lease(10)
    rig.run(8)
    assert rig.readings.state == RUNNING
    rig.run(5)
    assert rig.readings.state == KEEP_OPEN
    assert only(rig, LINK_LOST)
    rig.pump.renew_lease(10)
    assert rig.readings.state == RUNNING
    rig.tick()
    assert rig.readings.set_nl_h == 10 * ML
    assert only(rig, LINK_LOST)


def test_a_lease_lapses_also_where_ticks_come_so_late_that_each_second_has_too_few(rig):
    running(rig, mode=ATTENDED, lease=10)
    rig.run(15, us=90_000)
    assert rig.readings.state == KEEP_OPEN
    assert rig.has_alarm(LINK_LOST)


def test_a_lease_that_lapses_stops_where_the_program_says_so(rig):
    running(rig, mode=ATTENDED, lost=LINK_LOST_STOP, lease=10)
    rig.run(10)
    assert rig.readings.state == ALARM_STOP
    assert rig.events.of(EVENT_RUN_STOPPED)[0][0] == STOPPED_BY_LINK_LOSS
    rig.resume(lease=10)
    assert rig.readings.state == RUNNING


def test_an_autonomous_program_needs_nobody(rig):
    running(rig)
    rig.pump.link_alive(False)
    rig.run(200)
    assert rig.readings.state == RUNNING
    assert only(rig)


# --- latching ---


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
