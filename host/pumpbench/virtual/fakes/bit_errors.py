"""Bits that turn on the way: independent errors at a given rate, the same for the same seed."""

import math

_MASK = 0xFFFFFFFF


class BitErrors:
    """Turns each bit with probability `rate`; the gaps between errors are drawn, so that clean bytes cost
    nothing."""

    def __init__(self, seed: int) -> None:
        self.rate = 0.0
        self._state = (seed * 2654435761 + 0x9E3779B9) & _MASK or 1
        self._gap = 0

    def set_rate(self, rate: float) -> None:
        """Turn bits at `rate` (0..1) from the next byte on."""
        if rate != self.rate:
            self.rate = rate
            if rate:
                self._gap = self._draw()

    def apply(self, data: bytearray) -> None:
        """Turn bits of `data` in place."""
        if not self.rate:
            return
        bits = len(data) * 8
        at = self._gap
        while at < bits:
            data[at >> 3] ^= 1 << (at & 7)
            at += 1 + self._draw()
        self._gap = at - bits

    def _draw(self) -> int:
        """Return how many bits stay whole before the next error: geometric, by inversion."""
        state = self._state
        state ^= (state << 13) & _MASK
        state ^= state >> 17
        state ^= (state << 5) & _MASK
        self._state = state
        if self.rate >= 1.0:
            return 0
        return int(math.log((state + 1) / (_MASK + 2)) / math.log(1.0 - self.rate))
