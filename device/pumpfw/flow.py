"""The law: from a set flow to the time between microsteps.

Feed-forward: interval = step volume / flow * (flow over mean flow at this angle of the rotor). The step
volume is the stroke in force (``calibration.py``), the last factor the rotor's map. On top of it the law
keeps a balance of set volume less counted volume, and once a second speeds up or slows down by at most a
tenth to bring it back to within one step, so that no rounding drifts, however long the run.

Scales: flows in nL/h, the balance in pL, the map in Q12 (4096 is one), the track in Q13 (8192 is one),
intervals in us and 1/65536 us.
"""

import micropython
from micropython import const

from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.fixed import clamp
from pumpfw.motor import Motor
from pumpfw.readings import Readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr16 = array[int]
    ptr32 = array[int]

_SET_NL_H = const(10)
_FLOW_NL_H = const(11)
_STEPS_PER_REV = const(36)
_ROTOR_STEPS = const(38)
_STEP_PL = const(44)
_BALANCE_PL = const(90)
_PROGRAM_NL_H = const(95)
_RATE_NL_H = const(100)
_HORIZON_STEPS = const(102)
_STEER_FROM = const(103)
_STEER_TO = const(104)
_STEER_DUE = const(105)
_STEP_Q7 = const(106)
_TRACK_Q13 = const(107)
_INTERVAL_US = const(110)
_INTERVAL_FRAC = const(111)
_MAX_FLOW_NL_H = const(113)
_PERMIT_US = const(114)
_MAP_VALID = const(115)
_HALF_TICK_US = const(120)

_ONE = const(8192)  # Q13: one
_MEAN = const(4096)  # Q12: the map's mean flow
_MASK = const(0x3FFFFFFF)
_BINS = const(360)  # of the rotor: in each the map counts as in its middle
_SPARE = const(4)  # the map is used up to this part of the highest flow: it has to go faster in places
_MOST_STEPS = const(16_000)  # at a time: times the steps of a revolution it stays a small integer

_BALANCE_LIMIT = 500_000_000  # pL: more than half a millilitre behind is not caught up
_CARRY_LIMIT = 10_000  # nL
_TRACK_LIMIT = const(819)  # a tenth
_TRACK_S = const(30)  # the balance is brought back with this time constant


