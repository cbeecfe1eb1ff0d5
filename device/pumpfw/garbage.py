"""When the heap is collected: only where the loop decides, and as seldom as may be.

On an RP2040 a collection takes 21 ms, and to ask how much is free 8. So the link's answers are counted, and
what they left behind until the last collection tells after how many more it is time for the next. The two
are done apart: where nobody sees a stop that comes meanwhile, it need not wait for both.
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
    """Made when all else is. Call ``collect`` once there were ``due`` answers since it said that it is done;
    what takes long it does by ``run``."""

    def __init__(self, run: "Callable[[Callable[[], int]], int]") -> None:
        self._run = run
        gc.collect()
        self._at_best = gc.mem_free()  # type: ignore[attr-defined]
        self._each = 0  # bytes that an answer leaves, once that was looked at
        self.due = _SAMPLE

    def collect(self) -> bool:
        """Look what the answers left behind or, called once more, collect it: True then."""
        if not self._each:
            free = self._run(gc.mem_free)  # type: ignore[attr-defined]
            self._each = max((self._at_best - free) // self.due, _LEAST_EACH)
            return False
        self._run(gc.collect)
        self.due = max((self._at_best - _LEAST_FREE) // self._each, 1)
        self._each = 0
        return True
