"""Repeatable noise: the same numbers from the same seed on every interpreter."""

MASK = 0xFFFFFFFF
# A sum of twelve bytes has the mean 12 * 127.5 and the variance 12 * (256^2 - 1) / 12.
_MEAN = 1530
_DEVIATION = 65535.0**0.5


def mix(seed: int, stream: int) -> int:
    """Scramble two numbers into a 32-bit one that is never zero (products stay below 2^59)."""
    x = (seed * 0x2545F49 + stream * 0x9E3779B + 0x5851F42) & MASK
    x = ((x >> 16 ^ x) * 0x45D9F3B) & MASK
    x = ((x >> 16 ^ x) * 0x45D9F3B) & MASK
    return (x >> 16 ^ x) or 1


class Noise:
    """Normal numbers (mean 0, deviation 1, within 6). The streams of a seed do not disturb each other."""

    def __init__(self, seed: int, stream: int) -> None:
        self._state = mix(seed, stream)

    def gauss(self) -> float:
        """Return the next normal number: the sum of twelve bytes of a xorshift generator (Marsaglia 2003)."""
        x = self._state
        mask = MASK
        total = 0
        for _ in range(3):
            x ^= (x << 13) & mask
            x ^= x >> 17
            x ^= (x << 5) & mask
            total += (x & 0x00FF00FF) + ((x >> 8) & 0x00FF00FF)
        self._state = x
        return ((total & 0xFFFF) + (total >> 16) - _MEAN) / _DEVIATION

    def chance(self, share: float) -> bool:
        """Return True in `share` (0..1) of the calls."""
        x = self._state
        x ^= (x << 13) & MASK
        x ^= x >> 17
        x ^= (x << 5) & MASK
        self._state = x
        return (x & 0xFFFFFF) < share * 0x1000000
