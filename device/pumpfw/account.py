"""The account: the steps that the hardware made, into every volume that they belong to, and how far they are
behind the set flow. Once a tick.

Steps through the calibration are the counted volume, exactly: remainders are carried, never dropped. The
rotor's map first makes mean microsteps of them, as many in a revolution as there are microsteps. Steps
that were run back after an occlusion (the one time that the head turns backward) are taken out again of what
they had been counted for.
"""

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_COUNTED_LO = const(4)
_COUNTED_HI = const(5)
_STEPS_LO = const(8)
_STEPS_HI = const(9)
_SET_NL_H = const(10)
_ROTOR_MDEG = const(13)
_REMAINING_NL = const(15)
_STATE = const(19)
_RESERVOIR = const(22)
_STEPS_PER_REV = const(36)
_HARDWARE_STEPS = const(37)
_ROTOR_STEPS = const(38)
_BACKWARD = const(39)
_PERMITTED = const(40)
_MDEG_WHOLE = const(41)
_MDEG_Q13 = const(42)
_STEP_PL = const(44)
_STEP_REST = const(45)
_FRACTION_PL = const(46)
_FRACTION_STEPS = const(47)
_AUTHORISED_NL = const(48)
_JOURNAL_BELOW_NL = const(49)
_JOURNAL_DUE = const(50)
_HOUR_NL = const(54)
_MINUTE_NL = const(55)
_RUN_OPEN = const(57)
_RELIEVES_RUN = const(59)
_TASK_LEFT_NL = const(60)
_REMAINING_0 = const(64)
_IS_FOLLOWED = const(68)
_LEFT_NL = const(72)
_REST_LO = const(88)
_REST_HI = const(89)
_BALANCE_PL = const(90)
_MAP_VALID = const(115)
_MAP_SHIFT = const(116)
_PASSED = const(118)
_PASSED_REST = const(119)
_SINCE_READ_NL = const(140)
_BEHIND_NL = const(215)
_BEHIND_REST = const(216)
_HALF_A_TICK = const(217)

_MASK = const(0x3FFFFFFF)
_KNOTS = const(180)
_PROGRAM_STATES = const(0x1A)  # running, keep-open, bolus: bits by state
_BOLUS = const(4)
_BEHIND_LIMIT_PL = const(500_000_000)  # more than half a millilitre ahead is not waited for


