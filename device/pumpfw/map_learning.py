"""Learning the rotor's map from the flow sensor: iterative, over whole rounds of revolutions.

Each reading says what the head gave at the angle where the rotor was a lag ago: reading / set flow, times
what the map holds there (the law turns faster where the map says less). The mean of a round is the map as
the tube is now.

A line does not delay the flow, it levels it, and leaves the quickest harmonics less than a quarter of their
wave behind. Taken for a delay, they come back turned round, and grow from round to round. So while the map
is in use only the sensor's lag and a degree are taken off: where the map is right the flow is even, and
there is nothing to delay; where it is not, each round lessens each harmonic (``docs/control.md``).

After a round the map takes over a quarter of what it differs by, so that it follows a tube that tires and
averages the sensor's noise. A map that leaves more ripple than none would is of another tube, or at a wrong
angle: it is not used any more, and the angle is looked for at which it explains the round best. So the angle
is found after power-up too, where there is no home mark. While no map is in use the rotor turns evenly; so
the line's lag can be undone, and the angle is found at flows too where that lag is too long to learn by. All
but the adding up is done in the slack, a slice at a time.
"""

from array import array

import micropython
from micropython import const

from pumpfw.alarms import Alarms
from pumpfw.calibration import Calibration
from pumpfw.fixed import muldiv
from pumpfw.motor import Motor
from pumpfw.readings import Readings
from pumpfw.rotor_map import RotorMap
from pumplink.alarms import MAP_MISFIT
from pumplink.numbers import MAP_BINS
from pumplink.states import EVENT_MAP_FOUND, EVENT_MAP_LEARNED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.events import Events

    ptr16 = array[int]
    ptr32 = array[int]

_ALARMS_LATCHED = const(16)
_FLAGS = const(20)
_ALARMS_PRESENT = const(23)
_STEPS_PER_REV = const(36)
_HARDWARE_STEPS = const(37)
_ROTOR_STEPS = const(38)
_EVEN_NL_H = const(43)
_RATE_NL_H = const(100)
_INTERVAL_US = const(110)
_MAP_VALID = const(115)
_SETTLE_S = const(126)
_SETTLED_S = const(127)
_QUICK_S = const(135)
_LAG_US = const(139)
_RAW_NL_H = const(143)

_KNOTS = const(180)
_MASK = const(0x3FFFFFFF)
_ONE = const(4096)
_SENSOR_FLAGS = const(7)
_NOT_NOW = const(0x500F3)  # as in learning.py
_SENSOR_LAG_US = const(90_000)  # its response, and its being read
_REVOLUTIONS = const(12)
_LEAST_TURN_US = 1_500_000  # of a revolution: faster, too few readings come to each knot
_FROM = const(180)  # behind the sums of the knots: hardware steps at the round's beginning ...
_STATE = const(181)  # ... and what the round is: 0 not begun, 1 going on, 2 complete

_IDLE, _MEANS, _COMPARE, _SEARCH = 0, 1, 2, 3
_SHARE = 4  # of what the map differs by, that it takes over in a round
_EVENT_SHIFT_MDEG = 360_000 // MAP_BINS
_FOUND = 250  # a turned map that leaves at most so many thousandths of the ripple's square is the right one
_FLAT = 100_000  # sum of squares in Q9: below it, a ripple of about 4 %, there is nothing to tell angles by
_ROUNDS_A_KEEP = 20


@micropython.viper
def gather(c: ptr32, sums: ptr32, counts: ptr32, flow: ptr16):  # type: ignore[no-untyped-def]
    """Add a reading to its knot; 20 times a second."""
    state = sums[_STATE]
    if state > 1:
        return
    rate = c[_RATE_NL_H]
    if (
        rate == 0
        or (rate > c[_EVEN_NL_H] and c[_MAP_VALID])
        or c[_SETTLED_S] < c[_SETTLE_S]
        or c[_QUICK_S]
        or c[_FLAGS] & _SENSOR_FLAGS != 1
        or (c[_ALARMS_PRESENT] | c[_ALARMS_LATCHED]) & _NOT_NOW
    ):
        sums[_STATE] = 0
        return
    steps = c[_HARDWARE_STEPS]
    if state == 0:
        knot = 0
        while knot < _KNOTS:
            sums[knot] = 0
            counts[knot] = 0
            knot += 1
        sums[_FROM] = steps
        sums[_STATE] = 1
        return
    per_rev = c[_STEPS_PER_REV]
    if ((steps - sums[_FROM]) & _MASK) // per_rev >= _REVOLUTIONS:
        sums[_STATE] = 2
        return
    us = c[_INTERVAL_US]
    behind = c[_LAG_US] // us if us else 0
    if c[_MAP_VALID] and us:
        most = _SENSOR_LAG_US // us + per_rev // 360
        if behind > most:
            behind = most
    knot = ((c[_ROTOR_STEPS] - behind) % per_rev * _KNOTS + (per_rev >> 1)) // per_rev
    if knot == _KNOTS:
        knot = 0
    raw = c[_RAW_NL_H]
    if raw >> 31 == 1:  # a 64-bit port loads words without their sign
        raw = raw << 32 >> 32
    while rate >= 0x10000:
        rate >>= 1
        raw >>= 1
    here = _ONE
    if c[_MAP_VALID]:
        here = flow[knot]
    # The flow here over its mean, Q10: at most four times as much, and as much backward.
    if raw > rate << 2:
        raw = rate << 2
    elif raw < 0 - (rate << 2):
        raw = 0 - (rate << 2)
    raw = (raw << 10) // rate
    sums[knot] = sums[knot] + (raw * (here >> 2) >> 10)
    counts[knot] = counts[knot] + 1


