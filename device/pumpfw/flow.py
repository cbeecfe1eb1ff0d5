"""The law: from a set flow to the time between microsteps.

Feed-forward: interval = step volume / flow, the step volume from the calibration at this speed, divided by
the rotor map's speed at this angle and by the correction that the sensor has earned. On top of it the law
keeps a balance of set volume less delivered volume, and once a second speeds up or slows down by at most a
tenth to bring it back to within one step, so that no rounding drifts, however long the run.

Scales: flows in nL/h, the balance in pL, factors in Q13 (8192 is one), intervals in us and 1/65536 us.
"""

import micropython
from micropython import const

from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.fixed import clamp
from pumpfw.motor import Motor
from pumpfw.readings import Readings
from pumpfw.rotor_map import ONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr16 = array[int]
    ptr32 = array[int]

_FLOW_NL_H = const(11)
_STEPS_PER_REV = const(36)
_ROTOR_STEPS = const(38)
_STEP_PL = const(44)
_RATE_NL_H = const(100)
_WEIGHT_PL = const(101)
_HORIZON_STEPS = const(102)
_STEER_FROM = const(103)
_STEER_TO = const(104)
_STEER_DUE = const(105)
_STEP_Q7 = const(106)
_TRACK_Q13 = const(107)
_CORRECTION_Q13 = const(108)
_INTERVAL_US = const(110)
_INTERVAL_FRAC = const(111)
_MAX_FLOW_NL_H = const(113)
_PERMIT_US = const(114)
_MAP_VALID = const(115)

_ONE = const(8192)  # Q13: one
_FASTEST = const(32767)  # of the map's speeds
_MASK = const(0x3FFFFFFF)
_HALVES = const(360)  # the law looks at the angle by half intervals of the map
_FLOW_ONE = const(4096)  # Q12: the mean flow, in the map
_MOST_STEPS = const(16_000)  # at a time: times the steps of a revolution it stays a small integer

LONGEST_US = 0x3FFFFFFF
_BALANCE_LIMIT = 500_000_000  # pL: more than half a millilitre behind is not caught up
_CARRY_LIMIT = 10_000  # nL
_TRACK_LIMIT = ONE // 10
_TRACK_S = 30  # the balance is brought back with this time constant
_Q = 4096  # scale of one second's disagreement between sensor and law
_INTEGRAL_S = 300  # the correction's integral time


@micropython.viper
def is_steering_due(c: ptr32) -> int:
    """Return whether the interval between steps is to be worked out anew."""
    if c[_STEER_DUE]:
        return 1
    rotor = c[_ROTOR_STEPS]
    if rotor < c[_STEER_FROM] or rotor >= c[_STEER_TO]:
        return 1
    return 0


@micropython.viper
def work_out(c: ptr32, flow_q12: ptr16):  # type: ignore[no-untyped-def]  # viper has no None
    """Work out the interval between steps at this rotor angle, and what a step weighs.

    interval = step_pl * 3,600,000 / flow us, in digits that stay below 2^30.
    """
    c[_STEER_DUE] = 0
    per_rev = c[_STEPS_PER_REV]
    speed = _ONE
    if c[_MAP_VALID]:
        at = c[_ROTOR_STEPS] * _HALVES // per_rev
        c[_STEER_FROM] = (at * per_rev + _HALVES - 1) // _HALVES
        c[_STEER_TO] = ((at + 1) * per_rev + _HALVES - 1) // _HALVES
        here = flow_q12[at >> 1]
        here += (flow_q12[(at >> 1) + 1] - here) * (1 + 2 * (at & 1)) // 4
        speed = _ONE * _FLOW_ONE // here
        if speed > _FASTEST:
            speed = _FASTEST
    else:
        c[_STEER_FROM] = 0
        c[_STEER_TO] = per_rev
    rate = c[_RATE_NL_H]
    if rate == 0:
        c[_INTERVAL_US] = 0
        c[_INTERVAL_FRAC] = 0
        c[_HORIZON_STEPS] = 0
        c[_FLOW_NL_H] = 0
        return
    correction = c[_CORRECTION_Q13]
    if correction:
        if correction >> 31 == 1:  # a 64-bit port loads words without their sign
            correction = correction << 32 >> 32
        speed = speed * _ONE // (_ONE + correction)
        if speed > _FASTEST:
            speed = _FASTEST
    # step_pl * 8192 / speed, digit by digit
    step_pl = c[_STEP_PL]
    if speed != _ONE:
        weight = step_pl // speed
        rest = (step_pl - weight * speed) << 7
        digit = rest // speed
        weight = (weight << 7) + digit
        rest = (rest - digit * speed) << 6
        digit = rest // speed
        step_pl = (weight << 6) + digit
    c[_WEIGHT_PL] = step_pl
    track = c[_TRACK_Q13]
    if track:
        if track >> 31 == 1:
            track = track << 32 >> 32
        speed += speed * track // _ONE
        if speed > _FASTEST:
            speed = _FASTEST
    if speed != _ONE:
        high = (rate >> 15) * speed
        rate = (high << 2) + ((rate & 0x7FFF) * speed >> 13) if high < 0xFFFFFFF else _MASK
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


