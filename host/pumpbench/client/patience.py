"""Waiting for so long, of which time in which this program stood still hardly counts: what it waits for may
have come meanwhile, or needs a moment as well before it goes on."""

import time
from collections.abc import Iterator

_TURN_S = 0.1


class Patience:
    """Iterate over it for how long to wait next, until `left_s` is used up; one may be shared by several."""

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds

    def __iter__(self) -> Iterator[float]:
        """Each turn counts for as long as it took, and for no longer than was asked."""
        while self.left_s > 0:
            turn_s = min(self.left_s, _TURN_S)
            began = time.monotonic()
            yield turn_s
            self.left_s -= min(time.monotonic() - began, turn_s)