@micropython.viper
def means(sums: ptr32, counts: ptr32, flow: ptr16):  # type: ignore[no-untyped-def]
    """Turn the sums into means, Q12 with a mean of one; a knot without a reading keeps what the map has."""
    total = 0
    known = 0
    knot = 0
    while knot < _KNOTS:
        count = counts[knot]
        if count:
            here = sums[knot]
            if here >> 31 == 1:
                here = here << 32 >> 32
            here = here * 4 // count
            sums[knot] = here
            total += here
            known += 1
        knot += 1
    mean = total // known if known else _ONE
    if mean < 512:
        mean = 512
    knot = 0
    while knot < _KNOTS:
        if counts[knot]:
            here = sums[knot]
            if here >> 31 == 1:
                here = here << 32 >> 32
            sums[knot] = here * _ONE // mean
        else:
            sums[knot] = flow[knot]
        knot += 1


@micropython.viper
def undo_lag(sums: ptr32, lag_q4: int):  # type: ignore[no-untyped-def]  # viper has no None
    """Undo a first-order lag of so many sixteenths of a knot: a round of an evenly turning rotor."""
    last = sums[_KNOTS - 1]
    if last >> 31 == 1:
        last = last << 32 >> 32
    here = last
    knot = _KNOTS
    while knot:
        knot -= 1
        before = last
        if knot:
            before = sums[knot - 1]
            if before >> 31 == 1:
                before = before << 32 >> 32
        sums[knot] = here + ((here - before) * lag_q4 >> 4)
        here = before


@micropython.viper
def between(sums: ptr32, flow: ptr16, shift: int) -> int:
    """Return how much further than by ``shift`` knots the map is to be turned, in 1/256 knot."""
    along = 0
    across = 1
    knot = 0
    at = _KNOTS - shift if shift else 0
    while knot < _KNOTS:
        here = sums[knot]
        if here >> 31 == 1:
            here = here << 32 >> 32
        here = (here - flow[at]) >> 3
        slope = (flow[at + 1] - flow[at - 1 if at else _KNOTS - 1]) >> 4
        if here > 2000:
            here = 2000
        elif here < 0 - 2000:
            here = 0 - 2000
        along -= here * slope
        across += slope * slope
        at += 1
        if at == _KNOTS:
            at = 0
        knot += 1
    while across > 0x3FFFFF or along > 0x3FFFFF or along < 0 - 0x3FFFFF:
        across >>= 1
        along >>= 1
    if across < 1 or along >= across or along <= 0 - across:
        return 0
    return along * 256 // across


@micropython.viper
def left(sums: ptr32, flow: ptr16, shift: int, weight: int) -> int:
    """Return the sum of squares, Q9, of what the map, turned by ``shift`` knots, leaves of the round;
    ``weight`` 0: of what no map leaves."""
    total = 0
    knot = 0
    at = _KNOTS - shift if shift else 0
    while knot < _KNOTS:
        here = sums[knot]
        if here >> 31 == 1:
            here = here << 32 >> 32
        if weight:
            here -= flow[at]
        else:
            here -= _ONE
        here >>= 3
        if here > 2000:
            here = 2000
        elif here < 0 - 2000:
            here = 0 - 2000
        total += here * here
        at += 1
        if at == _KNOTS:
            at = 0
        knot += 1
    return total


@micropython.viper
def take_over(sums: ptr32, flow: ptr16, share: int):  # type: ignore[no-untyped-def]
    """Move the map by a share of what it differs from the round by."""
    knot = 0
    while knot < _KNOTS:
        here = sums[knot]
        if here >> 31 == 1:
            here = here << 32 >> 32
        before = flow[knot]
        here = before + (here - before) // share
        if here < 1:
            here = 1
        flow[knot] = here
        knot += 1


