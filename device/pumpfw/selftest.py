"""The power-on self-test: what can be told while nothing turns. It moves nothing and writes nothing.

Each part passes, fails, or is not fitted (neither bit is set).
"""

import gc

from pumpfw.identity import set_up_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pumpfw.config import Config

MEMORY, FLASH, SENSOR, MOTOR, VALVE, CLOCK = (1 << i for i in range(6))

_LEAST_FREE = 16_384  # bytes: answers, programs and a calibration need room
_LONGEST_US = 2_000_000
_STOP_MEASURING = b"\x3f\xf9"  # SF06 protocol: every Sensirion SLF3S acknowledges it
_HAS_SENSOR = 1  # capabilities
_HAS_VALVE = 8
_MASK = 0x3FFFFFFF


class SelfTest:
    """Made last, when everything else has its memory. ``flash_is_sound``: the journal could be read."""

    def __init__(self, board: "Any", config: "Config", flash_is_sound: bool) -> None:
        began_us = board.ticks_us()
        steps = board.stepper.steps()
        self.passed = 0
        self.failed = 0
        gc.collect()
        self.memory_free = gc.mem_free() if hasattr(gc, "mem_free") else 0  # CPython does not count it
        self._tell(MEMORY, self.memory_free >= _LEAST_FREE or not self.memory_free)
        self._tell(FLASH, flash_is_sound)
        if board.capabilities & _HAS_SENSOR:
            self._tell(SENSOR, _answers(board, config.sensor_address))
        if board.capabilities & _HAS_VALVE:
            self._tell(VALVE, _obeys(board))
        self._set_up_hash = set_up_hash()
        self.flash_size = board.flash.size
        self.motor_steps = (board.stepper.steps() - steps) & _MASK
        self._tell(MOTOR, self.motor_steps == 0)
        self.took_us = (board.ticks_us() - began_us) & _MASK
        self._tell(CLOCK, self.took_us <= _LONGEST_US)

    def report(self) -> "Sequence[Any]":
        """The fields of the answer to ``selftest``."""
        return (
            self.passed,
            self.failed,
            self.memory_free,
            self.flash_size,
            self.motor_steps,
            self.took_us,
            self._set_up_hash,
        )

    def _tell(self, part: int, fine: bool) -> None:
        if fine:
            self.passed |= part
        else:
            self.failed |= part


def _answers(board: "Any", address: int) -> bool:
    try:
        board.i2c_write(address, _STOP_MEASURING)
    except OSError:
        return False
    return True


def _obeys(board: "Any") -> bool:
    try:
        board.select_valve(0)
    except OSError:
        return False
    return True
