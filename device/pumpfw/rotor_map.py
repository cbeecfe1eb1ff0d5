"""The rotor's map: how the flow at each angle compares with the mean, and how much faster to turn there.

The flow over the mean flow is given at ``MAP_BINS`` equally spaced angles, straight lines between. The law
turns at set flow / flow here; the account counts what has passed, the integral of the same lines, so that a
part of a revolution is counted truly and a whole one exactly.
"""

from array import array

from pumplink.numbers import MAP_BINS

ONE = 8192  # Q13: one
FASTEST = ONE * 4 - 1
_FLOW_ONE = 4096  # Q12: the mean flow
_LEAST = _FLOW_ONE // 4  # no angle is passed more than four times as fast
_MOST = _FLOW_ONE * 4
_HALVES = 2 * MAP_BINS  # the law looks at the angle by half intervals
_PASSED_BITS = 19  # of a whole revolution in ``passed``


class RotorMap:
    """``valid`` False: every angle gives the mean flow."""

    def __init__(self, steps_per_rev: int) -> None:
        self.valid = False
        self._steps_per_rev = steps_per_rev
        self.flow_q12 = array("h", [_FLOW_ONE] * (MAP_BINS + 1))  # at each knot, the first one once more
        self.passed = array("i", [0] * (MAP_BINS + 1))  # mean microsteps from angle 0 to each knot, << shift
        self.shift = 0
        while steps_per_rev << (self.shift + 1) <= 1 << _PASSED_BITS:
            self.shift += 1

    def load(self, relative: "list[int] | array[int] | None") -> None:
        """Take a map in thousandths, or none. It is scaled so that a whole revolution keeps its volume."""
        self.valid = relative is not None
        if relative is None:
            return
        flow = self.flow_q12
        for knot in range(MAP_BINS):
            flow[knot] = min(max(relative[knot], 0) * _FLOW_ONE // 1000, _MOST)
        for _round in range(4):  # clipping moves the mean
            total = sum(flow) - flow[MAP_BINS]
            for knot in range(MAP_BINS):
                flow[knot] = min(max(flow[knot] * MAP_BINS * _FLOW_ONE // total, _LEAST), _MOST)
            flow[MAP_BINS] = flow[0]
        self._integrate()

    def _integrate(self) -> None:
        """Work out what has passed at each knot, exactly a revolution's steps in the end."""
        flow = self.flow_q12
        twice = 2 * (sum(flow) - flow[MAP_BINS])
        whole = self._steps_per_rev << self.shift
        so_far = 0
        for knot in range(MAP_BINS):
            self.passed[knot] = so_far * whole // twice
            so_far += flow[knot] + flow[knot + 1]
        self.passed[MAP_BINS] = whole

    def bin_at(self, rotor_steps: int, steps_per_rev: int) -> int:
        """Return the bin, a degree wide, of an angle given in microsteps."""
        return rotor_steps * _HALVES // steps_per_rev

    def speed_q13(self, bin_: int) -> int:
        """Return the motor's speed over its mean speed, Q13, that makes the mean flow in the middle of a
        bin."""
        if not self.valid:
            return ONE
        knot = bin_ >> 1
        low = self.flow_q12[knot]
        high = self.flow_q12[knot + 1]
        here = low + (high - low) * (1 + 2 * (bin_ & 1)) // 4
        return min(ONE * _FLOW_ONE // here, FASTEST)

    def passed_at(self, rotor_steps: int) -> int:
        """Return the mean microsteps from angle 0 to this one, << shift."""
        at = rotor_steps * MAP_BINS
        knot = at // self._steps_per_rev
        low = self.passed[knot]
        return low + (self.passed[knot + 1] - low) * (at - knot * self._steps_per_rev) // self._steps_per_rev