class MapLearning:
    """``after_reading`` 20 times a second, ``service`` in the slack."""

    def __init__(
        self,
        calibration: Calibration,
        rotor_map: RotorMap,
        motor: Motor,
        alarms: Alarms,
        cells: "array[int]",
        readings: Readings,
        events: "Events",
    ) -> None:
        self._calibration = calibration
        self._map = rotor_map
        self._motor = motor
        self._alarms = alarms
        self._cells = cells
        self._readings = readings
        self._events = events
        self._sums = array("i", [0] * (MAP_BINS + 2))
        self._counts = array("i", [0] * MAP_BINS)
        self._gather = gather
        self._stage = _IDLE
        self._none = 0  # what no map leaves of the round's ripple
        self._with = 0  # what the map leaves
        self._shift = 0
        self._best = 0
        self._best_shift = 0
        self._undone_q4 = 0  # of the line's lag, in the round that is looked at; sixteenths of a knot
        self._rounds = 0
        self.misfit = 0  # what the map leaves over what no map leaves, in thousandths

    def begin_run(self) -> None:
        """Be told that a run begins: rounds begin anew."""
        self._sums[_STATE] = 0
        self._stage = _IDLE

    def after_reading(self) -> None:
        """Add the flow reading to the round."""
        self._gather(self._cells, self._sums, self._counts, self._map.flow_q12)

    def service(self) -> bool:
        """Do a slice of what a complete round brings. False when there was nothing to do."""
        stage = self._stage
        if stage == _IDLE:
            if self._sums[_STATE] != 2 or not self._calibration.valid:
                return False
            self._stage = _MEANS
        elif stage == _MEANS:
            means(self._sums, self._counts, self._map.flow_q12)
            self._stage = _COMPARE
        elif stage == _COMPARE:
            self._compare()
        else:
            self._search()
        return True

    def _line_q4(self) -> int:
        """Return the line's lag at the rotor's even speed less half a knot, in sixteenths of a knot."""
        readings = self._readings
        per_rev = readings.steps_per_rev
        steps = max(readings.lag_us - _SENSOR_LAG_US, 0) // readings.interval_us
        return max(min(steps, per_rev) * 16 * MAP_BINS // per_rev - 8, 0)

    def _compare(self) -> None:
        flow = self._map.flow_q12
        readings = self._readings
        self._undone_q4 = 0
        if self._map.is_loaded and not readings.map_valid:
            if readings.interval_us < _LEAST_TURN_US // readings.steps_per_rev:
                self._stage = _IDLE
                self._sums[_STATE] = 0
                return
            self._undone_q4 = self._line_q4()
            undo_lag(self._sums, self._undone_q4)
        self._none = max(left(self._sums, flow, 0, 0), 1)
        self._with = left(self._sums, flow, 0, 1)
        self._stage = _IDLE
        if not self._map.is_loaded:
            if self._none > _FLAT and readings.rate_nl_h <= readings.even_nl_h:
                self._learn(1)
        elif not readings.map_valid:
            self._stage = _SEARCH
        else:
            self.misfit = self._with * 1000 // self._none if self._none > _FLAT else 0
            misfits = self._with > self._none and self._with > _FLAT
            self._alarms.set(MAP_MISFIT, misfits, self.misfit)
            if misfits:
                self._map.place(False)
                self._stage = _SEARCH
            else:
                self._learn(_SHARE)
        if self._stage == _SEARCH:
            self._shift = 0
            self._best = self._none
            if self._none <= _FLAT:
                self._stage = _IDLE
        if self._stage == _IDLE:
            self._sums[_STATE] = 0

    def _learn(self, share: int) -> None:
        take_over(self._sums, self._map.flow_q12, share)
        self._map.use()
        self._rounds += 1
        if share == 1:
            self._map.place(True)
        if share == 1 or self._rounds >= _ROUNDS_A_KEEP:
            self._rounds = 0
            self._calibration.map_is_learned()
            ripple_ppm = self._with * 10 if share != 1 else 0
            self._events.add(EVENT_MAP_LEARNED, ripple_ppm, _REVOLUTIONS, 0)

    def _search(self) -> None:
        """Look at one angle; at the end take the best one when it explains the round."""
        shift = self._shift
        if shift < MAP_BINS:
            remains = left(self._sums, self._map.flow_q12, shift, 1)
            if remains < self._best:
                self._best = remains
                self._best_shift = shift
            self._shift = shift + 1
            return
        self._stage = _IDLE
        self._sums[_STATE] = 0
        explained = 1000 - self._best // (self._none // 1000 + 1)
        if self._best > self._none // 1000 * _FOUND:
            return
        readings = self._readings
        per_rev = readings.steps_per_rev
        further = between(self._sums, self._map.flow_q12, self._best_shift) + self._undone_q4 * 16
        shift = (self._best_shift * 256 + further) % (MAP_BINS * 256)
        turned = muldiv(shift, per_rev, MAP_BINS * 256)
        motor = self._motor
        motor.home_at = (motor.home_at - turned) % per_rev
        motor.set_rotor((readings.rotor_steps - turned) % per_rev)
        self._alarms.set(MAP_MISFIT, False, 0)
        self._events.add(EVENT_MAP_FOUND, muldiv(shift, _EVENT_SHIFT_MDEG, 256), explained, 0)
