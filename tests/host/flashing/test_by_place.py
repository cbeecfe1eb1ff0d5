"""The firmware for a chip finds its readings by place, and finds the same."""

import ast
import re
from array import array

import pytest

from pumpbench.flashing.by_place import by_place
from pumpbench.flashing.errors import FirmwareSourceError
from pumpbench.flashing.sources import read

READINGS = "pumpfw/readings.py"


@pytest.fixture(scope="module")
def firmware() -> dict[str, str]:
    return read("rp2").firmware


def placed(text: str, firmware: dict[str, str]) -> str:
    return by_place({READINGS: firmware[READINGS], "a.py": text})["a.py"]


def test_a_name_becomes_the_place_that_it_stands_for(firmware: dict[str, str]) -> None:
    text = "self._readings.state, pump.readings.run = readings.flags + 1, 2  # µ\n"
    expected = "self._readings[19], pump.readings[26] = readings[20] + 1, 2  # µ\n"
    assert placed(text, firmware) == expected
    assert placed("x = self.state  # another's\n", firmware) == "x = self.state  # another's\n"


def test_the_array_is_all_that_is_left_of_the_readings(firmware: dict[str, str]) -> None:
    space: dict[str, object] = {}
    exec(by_place(firmware)[READINGS], space)
    cells = space["new_cells"]()  # type: ignore[operator]
    words = re.search(r"(?m)^WORDS = (\d+)", firmware[READINGS])
    assert words
    assert cells == array("i", [0] * int(words[1]))
    assert space["Readings"](cells) is cells  # type: ignore[operator]


def test_no_firmware_file_asks_for_a_reading_by_name_any_more(firmware: dict[str, str]) -> None:
    for path, text in by_place(firmware).items():
        for node in ast.walk(ast.parse(text)):
            holder = node.value if isinstance(node, ast.Attribute) else None
            assert getattr(holder, "id", getattr(holder, "attr", "")) not in ("readings", "_readings"), path


def test_every_statement_stays_on_its_line(firmware: dict[str, str]) -> None:
    small = by_place(firmware)
    for path, text in firmware.items():
        if path != READINGS:
            before, after = ast.parse(text), ast.parse(small[path])
            assert [node.lineno for node in before.body] == [node.lineno for node in after.body]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("readings.nonsense = 1\n", "a.py:1: no reading is called nonsense"),
        ("x = 1\nnow = pump.readings\n", "a.py:2: readings under another name"),
        ("reader, now = 1, pump.readings\n", "a.py:1: readings under another name"),
    ],
)
def test_what_could_not_be_found_by_place_is_refused(line: str, told: str, firmware: dict[str, str]) -> None:
    with pytest.raises(FirmwareSourceError, match=told):
        placed(line, firmware)
