"""What flashing does at a port where a pump answers: it asks for the prompt, and takes no for an answer."""

import pytest

from pumpbench.client import connect
from pumpbench.files import board as boards
from pumpbench.flashing.errors import PumpBusy, WrongBoard
from pumpbench.flashing.flash import Order, flash
from pumpbench.virtual.board import VirtualBoard

PICO = boards.named("rpi_pico")


def test_a_pump_that_moves_is_not_flashed_and_goes_on() -> None:
    with VirtualBoard(speed=1) as board:
        with connect(board.port) as pump:
            pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
            pump.move("prime", reservoir=0, volume_nl=9_000_000, rate_nl_h=100_000)
        with pytest.raises(PumpBusy, match="is moving: stop it first"):
            flash(Order(PICO, board.port))
        with connect(board.port, role="observe") as pump:
            assert pump.status().state == "moving"


def test_a_board_without_a_prompt_cannot_be_flashed() -> None:
    with (
        VirtualBoard(speed=1) as board,
        pytest.raises(WrongBoard, match="is virtual, which cannot be flashed"),
    ):
        flash(Order(PICO, board.port))
