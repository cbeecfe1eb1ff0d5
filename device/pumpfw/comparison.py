"""Measured against counted volume, over windows of whole revolutions, so that no bite of a roller looks like
an error: over- and under-infusion, a leak, a sensor with the wrong sign, a ledger that disagrees.

* Over and under: measured against the volume that the law counts as delivered, twice in a row.
* Leak: the share that the sensor sees of what the steps and the written calibration say fell, and stays low.
  A tube ages slowly; a leak comes at once. A CUSUM over windows adds up what lacks beyond 4 % of the usual
  share; 10 % are a leak. Where flow, temperature or pressure changed, what is usual is found anew.
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
from pumplink.alarms import LEAK, LEDGER_DISAGREES, OVER_INFUSION, SENSOR_FAULT, UNDER_INFUSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_COUNTED_LO = const(4)
_MEASURED_LO = const(6)
_SET_NL_H = const(10)
_PRESSURE_PA = const(14)
_STATE = const(19)
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
_WINDOW_SECONDS = const(209)
_WINDOW_COUNTED = const(210)
_WINDOW_MEASURED = const(211)
_WINDOW_STEPS = const(212)
_WINDOW_STORED_PA = const(213)
_WINDOW_BACKWARD_S = const(214)
_BACKWARD_S = const(166)  # seconds of the window in which the flow was clearly backward

_HALF_FLOW_ZERO = const(0x8000000)
_MASK = const(0x3FFFFFFF)
_HALF_MASK = const(0x1FFFFFFF)
_PROGRAM_STATES = const(0x1A)  # bits by state
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
    """Be told of each second. Return 1 when the window is over."""
    seconds = c[_WINDOW_S]
    if (_PROGRAM_STATES >> c[_STATE]) & 1 == 0:
        c[_WINDOW_S] = 0
        return 0
    if seconds == 0 or c[_FLAGS] & _SENSOR != _VALID:
        c[_WINDOW_S] = 1
        c[_FROM_STEPS] = c[_HARDWARE_STEPS]
        c[_FROM_COUNTED] = c[_COUNTED_LO]
        c[_FROM_MEASURED] = c[_MEASURED_LO]
        c[_FROM_PA] = c[_PRESSURE_PA]
        c[_BACKWARD_S] = 0
        return 0
    c[_WINDOW_S] = seconds + 1
    # In halves: the sum may be more than a small integer.
    if (c[_SLOW_NL_H] >> 1) + (c[_ROOM_NL_H] >> 1) + (c[_SET_NL_H] >> 2) < _HALF_FLOW_ZERO:
        c[_BACKWARD_S] = c[_BACKWARD_S] + 1
    if seconds < _LEAST_S:
        return 0
    steps = (c[_HARDWARE_STEPS] - c[_FROM_STEPS]) & _MASK
    if seconds < _LONGEST_S and steps < c[_STEPS_PER_REV] * _REVOLUTIONS:
        return 0
    c[_WINDOW_S] = 0
    c[_WINDOW_SECONDS] = seconds
    c[_WINDOW_BACKWARD_S] = c[_BACKWARD_S]
    c[_WINDOW_STEPS] = steps
    c[_WINDOW_COUNTED] = (c[_COUNTED_LO] - c[_FROM_COUNTED]) & _MASK
    measured = (c[_MEASURED_LO] - c[_FROM_MEASURED]) & _MASK
    if measured > _HALF_MASK:
        measured = measured - _MASK - 1
    c[_WINDOW_MEASURED] = measured
    stored_pa = c[_PRESSURE_PA]
    if stored_pa >> 31 == 1:  # a 64-bit port loads words without their sign
        stored_pa = stored_pa << 32 >> 32
    from_pa = c[_FROM_PA]
    if from_pa >> 31 == 1:
        from_pa = from_pa << 32 >> 32
    stored_pa -= from_pa
    if stored_pa < 0:
        stored_pa = 0 - stored_pa
    c[_WINDOW_STORED_PA] = stored_pa
    return 1


class Comparison:
    """``begin`` with a run, ``second`` once a second."""

    def __init__(
        self,
        config: Config,
        calibration: Calibration,
        alarms: Alarms,
        readings: Readings,
        cells: "array[int]",
    ) -> None:
        self._stored_nl_per_kpa = config.compliance_nl_per_kpa * _ROOMY
        self._calibration = calibration
        self._alarms = alarms
        self._readings = readings
        self._cells = cells
        self.begin()

    def begin(self) -> None:
        """Begin to compare anew."""
        self._readings.window_s = self._readings.wrong_sign = 0
        self._flow_nl_h = self._temperature_mc = self._line_pa = 0  # that the usual share is for
        self._due = 0  # what is left to be judged of the last window
        self._overs = self._unders = self._negatives = 0
        self._long_s = self._long_measured_nl = self._long_steps_nl = 0
        self._forget_usual()

    def second(self) -> None:
        """Be told of each second. What a window showed is judged in the seconds after, a part in each."""
        if is_over(self._cells):
            self._due = 4
            return
        due = self._due
        if due:
            self._due = due - 1
            if due == 4:
                self._look_at_sign()
            elif due == 3:
                self._judge()
            elif due == 2:
                self._look_for_leak()
            else:
                self._look_long()

    def _look_at_sign(self) -> None:
        """Is the window to be judged at all?"""
        readings = self._readings
        counted_nl = readings.window_counted
        measured_nl = readings.window_measured
        stored_nl = muldiv(readings.window_stored_pa, self._stored_nl_per_kpa, 1000)
        if not 0 < counted_nl <= _MASK >> 1 or stored_nl > counted_nl // 100 * _STORED_SHARE:
            self._due = 0
            return
        # As much backward as the head turns forward: it is not the flow that is less, the sign is wrong.
        as_much = measured_nl > -counted_nl - (counted_nl >> 1)
        backward = measured_nl < -self._zero_nl(readings.window_seconds)
        if as_much and (backward or readings.window_backward_s * 3 > readings.window_seconds):
            self._due = 0
            self._negatives += 1
            if self._negatives >= _IN_A_ROW:
                readings.wrong_sign = 1
        else:
            self._negatives = readings.wrong_sign = 0
            if readings.alarms_present >> SENSOR_FAULT & 1:  # nothing is judged by a sensor that is faulty
                self._due = 0

    def _steps_nl(self) -> int:
        """The window's steps by the calibration as it was written, which follows no sensor."""
        readings = self._readings
        return muldiv(readings.window_steps, readings.written_stroke_pl // 1000, readings.steps_per_rev)

    def _zero_nl(self, seconds: int) -> int:
        return muldiv(self._readings.zero_room_nl_h, seconds, 3600)

    def _judge(self) -> None:
        percent = _CALIBRATED_TOLERANCE if self._calibration.valid else _TOLERANCE
        readings = self._readings
        counted_nl = readings.window_counted
        room = counted_nl // 100 * percent + self._zero_nl(readings.window_seconds)
        off = readings.window_measured - counted_nl
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

    def _look_for_leak(self) -> None:
        readings = self._readings
        steps_nl = self._steps_nl()
        measured_nl = readings.window_measured
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

    def _look_long(self) -> None:
        readings = self._readings
        self._long_s += readings.window_seconds
        self._long_steps_nl += self._steps_nl()
        self._long_measured_nl += readings.window_measured
        if self._long_s < _LEDGER_S and self._long_steps_nl <= 0xFFFFFFF:
            return
        percent = _CALIBRATED_LEDGER if self._calibration.valid else _LEDGER
        off = self._long_measured_nl - self._long_steps_nl
        room = self._long_steps_nl // 100 * percent + self._zero_nl(self._long_s)
        self._alarms.set(LEDGER_DISAGREES, off > room or off < -room, off)
        self._long_s = self._long_measured_nl = self._long_steps_nl = 0
