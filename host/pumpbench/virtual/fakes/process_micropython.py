"""Pipes, wall clock, heap and traceback in MicroPython's unix port."""

import gc
import select
import sys
import time

from .power import Shutdown


class Pipes:
    """Standard input and output in whole reads and writes; `Shutdown` when the other end is gone."""

    def __init__(self) -> None:
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._poll = select.poll()
        self._poll.register(self._in, select.POLLIN)

    def readable(self, timeout_ms: int) -> bool:
        """Wait up to `timeout_ms` (-1: for ever) for input, or for the end of it."""
        return bool(self._poll.poll(timeout_ms))

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes."""
        data = self._in.read(count)
        if len(data) < count:
            raise Shutdown
        return data

    def write(self, data: "bytes | memoryview") -> None:
        """Write all of `data`."""
        try:
            self._out.write(data)
        except OSError:
            raise Shutdown  # noqa: B904 (MicroPython has no "from")


def wall_us() -> int:
    """Return the wall's microseconds from an arbitrary start."""
    return time.ticks_us()  # type: ignore[attr-defined, no-any-return]


def heap() -> "tuple[int, int]":
    """Return how many bytes of the heap are in use and free, after a collection."""
    gc.collect()
    return gc.mem_alloc(), gc.mem_free()  # type: ignore[attr-defined]


def print_exception(error: Exception) -> None:
    """Print an exception with where it came from to standard error."""
    sys.print_exception(error, sys.stderr)  # type: ignore[attr-defined]
