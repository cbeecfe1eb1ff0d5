"""The smaller parts of the bench by themselves: flash, flow sensor, clock."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.virtual.fakes.clock import Clock
from pumpbench.virtual.fakes.flash import Flash
from pumpbench.virtual.fakes.power import PowerCut
from pumpbench.virtual.fakes.sf06 import FlowSensor, crc8
from pumpbench.virtual.plant import defaults
from pumpbench.virtual.plant.clock import Clock as Crystal
from pumpbench.virtual.plant.plant import Plant


def read(flash: Flash, offset: int, length: int) -> bytes:
    data = bytearray(length)
    flash.read_into(offset, data)
    return bytes(data)


def test_flash_is_made_erased_and_programming_only_clears_bits(tmp_path: Path) -> None:
    flash = Flash(str(tmp_path / "flash.bin"))
    assert read(flash, flash.size - 4, 4) == b"\xff" * 4
    flash.program(flash.size - 3, b"\xf0\x0f")
    flash.program(flash.size - 3, b"\x3c\xff")
    assert read(flash, flash.size - 4, 4) == b"\xff\x30\x0f\xff"
    flash.erase(flash.size - flash.sector_size)
    assert read(flash, flash.size - 4, 4) == b"\xff" * 4


@pytest.mark.parametrize("offset", [-1, Flash.size - 1, Flash.size])
def test_flash_refuses_what_lies_outside(offset: int, tmp_path: Path) -> None:
    flash = Flash(str(tmp_path / "flash.bin"))
    with pytest.raises(ValueError, match="flash has 1048576 bytes"):
        flash.program(offset, b"ab")
    with pytest.raises(ValueError, match="flash has 1048576 bytes"):
        flash.read_into(offset, bytearray(2))
    with pytest.raises(ValueError, match="no sector begins at 1"):
        flash.erase(1)


def test_flash_takes_nothing_after_the_power_failed_until_it_is_back(tmp_path: Path) -> None:
    flash = Flash(str(tmp_path / "flash.bin"))
    flash.fail_after(5000)
    flash.erase(0)
    with pytest.raises(PowerCut):
        flash.program(0, bytes(1000))
    with pytest.raises(PowerCut):
        flash.program(8192, b"\x00")
    flash.power_up()
    assert read(flash, 0, 1000) == bytes(904) + b"\xff" * 96
    assert read(flash, 8192, 1) == b"\xff"
    flash.program(8192, b"\x00")
    assert read(flash, 8192, 1) == b"\x00"


def test_checksum_is_sensirions() -> None:
    assert crc8(0xBE, 0xEF) == 0x92
    assert crc8(0x00, 0x00) == 0x81


def new_sensor(**sensor: float) -> tuple[Clock, Plant, FlowSensor]:
    quiet = {"noise_ul_per_min": 0.0, **sensor}
    plant = Plant(defaults.complete({"sensor": quiet, "faults": []}))
    clock = Clock(plant.clock)
    return clock, plant, FlowSensor(plant, clock, lambda: plant.advance(clock.model_us(), 0))


def test_flow_sensor_answers_from_12_ms_after_its_start_with_checked_words() -> None:
    clock, _, sensor = new_sensor(offset_ul_per_min=-12.3)
    data = bytearray(9)
    with pytest.raises(OSError, match="5"):
        sensor.read_into(data)
    sensor.write(b"\x36\x08")
    clock.now += 11_999
    with pytest.raises(OSError, match="5"):
        sensor.read_into(data)
    clock.now += 1
    sensor.read_into(data)
    words = [int.from_bytes(data[at : at + 2], "big", signed=True) for at in (0, 3, 6)]
    assert words == [-123, 20 * 200, 32]
    assert [data[at] for at in (2, 5, 8)] == [crc8(data[at], data[at + 1]) for at in (0, 3, 6)]
    sensor.write(b"\x3f\xf9")
    with pytest.raises(OSError, match="5"):
        sensor.read_into(data)


def test_flow_sensor_tells_its_product_and_refuses_a_command_that_is_not_there() -> None:
    _, _, sensor = new_sensor()
    sensor.write(b"\x36\x7c")
    sensor.write(b"\xe1\x02")
    data = bytearray(18)
    sensor.read_into(data)
    assert data[0:2] + data[3:5] == b"\x07\x03\x03\x02"
    with pytest.raises(OSError, match="5"):
        sensor.write(b"\x36\x03")


def test_flow_sensor_clips_what_its_word_cannot_hold() -> None:
    clock, _, sensor = new_sensor(offset_ul_per_min=9000.0, range_ul_per_min=9000.0)
    sensor.write(b"\x36\x08")
    clock.now += 20_000
    data = bytearray(9)
    sensor.read_into(data)
    assert int.from_bytes(data[0:2], "big", signed=True) == 32767


@given(
    st.floats(-10_000, 10_000).map(lambda ppm: round(ppm, 3)),
    st.integers(0, 2 * 365 * 86_400 * 1_000_000),
)
def test_crystal_meets_every_model_time_to_a_microsecond(error_ppm: float, model_us: int) -> None:
    clock = Clock(Crystal(error_ppm))
    clock.now = clock.crystal_us(model_us)
    assert 0 <= clock.model_us() - model_us <= 1
