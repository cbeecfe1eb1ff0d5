"""Work that ticks may interrupt: what shares nothing with them, and takes longer than a tick may wait.

While the collector runs, 21 ms on an RP2040, nothing else of the firmware does. And a tick makes no object
and moves none: all that it writes is numbers. So where the chip can interrupt the collector, the ticks that
become due come in its midst; elsewhere the work is done between two ticks as any other.
"""

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Generator, Iterator
    from typing import Any

_DUE_US = const(32)
_MASK = const(0x3FFFFFFF)


class Interruptible:
    """Made when the watchdog runs; ``board`` is as in ``pumpfw.hal``."""

    def __init__(self, board: "Any", cells: "array[int]", ticks: "Iterator[bool]") -> None:
        self._interrupt = board.interrupt
        self._cells = cells
        self._ticks_us = board.ticks_us
        self._failed: "list[Exception | None]" = [None]
        if self._interrupt:
            tick = _ticker(cells, ticks, board, self._interrupt.after, self._failed)
            next(tick)
            self._interrupt.start(tick.send)

    def run(self, work: "Callable[[], int]") -> int:
        """Do ``work``, and the ticks that become due meanwhile; return what it does."""
        interrupt = self._interrupt
        if not interrupt:
            return work()
        interrupt.after((self._cells[_DUE_US] - self._ticks_us()) & _MASK)
        done = work()
        interrupt.cancel()
        failed = self._failed[0]
        if failed:
            raise failed
        return done


def _ticker(
    cells: "array[int]",
    ticks: "Iterator[bool]",
    board: "Any",
    after: "Callable[[int], None]",
    failed: "list[Exception | None]",
) -> "Generator[None, object, None]":
    """Do a tick with each ``send``, and order the next one. A generator makes no object when it is called."""
    ticks_us = board.ticks_us
    feed_watchdog = board.watchdog_feed
    while True:
        yield
        try:
            if next(ticks):
                feed_watchdog()
            after((cells[_DUE_US] - ticks_us()) & _MASK)
        except Exception as error:  # noqa: BLE001  (raised again where the loop can end by it)
            failed[0] = error
