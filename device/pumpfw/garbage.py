"""When the heap is collected: only where the loop decides, and as seldom as may be.

On an RP2040 a collection takes 21 ms, and to ask how much is free 8. So the link's answers are counted, and
what they left behind until the last collection tells after how many more it is time for the next.
"""

import gc

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LEAST_FREE = const(24_000)  # bytes, for what a single slice may need
_SAMPLE = const(64)  # answers before the first look
_LEAST_EACH = const(64)  # bytes


class Garbage:
    """Made when all else is. Call ``collect`` once there were ``due`` answers since it was called last; what
    takes long it does by ``run``."""

    def __init__(self, run: "Callable[[Callable[[], int]], int]") -> None:
        self._run = run
        gc.collect()
        self._at_best = gc.mem_free()  # type: ignore[attr-defined]
        self.due = _SAMPLE

    def collect(self) -> None:
        """Collect what the answers left behind."""
        free = self._run(gc.mem_free)  # type: ignore[attr-defined]
        self._run(gc.collect)
        each = max((self._at_best - free) // self.due, _LEAST_EACH)
        self.due = max((self._at_best - _LEAST_FREE) // each, 1)
