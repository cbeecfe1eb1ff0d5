"""The rotor's map: how the flow at each angle compares with the mean, and how much faster to turn there."""

from array import array

from pumplink.numbers import MAP_BINS

ONE = 8192  # Q13: one
_SLOWEST = ONE // 4
FASTEST = ONE * 4 - 1


class RotorMap:
    """72 bins of 5 degrees. ``relative`` is flow over mean flow in thousandths: 1000 where the flow is the
    mean."""

    def __init__(self) -> None:
        self.valid = False
        self._speed_q13 = array("i", [ONE] * MAP_BINS)

    def load(self, relative: "list[int] | array[int] | None") -> None:
        """Take a map, or none. It is scaled so that a whole revolution keeps its volume; a bin where the head
        hardly delivers is passed at most four times as fast."""
        if relative is None:
            self.valid = False
            return
        floor = 250
        bounded = [max(value, floor) for value in relative]
        total = sum(bounded)
        for bin_, value in enumerate(bounded):
            speed = ONE * total // (value * MAP_BINS)
            self._speed_q13[bin_] = min(max(speed, _SLOWEST), FASTEST)
        # Clipping may have moved the revolution's volume: sum(1 / speed) must be the number of bins.
        for _round in range(4):
            volume_q13 = sum(ONE * ONE // speed for speed in self._speed_q13)
            for bin_, speed in enumerate(self._speed_q13):
                self._speed_q13[bin_] = min(max(speed * volume_q13 // (MAP_BINS * ONE), _SLOWEST), FASTEST)
        self.valid = True

    def bin_at(self, rotor_steps: int, steps_per_rev: int) -> int:
        """Return the bin of an angle given in microsteps."""
        return rotor_steps * MAP_BINS // steps_per_rev

    def speed_q13(self, bin_: int) -> int:
        """Return the motor's speed over its mean speed, Q13, that makes the mean flow at this angle."""
        return self._speed_q13[bin_] if self.valid else ONE
