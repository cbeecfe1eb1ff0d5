"""Measured against counted volume, over windows of whole revolutions, so that no bite of a roller looks like an
error: over- and under-infusion, a leak, a sensor with the wrong sign, a ledger that disagrees.

* Over and under: measured against the volume that the law counts as delivered, twice in a row.
* Leak: the share that the sensor sees of what the steps and the written calibration say fell, and stays low. A
  tube ages slowly; a leak comes at once. A CUSUM over windows adds up what lacks beyond 4 % of the usual share;
  10 % are a leak. Where flow, temperature or pressure changed, what is usual is found anew.
* Ledger: measured against steps and written calibration, over an hour.

There is room for what the sensor's zero may be off by: at flows that it cannot see, it accuses nobody. What
the line stores is no error either: a window in which the pressure moved does not count.
"""

import micropython
from micropython import const

from pumpfw.alarms import Alarms
from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.fixed import clamp, muldiv
from pumpfw.readings import Readings
from pumplink.alarms import LEAK, LEDGER_DISAGREES, OVER_INFUSION, UNDER_INFUSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_COUNTED_LO = const(4)
_MEASURED_LO = const(6)
_SET_NL_H = const(10)
_PRESSURE_PA = const(14)
_FLAGS = const(20)
_STEPS_PER_REV = const(36)
_HARDWARE_STEPS = const(37)
_SLOW_NL_H = const(149)  # above -2^28
_ROOM_NL_H = const(150)
_WINDOW_S = const(161)
_FROM_STEPS = const(162)
_FROM_COUNTED = const(163)
_FROM_MEASURED = const(164)
_FROM_PA = const(165)
_BACKWARD_S = const(166)  # seconds of the window in which the flow was clearly backward

_FLOW_ZERO = const(0x10000000)
_MASK = const(0x3FFFFFFF)
_SENSOR = const(7)  # flags: valid, air, high
_VALID = const(1)
_LEAST_S = const(60)
_LONGEST_S = const(3600)
_REVOLUTIONS = const(2)

# Percent of the counted volume: a tube set may be 25 % off, a sensor 5 % and more.
_TOLERANCE, _CALIBRATED_TOLERANCE = 40, 20
_LEDGER, _CALIBRATED_LEDGER = 40, 15
_LEDGER_S = 3600
_IN_A_ROW = 2
_STORED_SHARE = 8  # percent of the counted volume that the line may have stored
_ROOMY = 10  # how much more compliant than the board's number a line may be
# The leak's CUSUM, in thousandths.
_SLACK = 40
_LEAKING = 100
_AT_ONCE = 60  # the most that a window adds: two at least make a leak
_USUAL_WINDOWS = 3  # in a row ...
_SETTLED = 20  # ... that agree
_SAME_FLOW = 100  # the usual share holds for flows within 1/100
_SAME_MC = 3000
_SAME_PA = 4000


@micropython.viper
def is_over(c: ptr32) -> int:
    """Be told of each second of a program. Return 1 when the window is over."""
    seconds = c[_WINDOW_S]
    if seconds == 0 or c[_FLAGS] & _SENSOR != _VALID:
        c[_WINDOW_S] = 1
        c[_FROM_STEPS] = c[_HARDWARE_STEPS]
        c[_FROM_COUNTED] = c[_COUNTED_LO]
        c[_FROM_MEASURED] = c[_MEASURED_LO]
        c[_FROM_PA] = c[_PRESSURE_PA]
        c[_BACKWARD_S] = 0
        return 0
    c[_WINDOW_S] = seconds + 1
    if c[_SLOW_NL_H] + c[_ROOM_NL_H] + (c[_SET_NL_H] >> 1) < _FLOW_ZERO:
        c[_BACKWARD_S] = c[_BACKWARD_S] + 1
    if seconds < _LEAST_S:
        return 0
    if seconds >= _LONGEST_S:
        return 1
    if (c[_HARDWARE_STEPS] - c[_FROM_STEPS]) & _MASK < c[_STEPS_PER_REV] * _REVOLUTIONS:
        return 0
    return 1


