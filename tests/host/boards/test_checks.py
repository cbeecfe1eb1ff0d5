"""Board files against their chips: each fault is told with its place, its value and what is allowed."""

import re
from pathlib import Path

import pytest
from tests.support.micropython import DEVICE

from pumpbench.boards import catalogue, checks
from pumpbench.boards.checks import FIRMWARE_TAKES
from pumpbench.files.errors import FileError

OURS = Path(__file__).resolve().parents[3] / "boards"


@pytest.mark.parametrize("name", catalogue.names())
def test_every_board_of_the_project_fits_its_chip(name: str) -> None:
    assert catalogue.board(name).board.name == name


@pytest.mark.parametrize(
    ("board", "old", "new", "sentence"),
    [
        ("rpi_pico", "step = 2", "step = 15", r"\[stop\] pin = 15: .* already used by \[motor\] step"),
        ("rpi_pico", "red = 18", "red = 30", r"\[indicator\] red = 30: the rp2040 has no such pin"),
        ("rpi_pico", "red = 18", "red = 25", r"red = 25: the pin is not free: the module's lamp"),
        ("rpi_pico", "pin = 26", "pin = 22", r"\[pressure\] pin = 22: is no analogue input; .* are 26-28"),
        ("rpi_pico", "data = 8", "data = 7", r"\[flow_sensor\] data = 7: is not SDA of I2C 0; .* on 0, 4, 8"),
        ("rpi_pico", "microsteps = 16", "microsteps = 32", r"= 32: the A4988 makes 1, 2, 4, 8, 16"),
        ("rpi_pico", "step = 2\n", "step = 2\ncount = 22\n", r"counts steps by itself; leave it out"),
        ("rpi_pico", "data = 904", "data = 902", r"= 902: is no multiple of a sector of 4 KiB"),
        ("rpi_pico", "storage = 1408", "storage = 1152", r"leaves 248 KiB of 1152 for the firmware; 320"),
        ("rpi_pico", "[10, 11, 12, 13]", "[10]", r"\[valve\] pins: there is 1, at least 2 are needed"),
        ("rpi_pico", "[10, 11, 12, 13]", "[10, 11, 12, 13, 22]", r"\[valve\] pins: there are 5, at most 4"),
        ("rpi_pico", '"1.25"', '"newest"', r'least_version = "newest": is no version; text like "1\.25"'),
        ("rpi_pico", "[stop]\npin = 15\n", "[stop]\n", r"\[stop\] pin: is missing"),
        ("rpi_pico", '"200 kPa"', '"-50 kPa"', r"full_scale = -50 kPa: is the pressure at zero too"),
        (
            "rpi_pico",
            '"69 kPa"',
            '"200 kPa"',
            r"\[limits\] pressure = 200 kPa: is more than .* up to 200 kPa",
        ),
        (
            "esp32_devkit",
            "count = 35",
            "# none",
            r"\[motor\] count: is missing; the esp32 counts steps by an",
        ),
        ("esp32_devkit", "red = 13", "red = 36", r"red = 36: the pin drives nothing; 34-39 of the esp32"),
        ("esp32_devkit", "red = 13", "red = 12", r"red = 12: the pin is not free: strapping"),
        ("esp32_devkit", "second_port = false", "second_port = true", r"the esp32 has no USB of its own"),
    ],
)
def test_a_fault_is_one_sentence(tmp_path: Path, board: str, old: str, new: str, sentence: str) -> None:
    text = (OURS / f"{board}.toml").read_text()
    assert text.count(old) == 1
    file = tmp_path / "mine.toml"
    file.write_text(text.replace(old, new))
    with pytest.raises(FileError, match=sentence) as told:
        checks.check(file)
    assert "\n" not in str(told.value)


def test_a_flow_that_the_driver_cannot_step_is_refused(tmp_path: Path) -> None:
    text = (OURS / "rpi_pico.toml").read_text()
    file = tmp_path / "mine.toml"
    file.write_text(text.replace('"50 uL" ', '"0.1 uL"').replace('flow = "120 mL/h"', 'flow = "400 mL/h"'))
    with pytest.raises(FileError, match=r"\[limits\] flow: needs 3555556 microsteps a second"):
        checks.check(file)


@pytest.mark.parametrize(
    ("block", "instructions", "machines", "sentence"),
    [
        (0, 4, 1, r"\[\[pio\]\] 1, instructions = 4: PIO block 0 has 3 of its 32 instructions left"),
        (0, 3, 1, r"\[\[pio\]\] 1, machines = 1: PIO block 0 has 0 of its 4 state machines left"),
        (2, 3, 1, r"\[\[pio\]\] 1, block = 2: the rp2040 has 2 PIO blocks"),
        (1, 29, 3, r"\[\[pio\]\] 1, instructions = 29: PIO block 1 has 28 of its 32 instructions left"),
        (1, 28, 3, None),
    ],
)
def test_a_pio_block_is_not_over_committed(
    tmp_path: Path, block: int, instructions: int, machines: int, sentence: str | None
) -> None:
    program = f'\n[[pio]]\npurpose = "mine"\nblock = {block}\n'
    program += f"instructions = {instructions}\nmachines = {machines}\n"
    file = tmp_path / "mine.toml"
    file.write_text((OURS / "rpi_pico.toml").read_text() + program)
    if sentence is None:
        checks.check(file)
    else:
        with pytest.raises(FileError, match=sentence):
            checks.check(file)


@pytest.mark.parametrize(("block", "file"), [(0, "rp2_pio"), (1, "rp2_interrupt")])
def test_the_firmware_takes_what_the_checks_count(block: int, file: str) -> None:
    source = (DEVICE / "pumpfw" / "hal" / f"{file}.py").read_text()
    programs = re.findall(r"@asm_pio(?:\(.*?\))?\ndef \w+\(\):.*?\n(.*?)(?=\n\n\n)", source, re.DOTALL)
    lines = [line.strip() for program in programs for line in program.splitlines()]
    instructions = sum(not line.startswith("label(") for line in lines)
    assert (instructions, len(programs)) == FIRMWARE_TAKES[block]


def test_a_board_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(FileError, match=r"pcio: is neither a board .* rpi_pico, rpi_pico2, virtual"):
        catalogue.board("pcio")
