"""What is there at this moment, of what an alarm is raised for: one bit an alarm, 20 times a second.

Readings are counted where one alone proves nothing. What concerns the delivery begins only while the head
turns, and lasts until its cause is gone.
"""

import micropython
from micropython import const

from pumpfw.ledger import leaves_no_step
from pumpfw.sensor_health import is_faulty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_PRESSURE_PA = const(14)
_REMAINING_NL = const(15)
_STATE = const(19)
_FLAGS = const(20)
_ALARMS_PRESENT = const(23)
_STEP_PL = const(44)
_HOUR_NL = const(54)
_MAX_HOUR_NL = const(56)
_IS_FOLLOWED = const(68)
_EMPTY_NL = const(69)
_KEEP_OPEN_NL_H = const(97)
_LIMIT_64PA = const(151)
_LOW_NL = const(174)
_IS_CLOSED = const(175)
_OVER_READS = const(176)
_AIR_READS = const(177)
_PRESSURE_BAD_RUN = const(178)
_WRONG_SIGN = const(204)
_WAS_FAULTY = const(205)
_FOUND = const(206)
_HAS_SENSOR = const(207)
_LOOKS = const(208)

_OCCLUSION = const(1)  # bits by alarm code
_AIR = const(2)
_RESERVOIR_LOW = const(4)
_RESERVOIR_EMPTY = const(8)
_HOUR_LIMIT = const(4096)
_SENSOR_FAULT = const(128)
_PRESSURE_SENSOR_FAULT = const(32768)
_LOOKED_AT = const(0x908F)

_AIR_AND_VALID = const(3)
_TURNING = const(0x3A)  # states: running, keep-open, bolus, moving
_PROGRAM = const(0x1A)
_MANY_READS = const(2)  # above the limit, 0.1 s
_MANY_AIR = const(3)
_MANY_BAD = const(20)  # 1 s


@micropython.viper
def find(c: ptr32) -> int:
    """Look at the new readings, the reservoir and the hour. Return the bits of the alarms whose cause came
    or went; the place ``found`` has those whose cause is there."""
    c[_LOOKS] = c[_LOOKS] + 1
    present = c[_ALARMS_PRESENT]
    state = c[_STATE]
    found = 0
    if c[_HAS_SENSOR]:
        faulty = int(is_faulty(c, c[_WAS_FAULTY]))
        c[_WAS_FAULTY] = faulty
        if faulty or c[_WRONG_SIGN]:
            found = _SENSOR_FAULT
    if c[_IS_CLOSED]:
        found |= _OCCLUSION
    pressure = c[_PRESSURE_PA]
    if pressure >> 31 != 0:  # negative, on a port of any width
        pressure = 0
    reads = 0
    if pressure >> 6 > c[_LIMIT_64PA] and c[_PRESSURE_BAD_RUN] == 0:
        reads = c[_OVER_READS] + 1
        if reads >= _MANY_READS:
            reads = _MANY_READS
            found |= _OCCLUSION
    c[_OVER_READS] = reads
    if c[_PRESSURE_BAD_RUN] >= _MANY_BAD or (c[_PRESSURE_BAD_RUN] and present & _PRESSURE_SENSOR_FAULT):
        found |= _PRESSURE_SENSOR_FAULT
    reads = 0
    if c[_FLAGS] & _AIR_AND_VALID == _AIR_AND_VALID:
        reads = c[_AIR_READS] + 1
        if reads >= _MANY_AIR:
            reads = _MANY_AIR
            found |= _AIR
    c[_AIR_READS] = reads

    turns = (_TURNING >> state) & 1
    if c[_IS_FOLLOWED]:
        remaining = c[_REMAINING_NL]
        if (turns or present & _RESERVOIR_LOW) and remaining <= c[_LOW_NL]:
            found |= _RESERVOIR_LOW
        if turns or present & _RESERVOIR_EMPTY:
            left = remaining - c[_EMPTY_NL]
            if left <= (c[_STEP_PL] >> 6) + 1 and int(leaves_no_step(c, left)):
                found |= _RESERVOIR_EMPTY
    if present & _HOUR_LIMIT or (_PROGRAM >> state) & 1:
        # room for an hour at the keep-open rate, which is what the alarm goes on with
        room = c[_KEEP_OPEN_NL_H] + c[_STEP_PL] // 1000 + 1
        if present & _HOUR_LIMIT:  # and some more, so that it does not come and go
            room += c[_MAX_HOUR_NL] // 20
        if c[_MAX_HOUR_NL] - c[_HOUR_NL] <= room:
            found |= _HOUR_LIMIT
    c[_FOUND] = found
    return (found ^ present) & _LOOKED_AT
