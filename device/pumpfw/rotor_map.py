"""The rotor's map: how the flow at each angle compares with the mean.

The flow over the mean flow is given at ``MAP_BINS`` equally spaced angles, straight lines between. The law
turns the rotor at set flow / flow here (``flow.py``); the account counts what has passed, the integral of
the same lines (``account.py``), so that a part of a revolution is counted truly and a whole one exactly.
"""

from array import array

from pumpfw.readings import Readings
from pumplink.numbers import MAP_BINS

ONE = 4096  # Q12: the mean flow
LEAST = ONE // 16  # no angle is passed more than 16 times as fast as the mean
_MOST = ONE * 4
_PASSED_BITS = 19  # of a whole revolution in ``passed``


class RotorMap:
    """``flow_q12`` and ``passed`` (mean microsteps from angle 0, << ``readings.map_shift``) at each knot, the
    first one once more at the end.

    The map is in use (``readings.map_valid``) while there is one and the rotor's angle is known; else every
    angle counts as giving the mean flow.
    """

    def __init__(self, steps_per_rev: int, readings: Readings) -> None:
        self._steps_per_rev = steps_per_rev
        self._readings = readings
        self.flow_q12 = array("h", [ONE] * (MAP_BINS + 1))
        self.passed = array("i", [0] * (MAP_BINS + 1))
        self.is_loaded = False
        self.is_angle_known = False
        self._shift = 0
        while steps_per_rev << (self._shift + 1) <= 1 << _PASSED_BITS:
            self._shift += 1
        self._most = readings.map_most = 1

    def load(self, relative: "list[int] | array[int] | None") -> None:
        """Take a map in thousandths, or none. It is scaled so that a whole revolution keeps its volume."""
        flow = self.flow_q12
        if relative is not None:
            for knot in range(MAP_BINS):
                flow[knot] = min(max(relative[knot], 0) * ONE // 1000, _MOST)
            self.use()
        else:
            self.is_loaded = False
            self._rest()

    def _rest(self) -> None:
        """Do without the map."""
        readings = self._readings
        readings.map_valid = readings.map_shift = readings.passed = readings.passed_rest = 0
        readings.map_most = readings.steer_due = 1

    def use(self) -> None:
        """Go by what stands in ``flow_q12``, made to have the mean 1."""
        flow = self.flow_q12
        for _round in range(4):  # clipping moves the mean
            total = sum(flow) - flow[MAP_BINS]
            for knot in range(MAP_BINS):
                flow[knot] = min(max((flow[knot] * MAP_BINS * ONE + total // 2) // total, LEAST), _MOST)
            flow[MAP_BINS] = flow[0]
        twice = 2 * (sum(flow) - flow[MAP_BINS])
        whole = self._steps_per_rev << self._shift
        so_far = 0
        for knot in range(MAP_BINS):
            self.passed[knot] = so_far * whole // twice
            so_far += flow[knot] + flow[knot + 1]
        self.passed[MAP_BINS] = whole
        # The most that a single microstep gives: the steepest interval, and one for rounding.
        most = max([self.passed[knot + 1] - self.passed[knot] for knot in range(MAP_BINS)])
        self._most = most * MAP_BINS // self._steps_per_rev + 2
        self.is_loaded = True
        self.place(self.is_angle_known)

    def place(self, is_angle_known: bool) -> None:
        """Be told that the rotor's angle stands in ``readings.rotor_steps`` other than by steps, or is not
        known any more: nothing has passed."""
        self.is_angle_known = is_angle_known
        if not (is_angle_known and self.is_loaded):
            self._rest()
            return
        readings = self._readings
        per_rev = self._steps_per_rev
        at = readings.rotor_steps * MAP_BINS
        knot = at // per_rev
        low = self.passed[knot]
        readings.passed = low + (self.passed[knot + 1] - low) * (at - knot * per_rev) // per_rev
        readings.map_shift = self._shift
        readings.map_most = self._most
        readings.map_valid = readings.steer_due = 1

    def relative(self) -> "list[int]":
        """Return the map in use in thousandths."""
        return [(value * 1000 + ONE // 2) // ONE for value in self.flow_q12[:MAP_BINS]]