class Comparison:
    """``begin`` with a run, ``second`` while a program runs; ``has_wrong_sign`` is what it found."""

    def __init__(
        self,
        config: Config,
        calibration: Calibration,
        alarms: Alarms,
        readings: Readings,
        cells: "array[int]",
    ) -> None:
        self._config = config
        self._calibration = calibration
        self._alarms = alarms
        self._readings = readings
        self._cells = cells
        self.begin()

    def begin(self) -> None:
        """Begin to compare anew."""
        self._readings.window_s = 0
        self.has_wrong_sign = False
        self._overs = self._unders = self._negatives = 0
        self._long_s = self._long_measured_nl = self._long_steps_nl = 0
        self._forget_usual()

    def second(self, zero_room_nl_h: int) -> None:
        """Be told of each second of a program; ``zero_room_nl_h`` is what the sensor's zero may be off by."""
        if is_over(self._cells) == 0:
            return
        readings = self._readings
        seconds = readings.window_s - 1
        backward_s = readings.backward_s
        steps = readings.hardware_steps - readings.from_steps & _MASK
        counted_nl = readings.counted_lo - readings.from_counted & _MASK
        measured_nl = readings.measured_lo - readings.from_measured & _MASK
        if measured_nl > _MASK >> 1:
            measured_nl -= _MASK + 1
        stored_pa = abs(readings.pressure_pa - readings.from_pa)
        readings.window_s = 0
        is_over(self._cells)
        steps_nl = muldiv(steps, readings.written_stroke_pl // 1000, readings.steps_per_rev)
        most_stored_nl = muldiv(stored_pa, self._config.compliance_nl_per_kpa * _ROOMY, 1000)
        if counted_nl > _MASK >> 1 or most_stored_nl > counted_nl * _STORED_SHARE // 100:
            return
        # As much backward as the head turns forward: it is not the flow that is less, the sign is wrong.
        backward = backward_s * 3 > seconds and measured_nl > -counted_nl - (counted_nl >> 1)
        self._negatives = self._negatives + 1 if backward else 0
        self.has_wrong_sign = self._negatives >= _IN_A_ROW or (self.has_wrong_sign and backward)
        if backward:
            return
        self._judge(counted_nl, measured_nl, muldiv(zero_room_nl_h, seconds, 3600))
        if steps_nl > 0:
            self._look_for_leak(steps_nl, measured_nl)
            self._look_long(steps_nl, measured_nl, seconds, zero_room_nl_h)

    def _judge(self, counted_nl: int, measured_nl: int, zero_nl: int) -> None:
        percent = _CALIBRATED_TOLERANCE if self._calibration.valid else _TOLERANCE
        room = counted_nl // 100 * percent + zero_nl
        off = measured_nl - counted_nl
        over = off > room
        under = off < -room
        self._overs = self._overs + 1 if over else 0
        self._unders = self._unders + 1 if under else 0
        if self._overs >= _IN_A_ROW or not over:
            self._alarms.set(OVER_INFUSION, over, off)
        if self._unders >= _IN_A_ROW or not under:
            self._alarms.set(UNDER_INFUSION, under, off)

    def _forget_usual(self) -> None:
        self._usual = 0  # thousandths of the steps' volume that the sensor saw, times 8
        self._windows = 0
        self._lacking = 0

    def _look_for_leak(self, steps_nl: int, measured_nl: int) -> None:
        readings = self._readings
        flow = readings.set_nl_h
        if self._windows and (
            abs(flow - self._flow_nl_h) > self._flow_nl_h // _SAME_FLOW
            or abs(readings.temperature_mc - self._temperature_mc) > _SAME_MC
            or abs(readings.pressure_pa - self._line_pa) > _SAME_PA
        ):
            self._forget_usual()
        while steps_nl > 0xFFFF:
            steps_nl >>= 1
            measured_nl >>= 1
        share = clamp(measured_nl, -0xFFFFF, 0xFFFFF) * 1000 // max(steps_nl, 1000)
        if self._windows < _USUAL_WINDOWS:
            if self._windows == 0 or abs(self._usual // 8 - share) > _SETTLED:
                self._windows = 0
                self._usual = share * 8
                self._flow_nl_h = flow
                self._temperature_mc = readings.temperature_mc
                self._line_pa = readings.pressure_pa
            self._windows += 1
            self._usual += (share * 8 - self._usual) // self._windows
            return
        lacks = self._usual // 8 - share
        self._lacking = clamp(self._lacking + min(lacks - _SLACK, _AT_ONCE), 0, 2 * _LEAKING)
        leaks = self._lacking >= _LEAKING
        if not leaks and self._lacking == 0:
            self._usual += share - self._usual // 8
        self._alarms.set(LEAK, leaks, lacks)

    def _look_long(self, steps_nl: int, measured_nl: int, seconds: int, zero_room_nl_h: int) -> None:
        self._long_s += seconds
        self._long_steps_nl += steps_nl
        self._long_measured_nl += measured_nl
        if self._long_s < _LEDGER_S and self._long_steps_nl <= 0xFFFFFFF:
            return
        percent = _CALIBRATED_LEDGER if self._calibration.valid else _LEDGER
        off = self._long_measured_nl - self._long_steps_nl
        room = self._long_steps_nl // 100 * percent + muldiv(zero_room_nl_h, self._long_s, 3600)
        self._alarms.set(LEDGER_DISAGREES, off > room or off < -room, off)
        self._long_s = self._long_measured_nl = self._long_steps_nl = 0
