"""The rotor's map, learned from the sensor: the angle found without a home mark, a map that does not fit."""

import math

import pytest
from core_rig import ML, Rig, segment

from pumplink.alarms import MAP_MISFIT
from pumplink.states import EVENT_MAP_FOUND, EVENT_MAP_LEARNED

PER_REV = 3200
NO_HOME_MARK = 1 | 2 | 8 | 16
RATE = 10 * ML


def uneven(angle: float) -> float:
    """Flow over mean flow, two unequal bites."""
    return 1.0 + 0.25 * math.sin(angle) - 0.2 * math.cos(2.0 * angle) + 0.1 * math.sin(3.0 * angle)


def map_of(flow) -> list[int]:
    return [round(1000 * flow(2.0 * math.pi * knot / 180)) for knot in range(180)]


def calibrated(relative, capabilities=NO_HOME_MARK, lag_ms=0) -> Rig:
    rig = Rig(capabilities=capabilities)
    rig.pump.calibration.set(
        [0, 1, 0, ML, 0, 1, *[0] * 8, 50_000_000, *[0] * 7, 0, 0, lag_ms, int(relative is not None)]
        + (relative or [1000] * 180)
    )
    rig.fill()
    return rig


def turn(rig, revolutions: float, begins_at: int = 0) -> None:
    """Turn on, the head giving what is uneven over its angle; the rotor began at that many microsteps."""
    until = rig.board.stepper.made + revolutions * PER_REV
    while rig.board.stepper.made < until:
        angle = 2.0 * math.pi * ((rig.board.stepper.made + begins_at) % PER_REV) / PER_REV
        rig.sensor_gain_percent = round(100 * uneven(angle))
        rig.tick()
        rig.core.learning.service()


def test_without_a_home_mark_the_angle_is_found_by_the_ripple():
    rig = calibrated(map_of(uneven))
    rig.start(segment(rate=RATE, duration=3000))
    turn(rig, 8, begins_at=1000)
    assert rig.readings.map_valid == 0
    turn(rig, 10, begins_at=1000)
    assert rig.readings.map_valid == 1
    assert rig.events.of(EVENT_MAP_FOUND)
    off = (rig.readings.rotor_steps - rig.board.stepper.made - 1000) % PER_REV
    assert min(off, PER_REV - off) < 30
    turn(rig, 14, begins_at=1000)
    assert rig.core.map_learning.misfit < 60


def test_a_map_of_another_tube_is_told_and_not_used():
    rig = calibrated(map_of(lambda angle: 1.0 - 0.4 * math.cos(5.0 * angle)), capabilities=31)
    rig.board.home_every = PER_REV
    rig.start(segment(rate=RATE, duration=3000))
    turn(rig, 20)
    assert rig.has_alarm(MAP_MISFIT)
    assert rig.readings.map_valid == 0
    counted = rig.counted_nl
    turn(rig, 4)
    assert rig.counted_nl - counted == pytest.approx(4 * 50_000, rel=0.002)


def test_a_tube_without_a_map_gets_one_and_keeps_it_over_a_reset():
    rig = calibrated(None, capabilities=31)
    rig.start(segment(rate=RATE, duration=3000))
    turn(rig, 20)
    assert rig.events.of(EVENT_MAP_LEARNED)
    learned = rig.pump.calibration.get()[-180:]
    assert max(abs(a - b) for a, b in zip(learned, map_of(uneven), strict=True)) < 80
    rig.stop()
    rig.boot()
    assert rig.pump.calibration.get()[-180:] == learned


def amplitude(relative, harmonic: int) -> float:
    """Of a harmonic of the map, in thousandths."""
    angle = [2.0 * math.pi * harmonic * knot / 180 for knot in range(180)]
    even = sum(here * math.cos(each) for here, each in zip(relative, angle, strict=True))
    odd = sum(here * math.sin(each) for here, each in zip(relative, angle, strict=True))
    return math.hypot(even, odd) / 90


def learn_behind(rig, line_s: float, rounds: int) -> None:
    """Let the map learn from an even tube, behind a line and a sensor that level the flow; a reading comes
    one late."""
    readings, learning = rig.readings, rig.core.map_learning
    flow = rig.core.calibration.rotor_map.flow_q12
    step_us = 50_000 * 3_600_000_000 // PER_REV // RATE
    turned, line, sensor = 0.0, 1.0, 1.0
    for _ in range(round(rounds * 12.2 * PER_REV * step_us / 50_000)):
        reading = sensor
        for _ in range(5):
            knot = turned % PER_REV * 180 / PER_REV
            here = (flow[int(knot)] + (flow[int(knot) + 1] - flow[int(knot)]) * (knot % 1.0)) / 4096
            turned += 10_000 / step_us / here
            line += (1.0 / here - line) * (1.0 - math.exp(-0.01 / line_s))
            sensor += (line - sensor) * (1.0 - math.exp(-0.01 / 0.04))
            readings.rotor_steps = int(turned) % PER_REV
        readings.hardware_steps = int(turned)
        readings.interval_us = int(step_us * here)
        readings.raw_nl_h = int(RATE * reading)
        learning.after_reading()
        while learning.service():
            pass


@pytest.mark.parametrize("line_s", [0.0, 0.1, 1.0, 3.0])
@pytest.mark.parametrize("begins_at", [0, 1000, 3195])
def test_without_a_home_mark_the_angle_is_found_behind_a_slow_line_too(line_s, begins_at):
    rig = calibrated(map_of(uneven), lag_ms=374 + 90 + round(1000 * line_s))
    rig.start(segment(rate=RATE, duration=3000))
    turn(rig, 0.1)
    readings, learning = rig.readings, rig.core.map_learning
    readings.settled_s = readings.settle_s
    step_us = 50_000 * 3_600_000_000 // PER_REV // RATE
    line = sensor = reading = 1.0
    for tick in range(25 * PER_REV * step_us // 10_000):
        turned = tick * 10_000 // step_us
        flow = uneven(2.0 * math.pi * (turned + begins_at) / PER_REV)
        line = line + (flow - line) * (1.0 - math.exp(-0.01 / line_s)) if line_s else flow
        if tick % 5 == 0:
            readings.hardware_steps = turned
            readings.rotor_steps = turned % PER_REV
            readings.interval_us = step_us
            readings.raw_nl_h = int(RATE * reading)
            reading = sensor  # it comes one late
            learning.after_reading()
            while learning.service():
                pass
            if readings.map_valid:
                break
        sensor += (line - sensor) * (1.0 - math.exp(-0.01 / 0.04))
    off = (readings.rotor_steps - turned - begins_at + PER_REV // 2) % PER_REV - PER_REV // 2
    assert readings.map_valid
    assert abs(off) <= PER_REV // 360


@pytest.mark.parametrize("harmonic", [3, 30, 80])
def test_a_line_that_levels_the_flow_makes_no_harmonic_of_the_map_grow(harmonic):
    wrong = map_of(lambda angle: 1.0 + 0.05 * math.cos(harmonic * angle))
    rig = calibrated(wrong, capabilities=31, lag_ms=374 + 90 + 110)  # 4 degrees at that flow
    rig.start(segment(rate=RATE, duration=3000))
    turn(rig, 0.1)
    rig.readings.settled_s = rig.readings.settle_s
    rotor_map = rig.core.calibration.rotor_map
    rotor_map.place(True)
    before = amplitude(rotor_map.relative(), harmonic)
    learn_behind(rig, 0.11, rounds=8)
    after = amplitude(rotor_map.relative(), harmonic)
    assert after < 0.9 * before