class Flow:
    """Set with ``request``; ``steer`` when it is due; ``track`` once a second of the program's clock."""

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
        self._correction = 0  # share by which a step delivers more than calibrated, in 1 / (_Q * _INTEGRAL_S)
        self._correction_limit = config.correction_limit_ppm * _Q // 1000 * _INTEGRAL_S // 1000
        self.limited = False
        readings.weight_pl = readings.step_pl
        readings.horizon_steps = 1
        readings.max_flow_nl_h = config.max_flow_nl_h
        readings.permit_us = config.permit_us
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
        self._work_out(self._cells, self._map.flow_q12)
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

    def track(self) -> None:
        """At the end of a second of the program's clock, before the next one is owed: steer the balance to
        within a step."""
        weight = self._readings.weight_pl
        behind = self._readings.balance_pl
        track = 0
        if behind < 0 or behind >= weight:
            in_track_nl = self._readings.rate_nl_h // (3600 // _TRACK_S)
            behind_nl = (behind - (weight >> 1)) // 1000
            if behind_nl > in_track_nl // 10:
                track = _TRACK_LIMIT
            elif behind_nl < -(in_track_nl // 10):
                track = -_TRACK_LIMIT
            else:
                while in_track_nl > 0x1FFFF:
                    in_track_nl >>= 1
                    behind_nl >>= 1
                track = behind_nl * ONE // in_track_nl if in_track_nl else 0
        if track != self._readings.track_q13:
            self._readings.track_q13 = track
            self._readings.steer_due = 1

    # --- the sensor's correction ---

    def correct(self, measured_nl_h: int) -> None:
        """Learn once a second, where the sensor can be trusted: slowly, within the board's limit."""
        rate = self._readings.rate_nl_h >> 1  # halves: the difference may be twice as big as either
        off = clamp((measured_nl_h >> 1) - rate, -(rate >> 1), rate >> 1)
        while rate > 0x3FFFF:
            rate >>= 1
            off >>= 1
        limit = self._correction_limit
        lowest = -limit if self._readings.may_hasten else 0
        correction = self._correction + (off * _Q // rate if rate else 0)
        self.limited = not lowest <= correction <= limit
        self._use_correction(clamp(correction, lowest, limit))

    def let_hasten(self, allowed: bool) -> None:
        """Say whether the sensor may make the head turn faster than the calibration says. A segment that ends
        by time may not: it would have its counted volume before its time is over, and then stand still."""
        self._readings.may_hasten = 1 if allowed else 0
        if not allowed and self._correction < 0:
            self._use_correction(0)

    def forget_correction(self) -> None:
        """Go by the calibration alone."""
        self.limited = False
        if self._correction:
            self._use_correction(0)

    def _use_correction(self, correction: int) -> None:
        self._correction = correction
        q13 = correction * 2 // _INTEGRAL_S
        if q13 != self._readings.correction_q13:
            self._readings.correction_q13 = q13
            self._readings.steer_due = 1
