"""Work that ticks may interrupt: what shares nothing with them, and takes longer than a tick may wait.

While the collector runs, 21 ms on an RP2040, nothing else of the firmware does. And a tick makes no object
and moves none: all that it writes is numbers. So where the chip can interrupt the collector, the ticks that
become due come in its midst; elsewhere the work is done between two ticks as any other.

A stop frame is looked for there as well. Where one waits the motor is cut at once, and its driver barred;
all else that a stop means may make objects, and is done directly after the work.
"""

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Generator, Iterator
    from typing import Any

    from pumpfw.link import Link

_DUE_US = const(32)
_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)
_LOOK_US = const(3_000)  # from one look for a stop to the next, at least
_NO_LOOK_US = const(6_000)  # so near a tick none is begun of its own, which would make the tick late


class Interruptible:
    """Made when the watchdog runs; ``board`` is as in ``pumpfw.hal``."""

    def __init__(self, board: "Any", cells: "array[int]", ticks: "Iterator[bool]", link: "Link") -> None:
        self._interrupt = board.interrupt
        self._cells = cells
        self._ticks_us = board.ticks_us
        self._stop = link.stop_ahead
        self._failed: "list[Exception | None]" = [None]
        self._stopped = [False]
        if self._interrupt:
            self._unbar = board.stepper.unbar
            look = _look(link.is_stop_waiting, board.stepper.bar, self._stopped)
            tick = _ticker(cells, ticks, board, look, self._failed)
            next(tick)
            self._interrupt.start(tick.send)

    def run(self, work: "Callable[[], int]") -> int:
        """Do ``work``, and meanwhile the ticks that become due, and look for a stop; return what it does."""
        interrupt = self._interrupt
        if not interrupt:
            return work()
        interrupt.after(_wait_us((self._cells[_DUE_US] - self._ticks_us()) & _MASK))
        done = work()
        interrupt.cancel()
        failed = self._failed[0]
        if failed:
            raise failed
        if self._stopped[0]:
            self._stopped[0] = False
            self._stop()
            self._unbar()
        return done


def _wait_us(left_us: int) -> int:
    """Return how long to wait for the next look, or for the tick that is due in `left_us`."""
    return _LOOK_US if _NO_LOOK_US < left_us < _HALF else left_us


def _look(
    is_stop_waiting: "Callable[[], bool]", bar: "Callable[[], None]", stopped: "list[bool]"
) -> "Generator[None, None, None]":
    """Look for a stop with each ``next``, and cut the motor where one waits."""
    while True:
        if not stopped[0] and is_stop_waiting():
            bar()
            stopped[0] = True
        yield


def _ticker(
    cells: "array[int]",
    ticks: "Iterator[bool]",
    board: "Any",
    look: "Iterator[None]",
    failed: "list[Exception | None]",
) -> "Generator[None, object, None]":
    """Do with each ``send`` a tick when it is due, a look when the last is long ago, and order the next call.
    A generator makes no object when it is called."""
    ticks_us = board.ticks_us
    feed_watchdog = board.watchdog_feed
    after = board.interrupt.after
    wait_us = _wait_us
    looked_us = 0
    while True:
        yield
        try:
            left_us = (cells[_DUE_US] - ticks_us()) & _MASK
            if (left_us == 0 or left_us >= _HALF) and next(ticks):
                feed_watchdog()
            if (ticks_us() - looked_us) & _MASK >= _LOOK_US:
                next(look)
                looked_us = ticks_us()
            after(wait_us((cells[_DUE_US] - ticks_us()) & _MASK))
        except Exception as error:  # noqa: BLE001  (raised again where the loop can end by it)
            failed[0] = error
