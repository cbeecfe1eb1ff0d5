"""Which boards the flashing command refuses by what they say of themselves."""

from dataclasses import replace

import pytest

from pumpbench.boards import catalogue
from pumpbench.flashing import board_state
from pumpbench.flashing.compile import CHIPS, MPY_SUB_VERSION, MPY_VERSION
from pumpbench.flashing.errors import WrongBoard

_XTENSAWIN = 10
_ESP32 = board_state.BoardState(
    platform="esp32",
    machine="Generic ESP32 module with ESP32",
    version=(1, 27, 0),
    mpy=_XTENSAWIN << 10 | MPY_SUB_VERSION << 8 | MPY_VERSION,
    slot="",
    on_trial=False,
    packed={},
    loose={},
    files=(),
    begins={},
    block_size=4096,
    free_bytes=2_000_000,
    slot_bytes={},
    copies_bytes={},
    journal_blocks=None,
    has_usb_device=False,
    has_cdc=False,
)


def test_an_esp32_needs_the_micropython_that_ends_a_burst_of_steps() -> None:
    board, chip = catalogue.board("esp32_devkit"), CHIPS["esp32"]
    board_state.check(_ESP32, board, chip, "url", replace=False)
    with pytest.raises(WrongBoard, match=r"has MicroPython 1\.26\.1, at least 1\.27 is needed"):
        board_state.check(replace(_ESP32, version=(1, 26, 1)), board, chip, "url", replace=False)
