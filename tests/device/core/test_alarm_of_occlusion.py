"""The occlusion alarm: how soon it is found, what is run back, how the run goes on; and what is none."""

import pytest
from alarm_steps import occlude, only, open_and_resume, running
from core_rig import ML, NO_FLOW_SENSOR, STEP_NL, Rig, segment

from pumpfw.errors import Refused
from pumplink.alarms import OCCLUSION
from pumplink.states import (
    ALARM_STOP,
    EVENT_BOLUS_ENDED,
    EVENT_RELIEF,
    EVENT_RUN_STOPPED,
    FINISHED,
    REFUSED_ALARM,
    RELIEVING,
    STOPPED_BY_ALARM,
)


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
        open_and_resume(rig)
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
    open_and_resume(rig)
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