@micropython.viper
def work_out(c: ptr32, flow_q12: ptr16, in_any_case: int) -> int:
    """Work out the interval between steps at this rotor angle where that is due; ``flow_q12`` is the map's.
    Return whether it was.

    interval = step_pl * 3,600,000 / flow us, in digits that stay below 2^30.
    """
    rotor = c[_ROTOR_STEPS]
    if in_any_case == 0 and c[_STEER_DUE] == 0 and rotor >= c[_STEER_FROM] and rotor < c[_STEER_TO]:
        return 0
    c[_STEER_DUE] = 0
    per_rev = c[_STEPS_PER_REV]
    rate = c[_RATE_NL_H]
    if rate == 0:
        c[_STEER_FROM] = 0
        c[_STEER_TO] = per_rev
        c[_INTERVAL_US] = 0
        c[_INTERVAL_FRAC] = 0
        c[_HORIZON_STEPS] = 0
        c[_FLOW_NL_H] = 0
        return 1
    here = _MEAN
    c[_STEER_FROM] = 0
    c[_STEER_TO] = per_rev
    if c[_MAP_VALID] and rate <= c[_MAX_FLOW_NL_H] // _SPARE:
        # Until the next tick the rotor is half a tick further on, on average.
        us = c[_INTERVAL_US]
        ahead = c[_HALF_TICK_US] // us if us else 0
        at = (rotor + ahead) % per_rev * _BINS // per_rev
        knot = at >> 1
        here = flow_q12[knot]
        here += (flow_q12[knot + 1] - here) * (1 + ((at & 1) << 1)) // 4
        if ahead:  # the angle is another one in each tick
            c[_STEER_TO] = 0
        else:
            c[_STEER_FROM] = (at * per_rev + _BINS - 1) // _BINS
            c[_STEER_TO] = ((at + 1) * per_rev + _BINS - 1) // _BINS
    track = c[_TRACK_Q13]
    if track:
        if track >> 31 == 1:  # a 64-bit port loads words without their sign
            track = track << 32 >> 32
        here = here * _ONE // (_ONE + track)
    if here != _MEAN:
        whole = rate // here
        rate = (whole << 12) + ((rate - whole * here) << 12) // here if whole < 0x3FFFF else _MASK
    if rate > c[_MAX_FLOW_NL_H]:
        rate = c[_MAX_FLOW_NL_H]
    c[_FLOW_NL_H] = rate
    step_q7 = c[_STEP_Q7]
    low = (step_q7 & 0x7FFF) * 28_125  # 3,600,000 / 128
    middle = (step_q7 >> 15) * 28_125 + (low >> 15)
    hi = middle >> 15  # of the product, in limbs of 30 bits
    lo = ((middle & 0x7FFF) << 15) | (low & 0x7FFF)
    while rate >= 0x400000:  # 22 bits of the rate are enough: 0.25 ppm
        rate >>= 1
        lo = (lo >> 1) | ((hi & 1) << 29)
        hi >>= 1
    us = _MASK
    frac = 0
    if hi < rate:
        rest = hi << 8 | lo >> 22
        digit = rest // rate
        us = digit
        rest = (rest - digit * rate) << 8 | ((lo >> 14) & 0xFF)
        digit = rest // rate
        us = (us << 8) | digit
        rest = (rest - digit * rate) << 8 | ((lo >> 6) & 0xFF)
        digit = rest // rate
        us = (us << 8) | digit
        rest = (rest - digit * rate) << 6 | (lo & 0x3F)
        digit = rest // rate
        us = (us << 6) | digit
        rest = (rest - digit * rate) << 8
        digit = rest // rate
        frac = (digit << 8) | (((rest - digit * rate) << 8) // rate)
    c[_INTERVAL_US] = us
    c[_INTERVAL_FRAC] = frac
    # Two at least: hardware that runs out of permits waits a whole interval anew.
    steps = c[_PERMIT_US] // (us + 1) + 2
    c[_HORIZON_STEPS] = steps if steps < _MOST_STEPS else _MOST_STEPS
    return 1


@micropython.viper
def follow(c: ptr32):  # type: ignore[no-untyped-def]  # viper has no None
    """Set the program's flow, which a ramp changes each second."""
    rate = c[_PROGRAM_NL_H]
    c[_SET_NL_H] = rate
    if rate == 0 or c[_RATE_NL_H] == 0:
        c[_TRACK_Q13] = 0
    c[_RATE_NL_H] = rate
    c[_STEER_DUE] = 1


@micropython.viper
def track(c: ptr32):  # type: ignore[no-untyped-def]  # viper has no None
    """At the end of a second of the program's clock, before the next one is owed: steer the balance to within
    a step."""
    weight = c[_STEP_PL]
    behind = c[_BALANCE_PL]
    if behind >> 31 == 1:  # a 64-bit port loads words without their sign
        behind = behind << 32 >> 32
    share = 0
    if behind < 0 or behind >= weight:
        in_track_nl = c[_RATE_NL_H] // (3600 // _TRACK_S)
        behind_nl = (behind - (weight >> 1)) // 1000
        if behind_nl > in_track_nl // 10:
            share = _TRACK_LIMIT
        elif behind_nl < 0 - in_track_nl // 10:
            share = 0 - _TRACK_LIMIT
        elif in_track_nl:
            while in_track_nl > 0x1FFFF:
                in_track_nl >>= 1
                behind_nl >>= 1
            share = behind_nl * _ONE // in_track_nl
    before = c[_TRACK_Q13]
    if before >> 31 == 1:
        before = before << 32 >> 32
    if share != before:
        c[_TRACK_Q13] = share
        c[_STEER_DUE] = 1


class Flow:
    """Set with ``request``; ``steer`` when it is due."""

    def __init__(
        self,
        config: Config,
        calibration: Calibration,
        motor: Motor,
        cells: "array[int]",
        readings: Readings,
    ) -> None:
        self._calibration = calibration
        self._map = calibration.rotor_map
        self._motor = motor
        self._cells = cells
        self._readings = readings
        self._work_out = work_out
        readings.horizon_steps = 1
        readings.max_flow_nl_h = config.max_flow_nl_h
        # They are renewed when half are left: at slow ticks that must be more than one.
        readings.permit_us = max(config.permit_us, 2_500_000 // config.tick_hz)
        readings.half_tick_us = 500_000 // config.tick_hz
        readings.steer_due = 1

    def request(self, rate_nl_h: int) -> None:
        """Set the flow; it acts with the next ``steer`` of the same tick."""
        readings = self._readings
        before = readings.rate_nl_h
        if rate_nl_h != before:
            if not rate_nl_h or not before:  # a ramp, which changes each second, goes on tracking
                readings.track_q13 = 0
            readings.rate_nl_h = rate_nl_h
            self._calibration.choose(rate_nl_h)
            readings.steer_due = 1

    def steer(self) -> None:
        """Give the motor its interval."""
        readings = self._readings
        self._work_out(self._cells, self._map.flow_q12, 1)
        self._motor.run(readings.interval_us, readings.interval_frac)

    # --- keeping the volume ---

    def owe(self, volume_nl: int) -> None:
        """Add the set volume of the second that begins now."""
        self._readings.balance_pl = clamp(
            self._readings.balance_pl + clamp(volume_nl, -500_000, 500_000) * 1000,
            -_BALANCE_LIMIT,
            _BALANCE_LIMIT,
        )

    def step_nl(self) -> int:
        """Return the volume of a step, in nL rounded up."""
        return self._readings.step_pl // 1000 + 1

    def carry_nl(self) -> int:
        """Return what the balance leaves to a segment that counts its volume."""
        return clamp(self._readings.balance_pl // 1000, -_CARRY_LIMIT, _CARRY_LIMIT)
