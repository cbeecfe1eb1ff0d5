"""What the sensors say: the flow, as it is read, filtered and integrated; the line's pressure, and whether the
line lets anything through (``occlusion.py``)."""

import micropython
from micropython import const

from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.ledger import measure
from pumpfw.occlusion import is_closed
from pumpfw.readings import Readings
from pumpfw.sensors.pressure import PressureSensor
from pumpfw.sensors.slf3s import FlowSensor
from pumplink.states import FLAG_PRESSURE_VALID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_NOW_LO = const(0)
_MEASURED_NL_H = const(12)
_TEMPERATURE_MC = const(17)
_FLAGS = const(20)
_RAW_NL_H = const(143)
_BAD_RUN = const(159)
_COUNT_NL_H = const(171)
_ZERO_NL_H = const(172)
_READ_AT_US = const(173)
_GOOD = const(179)

_MASK = const(0x3FFFFFFF)
_SENSOR_FLAGS = const(7)  # valid, air, high
_MOST_MS = const(1000)  # a reading stands for no longer than this
_MOST_NL_H = const(0x1FFFFFFF)  # leaves room for the zero, at most 2^28
_FORGOTTEN = const(4)  # bad readings in a row: the flow is not known any more
_TURNING_STATES = 0x23A  # bits by state
_LARGEST_LIMIT_PA = 1_000_000
_STIFFER = 20  # a line is at most so many times stiffer than the board's number says


@micropython.viper
def take_flow(c: ptr32, flags: int, count: int, temperature_mc: int) -> int:
    """Take a reading: ``flags`` are the record's for the sensor, 0 where there is none. Return for how many ms
    ``raw_nl_h`` stands."""
    now = c[_NOW_LO]
    ms = ((now - c[_READ_AT_US]) & _MASK) // 1000
    c[_READ_AT_US] = (c[_READ_AT_US] + ms * 1000 - _MASK - 1) & _MASK
    c[_FLAGS] = (c[_FLAGS] | _SENSOR_FLAGS) - _SENSOR_FLAGS + flags
    if flags == 0:
        c[_GOOD] = 0
        if c[_BAD_RUN] > _FORGOTTEN:
            c[_MEASURED_NL_H] = 0
        return 0
    flow = count * c[_COUNT_NL_H]
    if flow > _MOST_NL_H:
        flow = _MOST_NL_H
    elif flow < 0 - _MOST_NL_H:
        flow = 0 - _MOST_NL_H
    zero = c[_ZERO_NL_H]
    if zero >> 31 == 1:  # a 64-bit port loads words without their sign
        zero = zero << 32 >> 32
    flow -= zero
    c[_RAW_NL_H] = flow
    measured = c[_MEASURED_NL_H]
    if measured >> 31 == 1:
        measured = measured << 32 >> 32
    if measured == 0 and c[_GOOD] == 0:  # not known until now
        measured = flow
    # Halves first: the difference of two flows may be twice as big as either.
    measured += ((flow >> 1) - (measured >> 1)) >> 2
    c[_MEASURED_NL_H] = measured
    c[_TEMPERATURE_MC] = temperature_mc
    c[_GOOD] = 3 if flags & 4 else 1
    if ms > _MOST_MS:
        ms = _MOST_MS
    return ms


class Estimator:
    """Reads each sensor 20 times a second; every number stays small."""

    def __init__(
        self,
        config: Config,
        calibration: Calibration,
        cells: "array[int]",
        readings: Readings,
        flow_sensor: "FlowSensor | None",
        pressure_sensor: "PressureSensor | None",
    ) -> None:
        self._calibration = calibration
        self._cells = cells
        self._readings = readings
        self._measure = measure
        self._take_flow = take_flow
        self._is_closed = is_closed
        self.flow_sensor = flow_sensor
        self.pressure_sensor = pressure_sensor
        readings.read_at_us = readings.now_lo
        readings.limit_64pa = min(config.max_pressure_pa, _LARGEST_LIMIT_PA) // 64
        readings.stiffest = max(8 * 1000 * _STIFFER // max(config.compliance_nl_per_kpa, 1), 1)
        self.calibrated()

    def calibrated(self) -> None:
        """Take gain and zero from the calibration in use."""
        self._readings.count_nl_h = self._calibration.count_nl_h
        self._readings.zero_nl_h = self._calibration.zero_nl_h

    def read_flow(self) -> None:
        """Take a flow reading; in a run it adds to the measured volume."""
        sensor = self.flow_sensor
        if sensor is None:
            return
        flags = sensor.read()
        cells = self._cells
        words = sensor.words
        ms = self._take_flow(cells, flags, words[0], words[1])
        if ms and self._readings.run_open:
            self._measure(cells, self._readings.raw_nl_h, ms)

    def read_pressure(self) -> None:
        """Take a pressure reading; while the head turns, look whether the line is closed."""
        sensor = self.pressure_sensor
        if sensor is None:
            return
        readings = self._readings
        if not sensor.read():
            readings.flags &= ~FLAG_PRESSURE_VALID
            readings.pressure_bad_run = sensor.bad_reads
            return
        pressure = sensor.pressure_pa
        readings.flags |= FLAG_PRESSURE_VALID
        readings.pressure_pa = pressure
        readings.pressure_bad_run = 0
        if _TURNING_STATES >> readings.state & 1:
            readings.is_closed = self._is_closed(self._cells, pressure)
        else:
            readings.is_line_known = readings.is_closed = readings.since_read_nl = 0
