"""The law: intervals, the balance of volume, and a sensor that lies."""

import pytest
from core_rig import ML, NO_FLOW_SENSOR, STEP_NL, Rig, segment
from hypothesis import given
from hypothesis import strategies as st

from pumplink.states import FINISHED, FLAG_CORRECTION_LIMITED


@given(st.integers(100, 120 * ML))
def test_the_interval_is_step_volume_over_flow(rate_nl_h):
    rig = Rig()
    flow, now = rig.core.flow, rig.readings
    flow.request(rate_nl_h)
    flow.steer()
    exact_us = STEP_NL * 3.6e9 / rate_nl_h
    assert now.interval_us + now.interval_frac / 65536 == pytest.approx(exact_us, rel=5e-7, abs=1 / 65536)


def test_the_stroke_volume_follows_the_flow_between_the_calibration_points():
    rig = Rig()
    calibration = rig.pump.calibration
    speeds = [100, 10_000] + [0] * 6  # 1 and 100 revolutions an hour
    strokes = [50_000_000, 40_000_000] + [0] * 6
    calibration.set([0, 1, 0, ML, 0, 2, *speeds, *strokes, 0, 0, 0, 0, *[1000] * 180])
    low, high = 50_000, 4_000_000  # nL/h at the two points
    calibration.choose(low // 2)
    assert calibration.stroke_pl == 50_000_000
    calibration.choose((low + high) // 2)
    assert calibration.stroke_pl == 45_000_000
    calibration.choose(2 * high)
    assert calibration.stroke_pl == 40_000_000


def test_a_map_keeps_the_volume_of_a_revolution_and_turns_faster_where_the_flow_is_less():
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    relative = [1000] * 150 + [400] * 30
    rig.pump.calibration.set([0, 1, 0, ML, 0, 1, *[0] * 8, 50_000_000, *[0] * 7, 0, 0, 0, 1, *relative])
    rotor_map = rig.pump.calibration.rotor_map
    speeds = [rotor_map.speed_q13(bin_) for bin_ in range(360)]
    assert speeds[350] == pytest.approx(2.5 * speeds[10], rel=0.01)
    assert sum(8192 / speed for speed in speeds) == pytest.approx(360, rel=0.001)
    rig.fill()
    rig.start(segment(rate=5 * ML, duration=720))
    rig.run_until(FINISHED, 800)
    assert rig.counted_nl == pytest.approx(ML, rel=0.001)  # twenty whole revolutions


@pytest.mark.parametrize(("gain_percent", "limit"), [(300, -0.1), (10, 0.1)])
def test_a_lying_sensor_moves_the_flow_by_the_limit_at_most(gain_percent, limit):
    rig = Rig()
    rig.sensor_gain_percent = gain_percent
    rig.fill()
    rig.start(segment(rate=10 * ML, volume=20 * ML), keep_open=10 * ML)
    rig.run(3000)
    assert rig.readings.flow_nl_h / (10 * ML) == pytest.approx(1 / (1 - limit), rel=0.02)
    assert rig.readings.flags & FLAG_CORRECTION_LIMITED


def test_a_tube_that_gives_too_little_never_lets_a_segment_by_time_stand_still_before_its_end():
    rig = Rig()
    rig.sensor_gain_percent = 92
    rig.fill()
    rig.start(segment(rate=10 * ML, duration=1200))
    rig.run(1190)
    assert rig.readings.flow_nl_h == pytest.approx(10 * ML, rel=0.01)
    before_nl = rig.counted_nl
    rig.run_until(FINISHED, 20)
    assert rig.counted_nl - before_nl == pytest.approx(10 * ML * 10 / 3600, rel=0.1)


def test_a_sensor_that_repeats_itself_is_not_followed():
    rig = Rig()
    rig.ideal = False
    rig.fill()
    rig.board.flow_count = 1400  # 8.4 mL/h, and never anything else
    rig.start(segment(rate=10 * ML, duration=4000))
    rig.run(1500)
    assert rig.readings.flow_nl_h == 10 * ML


def test_where_the_sensor_cannot_see_it_is_not_followed():
    rig = Rig()
    rig.sensor_gain_percent = 150
    rig.fill()
    rig.start(segment(rate=ML, duration=4000))
    rig.run(1500)
    assert rig.readings.flow_nl_h == ML


def test_a_true_stroke_error_of_20_percent_is_corrected_as_far_as_the_limit_and_stops_nothing():
    rig = Rig()
    rig.sensor_gain_percent = 80
    rig.fill()
    rig.start(segment(rate=10 * ML, duration=7200))
    rig.run_until(FINISHED, 7300)
    assert rig.readings.alarms_latched & ~(1 << 13) == 0
