"""Alarms that come from the flow sensor, the pressure sensor and the home mark: what these say of the flow,
and that they say it wrongly."""

import pytest
from alarm_steps import only, running
from core_rig import HOUR, ML, Rig

from pumplink.alarms import (
    FREE_FLOW,
    LEDGER_DISAGREES,
    OVER_INFUSION,
    PRESSURE_SENSOR_FAULT,
    SENSOR_FAULT,
    STALL,
    UNDER_INFUSION,
)
from pumplink.states import ALARM_STOP, KEEP_OPEN, RUNNING, STOPPED


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


def test_a_sensor_that_is_known_to_be_noisy_is_no_over_infusion(rig):
    running(rig)
    for reading in range(20 * 600):
        rig.sensor_gain_percent = 2200 if reading % 2 else -1800  # twice the set flow in the mean
        rig.run(0.05)
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
