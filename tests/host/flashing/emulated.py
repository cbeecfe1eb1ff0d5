"""Orders for an emulated RP2040 with the real MicroPython."""

from typing import Any

from pumpbench.emulated.board import EmulatedBoard
from pumpbench.files import board as boards
from pumpbench.flashing.flash import Order

BOARD = boards.named("emulated_pico")


def order(board: EmulatedBoard, **more: Any) -> Order:
    return Order(BOARD, board.repl_port, **more)