@micropython.viper
def account(c: ptr32, passed: ptr32, hardware_steps: int):  # type: ignore[no-untyped-def]  # viper has no None
    """Account for the steps since the last time; ``hardware_steps`` is the hardware's count, modulo 2^30,
    ``passed`` the rotor map's."""
    # half of what the set flow gave falls due (``progress.py``)
    due = c[_SET_NL_H]
    if due:
        if due >> 31 != 0:  # a relief turns back; and a 64-bit port loads words without their sign
            due = (0 - due) & _MASK
        due += c[_BEHIND_REST]
        part = c[_HALF_A_TICK]
        if due >= part:
            whole = due // part
            c[_BEHIND_NL] = c[_BEHIND_NL] + whole
            due -= whole * part
        c[_BEHIND_REST] = due

    made = (hardware_steps - c[_HARDWARE_STEPS]) & _MASK
    if made == 0:
        return
    c[_HARDWARE_STEPS] = hardware_steps
    left = c[_PERMITTED] - made
    if left < 0:  # made before the driver was cut, which takes every permit away
        left = 0
    c[_PERMITTED] = left
    back = c[_BACKWARD]
    steps = 0 - made if back else made

    # the rotor, and the steps since boot
    per_rev = c[_STEPS_PER_REV]
    rotor = (c[_ROTOR_STEPS] + steps) % per_rev
    c[_ROTOR_STEPS] = rotor
    c[_ROTOR_MDEG] = rotor * c[_MDEG_WHOLE] + (rotor * c[_MDEG_Q13] >> 13)
    lo = c[_STEPS_LO]
    if back:
        lo -= made
        if lo < 0:
            c[_STEPS_HI] = c[_STEPS_HI] - 1
    else:
        lo = lo - _MASK - 1 + made
        if lo >= 0:
            c[_STEPS_HI] = c[_STEPS_HI] + 1
    c[_STEPS_LO] = lo & _MASK

    # mean microsteps, through the map
    if c[_MAP_VALID]:
        at = rotor * _KNOTS
        knot = at // per_rev
        here = passed[knot]
        here += (passed[knot + 1] - here) * (at - knot * per_rev) // per_rev
        gone = here - c[_PASSED]
        c[_PASSED] = here
        whole = passed[_KNOTS]
        if back:
            if gone > 0:
                gone -= whole
            gone -= made // per_rev * whole
        else:
            if gone < 0:
                gone += whole
            gone += made // per_rev * whole
        gone += c[_PASSED_REST]
        steps = gone >> c[_MAP_SHIFT]
        c[_PASSED_REST] = gone - (steps << c[_MAP_SHIFT])

    # their volume
    rest = c[_FRACTION_STEPS] + steps * c[_STEP_REST]
    pl = c[_FRACTION_PL] + steps * c[_STEP_PL] + rest // per_rev
    c[_FRACTION_STEPS] = rest % per_rev
    volume_nl = pl // 1000
    c[_FRACTION_PL] = pl - volume_nl * 1000

    c[_BEHIND_NL] = c[_BEHIND_NL] + volume_nl if back else c[_BEHIND_NL] - volume_nl

    # the reservoir in use
    if c[_IS_FOLLOWED]:
        at = _REMAINING_0 + c[_RESERVOIR]
        left = c[at] - volume_nl
        if left < 0:
            left = 0
        elif left > _MASK:
            left = _MASK
        c[at] = left
        c[_REMAINING_NL] = left

    # whose it is
    state = c[_STATE]
    if back:
        c[_TASK_LEFT_NL] = c[_TASK_LEFT_NL] + volume_nl
        of_run = c[_RELIEVES_RUN]
        of_program = of_run & c[_RUN_OPEN]
    else:
        left = c[_AUTHORISED_NL]
        if left >> 31 == 1:  # a 64-bit port loads words without their sign
            left = left << 32 >> 32
        left -= volume_nl
        c[_AUTHORISED_NL] = left
        if left < c[_JOURNAL_BELOW_NL]:
            c[_JOURNAL_DUE] = 1
        c[_SINCE_READ_NL] = c[_SINCE_READ_NL] + volume_nl
        of_run = (_PROGRAM_STATES >> state) & 1
        of_program = of_run
        if state == _BOLUS:
            of_program = 0
        if of_run:
            c[_HOUR_NL] = c[_HOUR_NL] + volume_nl
            c[_MINUTE_NL] = c[_MINUTE_NL] + volume_nl
        if not of_program:
            c[_TASK_LEFT_NL] = c[_TASK_LEFT_NL] - volume_nl

    if of_run:
        lo = c[_COUNTED_LO]
        if back:
            lo += volume_nl
            if lo < 0:
                if c[_COUNTED_HI]:
                    c[_COUNTED_HI] = c[_COUNTED_HI] - 1
                else:  # run back further than the run came: nothing is owed
                    lo = 0
        else:
            lo = lo - _MASK - 1 + volume_nl
            if lo >= 0:
                c[_COUNTED_HI] = c[_COUNTED_HI] + 1
        c[_COUNTED_LO] = lo & _MASK

    if of_program:
        balance = c[_BALANCE_PL]
        if balance >> 31 == 1:  # a 64-bit port loads words without their sign
            balance = balance << 32 >> 32
        balance -= volume_nl * 1000
        c[_BALANCE_PL] = balance if balance > 0 - _BEHIND_LIMIT_PL else 0 - _BEHIND_LIMIT_PL
        c[_LEFT_NL] = c[_LEFT_NL] - volume_nl
        lo = c[_REST_LO]
        if back:
            lo = lo - _MASK - 1 - volume_nl
            if lo >= 0:
                c[_REST_HI] = c[_REST_HI] + 1
        else:
            lo -= volume_nl
            if lo < 0:
                c[_REST_HI] = c[_REST_HI] - 1
        c[_REST_LO] = lo & _MASK
