"""``board.json``: small integers for the firmware, the same bytes for the same board."""

import json
from typing import Any

import pytest
from tests.support.micropython import DEVICE, SHARED, run_micropython

from pumpbench.boards import catalogue, firmware_file
from pumplink.numbers import SMALL

CHIPS = [name for name in catalogue.names() if catalogue.board(name).motor]


def integers(value: Any) -> list[int]:
    """Every integer in what the file holds."""
    if isinstance(value, dict):
        return [one for part in value.values() for one in integers(part)]
    if isinstance(value, list):
        return [one for part in value for one in integers(part)]
    return [value] if isinstance(value, int) else []


_TAKE = """
import json, sys
from pumpfw.config import Config
print(Config(json.loads(sys.stdin.read())["numbers"]).steps_per_rev)
"""


@pytest.mark.parametrize("name", CHIPS)
def test_it_holds_small_integers_that_the_firmware_takes(name: str) -> None:
    content = firmware_file.content(catalogue.board(name))
    told = json.loads(content)
    assert content == firmware_file.content(catalogue.board(name))
    assert told["name"] == name
    assert all(abs(number) <= SMALL for number in integers(told))
    taken = run_micropython(_TAKE, path=(DEVICE, SHARED), stdin=content.decode())
    assert taken.stdout == "3200\n", taken.stderr


def test_what_a_board_has_not_got_is_left_out() -> None:
    pico = json.loads(firmware_file.content(catalogue.board("rpi_pico")))
    assert "count" not in pico["wires"]
    assert pico["wires"]["valve"] == [10, 11, 12, 13]


def test_a_board_without_hardware_has_none() -> None:
    with pytest.raises(ValueError, match="virtual has no hardware"):
        firmware_file.content(catalogue.board("virtual"))


def test_a_tmc2209_sees_every_step_also_where_its_own_clock_is_slow() -> None:
    slowest_clock_ns = 1000 / 11
    wires = firmware_file.fields(catalogue.board("esp32_devkit"))["wires"]
    assert wires["step_ns"] >= slowest_clock_ns + 20
