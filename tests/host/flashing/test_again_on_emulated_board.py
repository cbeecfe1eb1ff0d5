"""An emulated RP2040 is flashed once, and then again and again, through its USB serial port and mpremote.

Apart from the bare one: such a board takes a whole core for as long as it is there.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.host.flashing.emulated import order
from tests.support.emulated import needs_emulator

from pumpbench.client import connect
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.flashing.errors import DidNotComeUp
from pumpbench.flashing.flash import Report, flash

pytestmark = needs_emulator

HALF_OF_THE_HEAP = 123_264  # bytes: of 240 kB at most 120 are in use after start


@pytest.fixture(scope="module")
def flashed() -> Iterator[tuple[EmulatedBoard, Report]]:
    """A board that had MicroPython and nothing else, and what its first flashing reported."""
    with EmulatedBoard(seed=1) as board:
        yield board, flash(order(board))


def test_a_bare_board_becomes_a_pump(flashed: tuple[EmulatedBoard, Report]) -> None:
    _, report = flashed
    assert report.verified
    assert report.simulated
    assert report.files_sent > 50
    assert set(report.selftest.values()) == {"passed"}
    with connect(report.link_port, role="observe") as pump:
        assert pump.info.firmware_hash == report.firmware_hash
        assert pump.status().state == "stopped"
        assert pump.selftest().memory_free > HALF_OF_THE_HEAP


def test_nothing_is_sent_when_nothing_changed(flashed: tuple[EmulatedBoard, Report]) -> None:
    board, first = flashed
    again = flash(order(board))
    assert (again.files_sent, again.bytes_sent, again.verified) == (0, 0, True)
    assert again.firmware_hash == first.firmware_hash


def test_a_firmware_that_does_not_start_gives_way_to_the_one_before(
    flashed: tuple[EmulatedBoard, Report], changed: Any
) -> None:
    board, first = flashed
    changed(app='raise ValueError("broken on purpose")')
    with pytest.raises(DidNotComeUp, match="broken on purpose; the one before runs again"):
        flash(order(board))
    with connect(first.link_port, role="observe") as pump:
        assert pump.info.firmware_hash == first.firmware_hash


def test_of_a_changed_firmware_the_changed_file_alone_is_sent(
    flashed: tuple[EmulatedBoard, Report], changed: Any
) -> None:
    board, first = flashed
    changed(lease="TOUCHED = [1]")
    report = flash(order(board))
    assert (report.files_sent, report.verified) == (1, True)
    assert report.bytes_sent < 5_000
    assert report.firmware_hash != first.firmware_hash
