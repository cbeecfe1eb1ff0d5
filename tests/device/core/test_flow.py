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
    assert rig.readings.stroke_pl == 50_000_000
    calibration.choose((low + high) // 2)
    assert rig.readings.stroke_pl == 45_000_000
    calibration.choose(2 * high)
    assert rig.readings.stroke_pl == 40_000_000


def calibrate(rig, relative=None, stroke_pl=50_000_000):
    mapped = [1, *relative] if relative else [0, *[1000] * 180]
    rig.pump.calibration.set([0, 1, 0, ML, 0, 1, *[0] * 8, stroke_pl, *[0] * 7, 0, 0, 0, *mapped])


BITTEN = [1000] * 150 + [400] * 30


def test_where_the_map_says_less_the_rotor_turns_faster_once_its_angle_is_known():
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    calibrate(rig, BITTEN)
    rig.fill()
    rig.start(segment(rate=5 * ML, duration=3600))
    intervals = {}
    assert rig.readings.map_valid == 0
    for _ in range(7200):
        rig.tick()
        intervals[rig.readings.rotor_steps * 360 // 3200] = rig.readings.interval_us
    assert rig.readings.map_valid == 1
    assert intervals[150] / intervals[330] == pytest.approx(2.5, rel=0.02)
    assert len(intervals) == 360


def test_counted_volume_goes_by_the_map_within_a_revolution_and_by_the_steps_over_whole_ones():
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    calibrate(rig, BITTEN)
    rig.fill()
    rig.start(segment(rate=5 * ML, duration=3600))
    while not rig.readings.map_valid:
        rig.tick()
    counts = {}
    while rig.board.stepper.made < 10 * 3200:
        rig.tick()
        counts[rig.board.stepper.made] = rig.counted_nl
    steps = sorted(counts)
    early = next(made for made in steps if made >= 4 * 3200 + 2600)
    start = next(made for made in steps if made >= 4 * 3200)
    again = next(made for made in steps if made >= 9 * 3200)
    assert counts[again] - counts[start] == pytest.approx((again - start) * STEP_NL, abs=2 * STEP_NL)
    share = (early - start) / 3200
    assert share < 150 / 180
    assert counts[early] - counts[start] == pytest.approx(share / 0.9 * 50_000, rel=0.003)


@pytest.mark.parametrize("volume", [20_000, 33_333, 137_000])
def test_a_bolus_ends_on_its_volume_to_one_microstep_through_the_map(volume):
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    calibrate(rig, BITTEN)
    rig.fill()
    rig.start(segment(rate=5 * ML, volume=100_000))
    rig.run_until(FINISHED, 200)
    rig.pump.bolus(0, volume, 10 * ML)
    rig.run_until(FINISHED, 200)
    assert volume - 1.25 * STEP_NL <= rig.counted_nl <= volume


def test_a_segment_by_time_counts_its_volume_whatever_the_stroke():
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    calibrate(rig, BITTEN, stroke_pl=49_000_000)
    rig.fill()
    rig.start(segment(rate=ML, duration=1800))
    rig.run_until(FINISHED, 1900)
    assert ML // 2 - 2 * STEP_NL <= rig.counted_nl <= ML // 2


@pytest.mark.parametrize(("gain_percent", "limit"), [(135, 0.15), (65, -0.15), (300, 0.15), (10, -0.15)])
def test_a_lying_sensor_moves_the_flow_by_the_limit_at_most(gain_percent, limit):
    rig = Rig()
    rig.sensor_gain_percent = gain_percent
    rig.fill()
    rig.start(segment(rate=10 * ML, duration=5000), keep_open=10 * ML)
    before = rig.counted_nl, rig.head_nl
    rig.run(4900)
    most = max(limit, 0) + 1e-6, min(limit, 0) - 1e-6
    assert most[1] <= rig.readings.tube_ppm / 1e6 <= most[0]
    if abs(gain_percent - 100) < 40:  # more than that is an alarm, which stops the following
        assert rig.readings.tube_ppm == limit * 1e6
        assert rig.readings.flags & FLAG_CORRECTION_LIMITED
    counted, head = rig.counted_nl - before[0], rig.head_nl - before[1]
    assert counted == pytest.approx(10 * ML * 4900 / 3600, rel=0.001)
    assert 1 / (1 + most[0]) <= head / counted * 1.001
    assert head / counted * 0.999 <= 1 / (1 + most[1])


def test_a_calibrated_pump_follows_by_two_percent_an_hour_at_most():
    rig = Rig()
    calibrate(rig)
    rig.sensor_gain_percent = 90
    rig.fill()
    rig.start(segment(rate=10 * ML, duration=3700))
    rig.run(3600)
    assert -20_000 <= rig.readings.tube_ppm <= -18_000


@pytest.mark.parametrize("percent", [92, 108])
def test_a_segment_by_time_counts_its_volume_to_a_step_whatever_the_sensor_says(percent):
    rig = Rig()
    rig.sensor_gain_percent = percent
    rig.fill()
    rig.start(segment(rate=10 * ML, duration=2400))
    rig.run_until(FINISHED, 2500)
    volume = 10 * ML * 2400 // 3600
    assert volume - 2 * STEP_NL <= rig.counted_nl <= volume


def test_a_change_of_pressure_is_followed_at_once_and_put_down_to_slip():
    rig = Rig()
    calibrate(rig, [1000] * 180)
    rig.fill()
    rig.start(segment(rate=20 * ML, volume=100_000))  # past the home mark
    rig.run_until(FINISHED, 60)
    rig.start(segment(rate=10 * ML, duration=1000))
    rig.run(60)
    rig.board.pressure_pa = 40_000
    rig.sensor_gain_percent = 96
    rig.run(60)
    assert rig.readings.trim_ppm == pytest.approx(-40_000, abs=3_000)
    rig.run(30)
    assert rig.readings.slip_ppm_kpa == pytest.approx(1_000, abs=100)
    assert rig.readings.tube_ppm == pytest.approx(0, abs=3_000)
    rig.board.pressure_pa = 0
    rig.sensor_gain_percent = 100
    rig.run(25)
    assert rig.readings.trim_ppm == pytest.approx(0, abs=3_000)  # by the pressure alone


def test_what_the_tube_had_lost_before_a_change_of_pressure_is_not_put_down_to_slip():
    rig = Rig({"tick_hz": 20})
    calibrate(rig)  # without a map a window takes whole revolutions: longer than a change is followed for
    rig.fill()
    rig.sensor_gain_percent = 96
    rig.start(segment(rate=10 * ML, duration=600))
    rig.run_until(FINISHED, 700)
    assert rig.readings.tube_ppm < -2_000
    rig.start(segment(rate=2 * ML, duration=1000))
    rig.run(60)
    rig.board.pressure_pa = 10_000
    rig.run(120)
    assert rig.readings.calm_law_pa > 9_000
    assert rig.readings.slip_ppm_kpa == 0


def test_a_sensor_that_repeats_itself_is_not_followed():
    rig = Rig()
    rig.ideal = False
    rig.fill()
    rig.board.flow_count = 1400  # 8.4 mL/h, and never anything else
    rig.start(segment(rate=10 * ML, duration=4000))
    rig.run(1500)
    assert rig.readings.tube_ppm == 0


def test_where_the_sensor_cannot_see_it_is_not_followed():
    rig = Rig()
    rig.sensor_gain_percent = 150
    rig.fill()
    rig.start(segment(rate=ML, duration=4000))
    rig.run(1500)
    assert rig.readings.tube_ppm == 0


def test_a_true_stroke_error_of_20_percent_is_corrected_as_far_as_the_limit_and_stops_nothing():
    rig = Rig()
    rig.sensor_gain_percent = 80
    rig.fill()
    rig.start(segment(rate=10 * ML, duration=7200))
    rig.run_until(FINISHED, 7300)
    assert rig.readings.alarms_latched & ~(1 << 13) == 0
