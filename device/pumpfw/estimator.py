"""What the sensors say, 20 times a second: the flow, as it is read, filtered and integrated; the line's
pressure, and whether the line lets anything through (``occlusion.py``).
"""

import micropython
from micropython import const

from pumpfw.occlusion import is_closed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from pumpfw.config import Config
    from pumpfw.readings import Readings
    from pumpfw.sensors.slf3s import FlowSensor

    ptr32 = array[int]

_NOW_LO = const(0)
_MEASURED_LO = const(6)
_MEASURED_HI = const(7)
_MEASURED_NL_H = const(12)
_PRESSURE_PA = const(14)
_TEMPERATURE_MC = const(17)
_STATE = const(19)
_FLAGS = const(20)
_RUN_OPEN = const(57)
_MEASURED_PL = const(98)
_MEASURED_REST = const(99)
_SINCE_READ_NL = const(140)
_RAW_NL_H = const(143)
_IS_LINE_KNOWN = const(144)
_BAD_RUN = const(159)
_COUNT_NL_H = const(171)
_ZERO_NL_H = const(172)
_READ_AT_US = const(173)
_IS_CLOSED = const(175)
_PRESSURE_BAD_RUN = const(178)
_GOOD = const(179)
_FLOW_COUNT = const(202)

_MASK = const(0x3FFFFFFF)
_SENSOR_FLAGS = const(7)  # valid, air, high
_HIGH = const(4)
_PRESSURE_VALID = const(16)
_MOST_MS = const(1000)  # a reading stands for no longer than this
_MOST_NL_H = const(0x1FFFFFFF)  # leaves room for the zero, at most 2^28
_FORGOTTEN = const(4)  # bad readings in a row: the flow is not known any more
_TURNING_STATES = const(0x23A)  # bits by state
_TOP = const(0xFFFF)
_LARGEST_LIMIT_PA = 1_000_000
_STIFFER = 20  # a line is at most so many times stiffer than the board's number says


@micropython.viper
def take_flow(c: ptr32, flags: int, words: ptr32):  # type: ignore[no-untyped-def]  # viper has no None
    """Take a reading: ``flags`` are the record's for the sensor, 0 where there is none; ``words`` its count
    and temperature. In a run it adds to the measured volume for as long as it stood."""
    ms = ((c[_NOW_LO] - c[_READ_AT_US]) & _MASK) // 1000
    c[_READ_AT_US] = (c[_READ_AT_US] + ms * 1000 - _MASK - 1) & _MASK
    c[_FLAGS] = (c[_FLAGS] | _SENSOR_FLAGS) - _SENSOR_FLAGS + flags
    if flags == 0:
        c[_GOOD] = 0
        if c[_BAD_RUN] > _FORGOTTEN:
            c[_MEASURED_NL_H] = 0
        return
    count = words[0]
    if count >> 31 == 1:  # a 64-bit port loads words without their sign
        count = count << 32 >> 32
    c[_FLOW_COUNT] = count
    c[_TEMPERATURE_MC] = words[1]
    flow = count * c[_COUNT_NL_H]
    if flow > _MOST_NL_H:
        flow = _MOST_NL_H
    elif flow < 0 - _MOST_NL_H:
        flow = 0 - _MOST_NL_H
    zero = c[_ZERO_NL_H]
    if zero >> 31 == 1:
        zero = zero << 32 >> 32
    flow -= zero
    c[_RAW_NL_H] = flow
    filtered = c[_MEASURED_NL_H]
    if filtered >> 31 == 1:
        filtered = filtered << 32 >> 32
    if filtered == 0 and c[_GOOD] == 0:  # not known until now
        filtered = flow
    # Halves first: the difference of two flows may be twice as big as either.
    filtered += ((flow >> 1) - (filtered >> 1)) >> 2
    c[_MEASURED_NL_H] = filtered
    c[_GOOD] = 3 if flags & _HIGH else 1
    if c[_RUN_OPEN] == 0:
        return

    if ms > _MOST_MS:
        ms = _MOST_MS
    nl_s = flow // 3600
    rest = c[_MEASURED_REST] + (flow - nl_s * 3600) * ms
    pl = c[_MEASURED_PL] + nl_s * ms + rest // 3600
    c[_MEASURED_REST] = rest % 3600
    volume_nl = pl // 1000
    c[_MEASURED_PL] = pl - volume_nl * 1000
    lo = c[_MEASURED_LO]
    if volume_nl < 0:
        lo += volume_nl
        if lo < 0:
            c[_MEASURED_HI] = c[_MEASURED_HI] - 1
    else:
        lo = lo - _MASK - 1 + volume_nl
        if lo >= 0:
            c[_MEASURED_HI] = c[_MEASURED_HI] + 1
    c[_MEASURED_LO] = lo & _MASK


@micropython.viper
def take_pressure(c: ptr32, raw: int, scale: ptr32) -> int:
    """Take a reading of the converter, 0..65535: ``scale`` is ``sensors.pressure.scale()``. Return 1 while
    the head turns: then it may show a closed line."""
    if raw < scale[3] or raw >= _TOP:  # cut off or shorted
        c[_FLAGS] = (c[_FLAGS] | _PRESSURE_VALID) - _PRESSURE_VALID
        run = c[_PRESSURE_BAD_RUN]
        if run < _TOP:
            c[_PRESSURE_BAD_RUN] = run + 1
        return 0
    zero = scale[0]
    if zero >> 31 == 1:  # a 64-bit port loads words without their sign
        zero = zero << 32 >> 32
    span = scale[1]
    if span >> 31 == 1:
        span = span << 32 >> 32
    c[_PRESSURE_PA] = zero + (raw * span >> scale[2])
    c[_PRESSURE_BAD_RUN] = 0
    c[_FLAGS] = c[_FLAGS] | _PRESSURE_VALID
    if (_TURNING_STATES >> c[_STATE]) & 1:
        return 1
    c[_IS_LINE_KNOWN] = 0
    c[_IS_CLOSED] = 0
    c[_SINCE_READ_NL] = 0
    return 0


def prepare(readings: "Readings", config: "Config") -> None:
    """Put the board's numbers in their places."""
    readings.read_at_us = readings.now_lo
    readings.limit_64pa = min(config.max_pressure_pa, _LARGEST_LIMIT_PA) // 64
    readings.stiffest = max(8 * 1000 * _STIFFER // max(config.compliance_nl_per_kpa, 1), 1)


def flow_reader(cells: "array[int]", sensor: "FlowSensor | None") -> "Callable[[], None]":
    """Return what takes a flow reading. (The names of a closure are found faster than those of an object.)"""
    if sensor is None:
        return _nothing
    take, read, words = take_flow, sensor.read, sensor.words

    def read_flow() -> None:
        take(cells, read(), words)

    return read_flow


def pressure_reader(
    cells: "array[int]", raw: "Callable[[], int] | None", scale: "array[int]"
) -> "Callable[[], None]":
    """Return what takes a pressure reading and looks whether the line is closed."""
    if raw is None:
        return _nothing
    take, look = take_pressure, is_closed

    def read_pressure() -> None:
        if take(cells, raw(), scale):
            look(cells)

    return read_pressure


def _nothing() -> None:
    pass
