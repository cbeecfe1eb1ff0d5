"""The rotor's map: how the flow at each angle compares with the mean.

The flow over the mean flow is given at ``MAP_BINS`` equally spaced angles, straight lines between. The law
turns the rotor at set flow / flow here (``flow.py``); the account counts what has passed, the integral of
the same lines (``account.py``), so that a part of a revolution is counted truly and a whole one exactly.
"""

from array import array

import micropython
from micropython import const

from pumpfw.readings import Readings
from pumplink.numbers import MAP_BINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    ptr16 = array[int]
    ptr32 = array[int]

ONE = 4096  # Q12: the mean flow
_ONE = const(4096)
_LEAST = const(256)  # no angle is passed more than 16 times as fast as the mean
_MOST = const(16384)
_KNOTS = const(180)
_PASSED_BITS = 19  # of a whole revolution in ``passed``


@micropython.viper
def level(flow: ptr16) -> int:
    """Keep the flow at each knot within bounds, make its mean one, and repeat the first knot at the end.
    Return the sum."""
    turns = 0
    total = 0
    while turns < 4:  # the bounds move the mean
        total = 0
        knot = 0
        while knot < _KNOTS:
            total += flow[knot]
            knot += 1
        mean = (total + 90) // _KNOTS
        if mean == 0:
            mean = 1
        total = 0
        knot = 0
        while knot < _KNOTS:
            here = (flow[knot] * _ONE + (mean >> 1)) // mean
            if here < _LEAST:
                here = _LEAST
            elif here > _MOST:
                here = _MOST
            flow[knot] = here
            total += here
            knot += 1
        turns += 1
    flow[_KNOTS] = flow[0]
    return total


@micropython.viper
def integrate(flow: ptr16, passed: ptr32, total: int, whole: int) -> int:
    """Work out what of ``whole`` has passed at each knot: all of it at the last. Return the most between
    two."""
    twice = total << 1
    so_far = 0
    before = 0
    most = 0
    knot = 0
    while knot < _KNOTS:
        passed[knot] = before
        so_far += flow[knot] + flow[knot + 1]
        # so_far / twice in 1 / 2^19, digit by digit, times whole
        rest = so_far << 7
        share = rest // twice
        rest = (rest - share * twice) << 6
        digit = rest // twice
        share = share << 6 | digit
        rest = (rest - digit * twice) << 6
        share = share << 6 | rest // twice
        here = ((share >> 10) * whole + ((share & 1023) * whole >> 10)) >> 9
        knot += 1
        if knot == _KNOTS:
            here = whole
        if here - before > most:
            most = here - before
        before = here
    passed[_KNOTS] = whole
    return most


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
        self._level = level
        self._integrate = integrate
        self.is_loaded = False
        self.is_angle_known = False
        self._shift = 0
        while steps_per_rev << (self._shift + 1) <= 1 << _PASSED_BITS:
            self._shift += 1
        self._most = readings.map_most = 1

    def load(self, relative: "list[int] | None") -> None:
        """Take a map in thousandths, or none. It is scaled so that a whole revolution keeps its volume."""
        self.is_loaded = relative is not None
        if relative is not None:
            for knot in range(MAP_BINS):
                self.flow_q12[knot] = min(max(relative[knot], 0) * ONE // 1000, _MOST)
            self.use()
        self.place(self.is_angle_known)

    def use(self) -> None:
        """Go by what stands in ``flow_q12``, made to have the mean 1."""
        per_rev = self._steps_per_rev
        most = self._integrate(self.flow_q12, self.passed, self._level(self.flow_q12), per_rev << self._shift)
        # The most that a single microstep gives: the steepest interval, and some for rounding.
        self._most = most * MAP_BINS // per_rev + 3
        self.is_loaded = True
        self.place(self.is_angle_known)

    def _rest(self) -> None:
        """Do without the map."""
        readings = self._readings
        readings.map_valid = readings.map_shift = readings.passed = readings.passed_rest = 0
        readings.map_most = readings.steer_due = 1

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
