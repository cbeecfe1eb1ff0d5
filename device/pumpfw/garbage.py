"""When the heap is collected: only where the loop decides, and as seldom as may be.

On an RP2040 a collection takes 21 ms, and to ask how much is free 8. So the link's answers are counted, and
what each left behind between two looks tells after how many more it is time for the next.
"""

import gc

from micropython import const

_LEAST_FREE = const(24_000)  # bytes, for what a single slice may need
_SAMPLE = const(64)  # answers
_LEAST_EACH = const(64)  # bytes


class Garbage:
    """Made when all else is. Call ``look`` once there were ``due`` answers since it was called last."""

    def __init__(self) -> None:
        gc.collect()
        self._at_best = gc.mem_free()  # type: ignore[attr-defined]
        self._is_known = False  # how much an answer leaves behind these days
        self.due = _SAMPLE

    def look(self) -> None:
        """Look how much the answers left behind, or collect it; never both at once."""
        if self._is_known:
            gc.collect()
            self.due = _SAMPLE
        else:
            free = gc.mem_free()  # type: ignore[attr-defined]
            each = max((self._at_best - free) // _SAMPLE, _LEAST_EACH)
            self.due = max((free - _LEAST_FREE) // each, 1)
        self._is_known = not self._is_known
