"""Occlusion: found from pressure and flow together, long before the pressure's limit.

In an open line pressure follows flow, whatever the line: p = p_end + R q. A closed line takes up all that
the head delivers: the pressure rises by volume / compliance while no flow passes the sensor. So the pressure
is held against what it was when flow was last seen for certain, and the rise since then is too much when

    rise >= limit * (flow that may pass) / (set flow)        at least 3 kPa

that is when, at the set flow, this line would end above the limit. Where the sensor cannot tell whether
anything passes (its zero's error is as big as the flow, or it is faulty) 10 kPa are enough. A rise that comes
with less volume than the stiffest line would take up, or with liquid coming back through the sensor, was not
made by the head: the outlet's pressure has changed.

Pressures here are in 1/8 Pa above -2 MPa, flows in nL/h above -2^28 nL/h, so that none is negative.
"""

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_SET_NL_H = const(10)
_PRESSURE_PA = const(14)
_STATE = const(19)
_FLAGS = const(20)
_ALARMS_PRESENT = const(23)
_SINCE_READ_NL = const(140)
_RISEN_NL = const(141)
_CALM_PA = const(142)
_RAW_NL_H = const(143)
_IS_LINE_KNOWN = const(144)
_LINE = const(145)
_OPEN_LINE = const(146)
_CALM_LINE = const(147)
_FOLLOW_NL = const(148)
_SLOW_NL_H = const(149)
_ROOM_NL_H = const(150)
_LIMIT_64PA = const(151)
_STIFFEST = const(152)
_IS_CLOSED = const(175)

_RELIEVING = const(9)
_SENSOR = const(3)  # flags: valid, air
_VALID = const(1)
_FAULTY = const(128)  # the alarm sensor-fault
_ZERO = const(0x1000000)
_MOST = const(0x100000)  # Pa
_FLOW_ZERO = const(0x10000000)
_LEAST_RISE = const(24_000)
_BLIND_RISE = const(80_000)
_NOISE = const(8_000)  # a rise by less is not yet one
_MANY_NL = const(0x10000000)
_FOLLOW_EVERY_NL = const(4096)  # the calm creeps up for so much volume


@micropython.viper
def is_closed(c: ptr32):  # type: ignore[no-untyped-def]  # viper has no None
    """Take the new pressure reading while the head turns, 20 times a second: the place ``is_closed`` is 1
    while the line is closed."""
    c[_IS_CLOSED] = 0
    pressure_pa = c[_PRESSURE_PA]
    if pressure_pa >> 31 == 1:  # a 64-bit port loads words without their sign
        pressure_pa = pressure_pa << 32 >> 32
    if pressure_pa > _MOST:
        pressure_pa = _MOST
    elif pressure_pa < 0 - _MOST:
        pressure_pa = 0 - _MOST
    pressure = (pressure_pa << 3) + _ZERO
    flow = c[_RAW_NL_H]
    if flow >> 31 == 1:
        flow = flow << 32 >> 32
    if flow >= _FLOW_ZERO:
        flow = _FLOW_ZERO - 1
    elif flow < 0 - _FLOW_ZERO:
        flow = 0 - _FLOW_ZERO
    flow += _FLOW_ZERO
    volume = c[_SINCE_READ_NL]
    c[_SINCE_READ_NL] = 0
    if c[_IS_LINE_KNOWN] == 0:  # the head has just begun to turn
        c[_IS_LINE_KNOWN] = 1
        c[_LINE] = pressure
        c[_OPEN_LINE] = pressure
        c[_CALM_LINE] = pressure
        c[_SLOW_NL_H] = flow
        c[_RISEN_NL] = 0
        c[_FOLLOW_NL] = 0
        c[_CALM_PA] = pressure_pa
        return
    line = c[_LINE]
    if c[_STATE] == _RELIEVING:
        c[_LINE] = line + ((pressure - line) >> 1)
        return
    line += (pressure - line) >> 3
    c[_LINE] = line
    slow = c[_SLOW_NL_H]
    slow += (flow - slow) >> 3
    c[_SLOW_NL_H] = slow

    set_nl_h = c[_SET_NL_H]
    rise = line - c[_OPEN_LINE]
    needed = _BLIND_RISE
    if rise >= 0 and set_nl_h > 0 and c[_FLAGS] & _SENSOR == _VALID and c[_ALARMS_PRESENT] & _FAULTY == 0:
        room = c[_ROOM_NL_H]
        passes = slow - _FLOW_ZERO
        if passes - room >= set_nl_h >> 1 or passes + room < 0 - (set_nl_h >> 3):
            rise = -1  # it flows
        else:
            most = passes + room
            limit = c[_LIMIT_64PA]
            if most <= 0:
                bound = 0
            elif most >= set_nl_h:
                bound = limit << 9
            else:
                whole = set_nl_h
                while whole > 0x3FFF:
                    whole >>= 1
                    most >>= 1
                bound = limit * most // whole << 9
            if bound < needed or passes - room > set_nl_h >> 4:
                needed = bound
            if needed < _LEAST_RISE:
                needed = _LEAST_RISE
    is_open = 0
    if rise < 0 or set_nl_h <= 0:
        c[_OPEN_LINE] = line
        is_open = 1
    calm = c[_CALM_LINE]
    if line < calm:
        calm = line
    else:
        follow = c[_FOLLOW_NL] + volume
        if follow >= _FOLLOW_EVERY_NL:
            follow = 0
            if is_open:
                calm += (line - calm) >> 4  # within 65 uL
            else:
                calm += (line - calm) >> 10  # within 4 mL: slower than any occlusion
        c[_FOLLOW_NL] = follow
    c[_CALM_LINE] = calm
    c[_CALM_PA] = (calm - _ZERO) >> 3
    if is_open or rise <= _NOISE:
        c[_RISEN_NL] = 0
        return
    risen = c[_RISEN_NL] + volume
    if risen > _MANY_NL:
        risen = _MANY_NL
    c[_RISEN_NL] = risen
    if rise >= needed and risen >= (rise - _NOISE) // c[_STIFFEST]:
        c[_IS_CLOSED] = 1
