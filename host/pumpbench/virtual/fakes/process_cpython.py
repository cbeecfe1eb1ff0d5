"""Pipes, wall clock and traceback in CPython."""

import os
import threading
import time
import traceback

from .power import Shutdown


class Pipes:
    """Standard input and output in whole reads and writes; `Shutdown` when the other end is gone.

    A thread reads, because not every system can poll a pipe.
    """

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)  # a stray print must not get between the frames
        self._buffer = bytearray()
        self._ended = False
        self._news = threading.Condition()
        threading.Thread(target=self._fill, daemon=True).start()

    def _fill(self) -> None:
        data = b"-"
        while data:
            data = os.read(0, 65536)
            with self._news:
                self._buffer += data
                self._ended = not data
                self._news.notify()

    def readable(self, timeout_ms: int) -> bool:
        """Wait up to `timeout_ms` (-1: for ever) for input, or for the end of it."""
        if self._buffer or self._ended:
            return True
        if not timeout_ms:
            return False
        with self._news:
            timeout_s = None if timeout_ms < 0 else timeout_ms / 1000
            return self._news.wait_for(lambda: bool(self._buffer) or self._ended, timeout_s)

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes."""
        with self._news:
            self._news.wait_for(lambda: len(self._buffer) >= count or self._ended)
            if len(self._buffer) < count:
                raise Shutdown
            data = bytes(self._buffer[:count])
            del self._buffer[:count]
            return data

    def write(self, data: "bytes | memoryview") -> None:
        """Write all of `data`."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._out, view) :]
        except OSError:
            raise Shutdown from None


def wall_us() -> int:
    """Return the wall's microseconds from an arbitrary start."""
    return time.monotonic_ns() // 1000


def heap() -> tuple[None, None]:
    """CPython's heap has no bounds to tell of."""
    return None, None


def print_exception(error: Exception) -> None:
    """Print an exception with where it came from to standard error."""
    traceback.print_exception(error)
