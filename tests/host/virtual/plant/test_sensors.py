"""The flow sensor and the pressure sensor: gain, zero, noise, range, response and rate."""

import math

import pytest
from tests.host.virtual.plant.bench import drive, fault, make, rest

from pumpbench.virtual.plant.plant import Plant


def steady(**sections: dict[str, object]) -> Plant:
    """Return a plant that has pumped 93.75 uL/min, 100 microsteps a second, for long."""
    plant = make(**sections)
    drive(plant, 30, 93.75)
    return plant


def test_a_perfect_sensor_reads_the_outlet_flow() -> None:
    assert steady().flow_reading() == pytest.approx(93.75, rel=1e-6)


def test_gain_error_scales_the_reading() -> None:
    assert steady(sensor={"gain_error_percent": -5.0}).flow_reading() == pytest.approx(93.75 * 0.95, rel=1e-6)


def test_offset_is_read_at_rest() -> None:
    assert make(sensor={"offset_ul_per_min": 3.0}).flow_reading() == pytest.approx(3.0)


def test_noise_has_the_stated_deviation() -> None:
    plant = make(sensor={"noise_ul_per_min": 4.0})
    readings = []
    for _ in range(4000):
        rest(plant, 0.05)
        readings.append(plant.flow_reading())
    mean = sum(readings) / len(readings)
    deviation = math.sqrt(sum((reading - mean) ** 2 for reading in readings) / len(readings))
    assert mean == pytest.approx(0, abs=0.3)
    assert deviation == pytest.approx(4.0, rel=0.05)
    within = sum(abs(reading) < 4.0 for reading in readings) / len(readings)
    assert within == pytest.approx(0.683, abs=0.03)


def test_range_clips_and_raises_the_flag() -> None:
    plant = steady(sensor={"range_ul_per_min": 80.0})
    assert plant.flow_reading() == 80.0
    assert plant.sensor.high_flow
    rest(plant, 10)
    assert plant.flow_reading() < 80.0
    assert not plant.sensor.high_flow


@pytest.mark.parametrize("response_ms", [40.0, 2000.0])
def test_response_is_a_first_order_lag(response_ms: float) -> None:
    plant = make(sensor={"response_ms": response_ms}, line={"compliance_ul_per_kpa": 0.0})
    drive(plant, response_ms * 1e-3, 937.5, step_us=1000)
    assert plant.flow_reading() == pytest.approx(937.5 * (1 - math.exp(-1)), rel=1e-5)


def test_rate_is_how_often_there_is_a_new_reading() -> None:
    plant = make(sensor={"rate_hz": 2.0, "noise_ul_per_min": 1.0})
    readings = []
    for _ in range(100):
        readings.append(plant.flow_reading())
        rest(plant, 0.1)
    assert len(set(readings)) == 20


def test_the_pressure_sensor_reads_pressure_offset_and_noise() -> None:
    plant = make(pressure={"offset_kpa": 1.5, "noise_kpa": 0.2}, line={"back_pressure_kpa": 30.0})
    readings = [plant.pressure_reading_kpa() for _ in range(2000)]
    mean = sum(readings) / 2000
    assert mean == pytest.approx(31.5, abs=0.02)
    assert math.sqrt(sum((reading - mean) ** 2 for reading in readings) / 2000) == pytest.approx(
        0.2, rel=0.06
    )


def test_another_seed_makes_other_noise_and_the_same_seed_the_same() -> None:
    noisy = {"noise_ul_per_min": 1.0}
    first, again, other = (make(sensor=noisy, random={"seed": seed}).flow_reading() for seed in (7, 7, 8))
    assert first == again != other


def test_reading_one_sensor_leaves_the_noise_of_another_alone() -> None:
    noisy = {"sensor": {"noise_ul_per_min": 1.0}, "pressure": {"noise_kpa": 1.0}}
    alone, both = make(**noisy), make(**noisy)
    both.pressure_reading_kpa()
    assert alone.flow_reading() == both.flow_reading()


def test_a_sensor_in_air_reads_its_zero_and_says_so() -> None:
    plant = make(fault("air", value=10.0), sensor={"offset_ul_per_min": 0.5})
    drive(plant, 2, 100.0)
    assert plant.flow_reading() == pytest.approx(0.5)
    assert plant.sensor.air
    drive(plant, 20, 100.0)
    assert plant.flow_reading() > 10
    assert not plant.sensor.air
