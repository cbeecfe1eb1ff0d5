"""The law: from a set flow to the time between microsteps.

Feed-forward: interval = step volume / flow, the step volume from the calibration at this speed, divided by
the rotor map's speed at this angle and by the correction that the sensor has earned. On top of it the law
keeps a balance of set volume less delivered volume, and once a second speeds up or slows down by at most a
tenth to bring it back to within one step, so that no rounding drifts, however long the run.

Scales: flows in nL/h, the balance in pL, factors in Q13 (8192 is one), intervals in us and 1/65536 us.
"""

from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.fixed import clamp, muldiv
from pumpfw.motor import Motor
from pumpfw.readings import Readings
from pumpfw.rotor_map import FASTEST, ONE

LONGEST_US = 0x3FFFFFFF
_BALANCE_LIMIT = 500_000_000  # pL: more than half a millilitre behind is not caught up
_CARRY_LIMIT = 10_000  # nL
_MOST_STEPS = 16_000  # at a time: times the steps of a revolution it stays a small integer
_TRACK_LIMIT = ONE // 10
_TRACK_S = 30  # the balance is brought back with this time constant
_Q = 4096  # scale of one second's disagreement between sensor and law
_INTEGRAL_S = 300  # the correction's integral time


class Flow:
    """Set with ``request``; ``steer`` once a tick; ``track`` once a second of the program's clock."""

    def __init__(self, config: Config, calibration: Calibration, motor: Motor, readings: Readings) -> None:
        self._config = config
        self._calibration = calibration
        self._map = calibration.rotor_map
        self._motor = motor
        self._readings = readings
        self.rate_nl_h = 0
        self.balance_pl = (
            0  # set volume at the end of the present second, less what the law counts as delivered
        )
        self.weight_pl = calibration.step_pl  # of a step, by the law: map and correction included
        self.horizon_steps = 1  # steps in the time that the motor may run ahead
        self.correction_q13 = 0  # share by which a step delivers more than the calibration says
        self._correction = 0  # the same in 1 / (_Q * _INTEGRAL_S)
        self._correction_limit = config.correction_limit_ppm * _Q // 1000 * _INTEGRAL_S // 1000
        self.limited = False
        self._may_hasten = False
        self._track_q13 = 0
        self._bin = 0
        self._changed = False
        self.interval_us = 0
        self.interval_frac = 0

    def request(self, rate_nl_h: int) -> None:
        """Set the flow; it acts with the next ``steer`` of the same tick."""
        if rate_nl_h != self.rate_nl_h:
            if not rate_nl_h or not self.rate_nl_h:  # a ramp, which changes each second, goes on tracking
                self._track_q13 = 0
            self.rate_nl_h = rate_nl_h
            self._calibration.choose(rate_nl_h)
            self._changed = True

    def steer(self) -> None:
        """Give the motor its interval, when anything has changed it."""
        if self._map.valid:
            here = self._map.bin_at(self._motor.rotor_steps, self._motor.steps_per_rev)
            if here != self._bin:
                self._bin = here
                self._changed = True
        if self._changed:
            self._changed = False
            self._recompute()

    def _recompute(self) -> None:
        rate = self.rate_nl_h
        if rate <= 0:
            self.interval_us = 0
            self.interval_frac = 0
            self.horizon_steps = 0
            self._readings.flow_nl_h = 0
            self._motor.hold()
            return
        calibration = self._calibration
        speed = self._map.speed_q13(self._bin)
        if self.correction_q13:
            speed = min(speed * ONE // (ONE + self.correction_q13), FASTEST)
        self.weight_pl = calibration.step_pl if speed == ONE else muldiv(calibration.step_pl, ONE, speed)
        if self._track_q13:
            speed = min(speed + speed * self._track_q13 // ONE, FASTEST)
        if speed != ONE:
            rate = scaled_q13(rate, speed)
        most = self._config.max_flow_nl_h
        if rate > most:
            rate = most
        self._readings.flow_nl_h = rate
        self._set_interval(calibration.step_q7, rate)
        # Two at least: hardware that runs out of permits waits a whole interval anew.
        self.horizon_steps = min(self._config.permit_us // (self.interval_us + 1) + 2, _MOST_STEPS)
        self._motor.run(self.interval_us, self.interval_frac)

    def _set_interval(self, step_q7: int, rate_nl_h: int) -> None:
        """Set interval = step_pl * 3,600,000 / rate us, in digits of eight bits that stay below 2^30."""
        high = step_q7 >> 15
        low = (step_q7 & 0x7FFF) * 28_125  # 3,600,000 / 128
        middle = high * 28_125 + (low >> 15)
        hi = middle >> 15  # of the product, in limbs
        lo = ((middle & 0x7FFF) << 15) | (low & 0x7FFF)
        while rate_nl_h >= 0x400000:  # 22 bits of the rate are enough: 0.25 ppm
            rate_nl_h >>= 1
            lo = (lo >> 1) | ((hi & 1) << 29)
            hi >>= 1
        if hi >= rate_nl_h:
            self.interval_us = LONGEST_US
            self.interval_frac = 0
            return
        quotient = 0
        remainder = hi
        shift = 30
        while shift > 0:
            bits = 8 if shift >= 8 else shift
            shift -= bits
            remainder = (remainder << bits) | ((lo >> shift) & ((1 << bits) - 1))
            digit = remainder // rate_nl_h
            quotient = (quotient << bits) | digit
            remainder -= digit * rate_nl_h
        remainder <<= 8
        digit = remainder // rate_nl_h
        self.interval_us = quotient
        self.interval_frac = (digit << 8) | (((remainder - digit * rate_nl_h) << 8) // rate_nl_h)

    # --- keeping the volume ---

    def delivered(self, steps: int) -> None:
        """Take steps that were made for the program off the balance (negative: run back)."""
        balance = self.balance_pl - steps * self.weight_pl
        self.balance_pl = balance if balance > -_BALANCE_LIMIT else -_BALANCE_LIMIT

    def owe(self, volume_nl: int) -> None:
        """Add the set volume of the second that begins now."""
        self.balance_pl = clamp(
            self.balance_pl + clamp(volume_nl, -500_000, 500_000) * 1000, -_BALANCE_LIMIT, _BALANCE_LIMIT
        )

    def step_nl(self) -> int:
        """Return the volume of a step, in nL rounded up."""
        return self._calibration.step_pl // 1000 + 1

    def carry_nl(self) -> int:
        """Return what the balance leaves to a segment that counts its volume."""
        return clamp(self.balance_pl // 1000, -_CARRY_LIMIT, _CARRY_LIMIT)

    def track(self) -> None:
        """At the end of a second of the program's clock, before the next one is owed: steer the balance to
        within a step."""
        weight = self.weight_pl
        behind = self.balance_pl
        track = 0
        if behind < 0 or behind >= weight:
            in_track_nl = self.rate_nl_h // (3600 // _TRACK_S)
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
        if track != self._track_q13:
            self._track_q13 = track
            self._changed = True

    # --- the sensor's correction ---

    def correct(self, measured_nl_h: int) -> None:
        """Learn once a second, where the sensor can be trusted: slowly, within the board's limit."""
        rate = self.rate_nl_h >> 1  # halves: a difference of two flows may be twice as big as either
        off = clamp((measured_nl_h >> 1) - rate, -(rate >> 1), rate >> 1)
        while rate > 0x3FFFF:
            rate >>= 1
            off >>= 1
        limit = self._correction_limit
        lowest = -limit if self._may_hasten else 0
        correction = self._correction + (off * _Q // rate if rate else 0)
        self.limited = not lowest <= correction <= limit
        self._use_correction(clamp(correction, lowest, limit))

    def let_hasten(self, allowed: bool) -> None:
        """Say whether the sensor may make the head turn faster than the calibration says. A segment that ends
        by time may not: it would have its counted volume before its time is over, and then stand still."""
        self._may_hasten = allowed
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
        if q13 != self.correction_q13:
            self.correction_q13 = q13
            self._changed = True


def scaled_q13(value: int, factor_q13: int) -> int:
    """Return value * factor / 8192 for 0 <= value < 2^30 and 0 <= factor < 2^15, at most 2^30 - 1; allocates
    nothing."""
    high = (value >> 15) * factor_q13
    if high >= 0xFFFFFFF:
        return 0x3FFFFFFF
    return (high << 2) + ((value & 0x7FFF) * factor_q13 >> 13)
