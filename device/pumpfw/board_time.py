"""The board's time in full, for messages: outside the tick it may be one big integer."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from pumpfw.readings import Readings

    class Ticks(Protocol):
        """The part of a board that counts microseconds."""

        def ticks_us(self) -> int:
            """Microseconds since boot, modulo 2^30."""


_MASK = 0x3FFFFFFF


def now_us(board: "Ticks", readings: "Readings") -> int:
    """Microseconds since boot: the last tick's time and what passed since, which is less than 2^30."""
    passed = (board.ticks_us() - readings.now_lo) & _MASK
    return (readings.now_hi << 30) + readings.now_lo + passed
