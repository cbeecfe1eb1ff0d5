"""The flow sensor's readings, one by one: stuck, noisy, mostly bad; and what must not be taken for that."""

import random

import pytest

from pumpfw.readings import Readings, new_cells
from pumpfw.sensor_health import is_faulty

STEP_PL = 15_625


class Sensor:
    """Feeds counts; ``faulty`` is what the last one came to."""

    def __init__(self, set_nl_h: int = 1_000_000, seed: int = 1) -> None:
        self.cells = new_cells()
        self.readings = Readings(self.cells)
        self.readings.steps_per_rev = 3200
        self.readings.step_pl = STEP_PL
        self.readings.count_nl_h = 6000
        self.readings.zero_room_nl_h = 60_000
        self.readings.set_nl_h = set_nl_h
        self.draw = random.Random(seed)
        self.faulty = 0

    def read(self, count: float, good: int = 1) -> int:
        readings = self.readings
        readings.good = good
        readings.flow_count = round(count)
        readings.raw_nl_h = round(count) * 6000
        readings.hardware_steps += max(readings.set_nl_h * 1000 // STEP_PL // 72_000, 1)
        self.faulty = is_faulty(self.cells, self.faulty)
        return self.faulty

    def noisy(self, seconds: float, deviation: float, count: float | None = None) -> int:
        """Reads around the set flow; return how many readings were called faulty."""
        if count is None:
            count = self.readings.set_nl_h / 6000
        return sum(self.read(self.draw.gauss(count, deviation)) for _ in range(int(seconds * 20)))


@pytest.mark.parametrize("deviation", [0.0, 0.2, 0.5, 3.0, 30.0])
def test_noise_of_any_sound_size_and_none_at_all_is_no_fault(deviation):
    assert Sensor().noisy(1800, deviation) == 0


@pytest.mark.parametrize("deviation", [1.5, 3.0, 30.0])
def test_a_noisy_sensor_that_falls_silent_at_the_set_flow_is_stuck_within_a_quarter_of_a_minute(deviation):
    sensor = Sensor()
    sensor.noisy(120, deviation)
    silent = 0
    while not sensor.read(167):
        silent += 1
    assert 60 <= silent <= 300
    assert sensor.noisy(1, deviation) == 0


def test_a_silent_sensor_whose_flow_pulsates_once_a_revolution_is_not_stuck():
    """No noise: 170 degrees of level flow, then a bite, again and again."""
    sensor = Sensor()
    for reading in range(40_000):
        angle = reading * 0.1 % 180
        assert sensor.read(167 if angle < 170 else 167 - 80 * (angle - 170) / 10) == 0


def test_a_sensor_that_repeats_another_flow_than_the_set_one_is_stuck_after_a_minute():
    sensor = Sensor()
    for _ in range(1200):
        assert sensor.read(30) == 0
    for _ in range(5):
        sensor.read(30)
    assert sensor.faulty


def test_noise_of_fifty_microlitres_a_minute_is_a_fault_and_ends_with_the_noise():
    sensor = Sensor()
    sensor.noisy(60, 3.0)
    sensor.noisy(5, 500.0)
    assert sensor.faulty
    sensor.noisy(20, 3.0)
    assert not sensor.faulty


def test_steps_that_pass_one_by_one_are_no_noise():
    """At 0.4 mL/h a microstep comes every 0.14 s, and through a stiff line it passes within a reading."""
    sensor = Sensor(set_nl_h=400_000)
    owed = 0.0
    for _ in range(20_000):
        owed += 7.1 / 20
        steps, owed = int(owed), owed - int(owed)
        assert sensor.read(steps * 187) == 0


@pytest.mark.parametrize(("share", "faulty"), [(0.3, 0), (0.8, 1), (1.0, 1)])
def test_bad_checksums_are_a_fault_where_most_readings_have_them(share, faulty):
    sensor = Sensor()
    for _ in range(400):
        sensor.read(sensor.draw.gauss(167, 3), 0 if sensor.draw.random() < share else 1)
    assert sensor.faulty == faulty


def test_a_reading_at_the_end_of_the_range_may_stay_the_same():
    sensor = Sensor(set_nl_h=119_000_000)
    for _ in range(4000):
        assert sensor.read(20_000, 3) == 0
