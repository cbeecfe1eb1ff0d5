"""The emulated boards that these tests share."""

from tests.support.emulated import booted, prompt
from tests.support.emulated_pump import either_pump, flashed_board, flashed_image

__all__ = ["booted", "either_pump", "flashed_board", "flashed_image", "prompt"]
