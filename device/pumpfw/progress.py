"""Does the motor make the steps that the set flow asks for? By time, and by count alone: a head that is to
turn and stands is seen at any flow, with or without a flow sensor or a home mark.

In each tick half the set volume falls due, and what was counted comes off (``account.py``). What is left
after a second, and never less than nothing, is how far the motor is behind: one that makes half of its steps
never gets far. It may be behind by half of what the set flow gives in ten seconds, and by two microsteps,
because the next one may be a whole interval away and begin anew.
"""

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_SET_NL_H = const(10)
_STATE = const(19)
_STEP_PL = const(44)
_HOUR_NL = const(54)
_MAX_HOUR_NL = const(56)
_BALANCE_PL = const(90)
_MAP_SHIFT = const(116)
_MAP_MOST = const(117)
_BEHIND_NL = const(215)

_MASK = const(0x3FFFFFFF)
_OF_PROGRAM = const(0x0A)  # states, as bits: running, keep-open
_PATIENCE = const(720)  # half of what a flow in nL/h gives in ten seconds is so much less, in nL
_STEPS = const(2)
_MOST_NL = const(0xFFFFFFF)


@micropython.viper
def is_behind(c: ptr32) -> int:
    """Be told of each second. Return whether far fewer steps are made than the set flow asks for."""
    step_nl = (c[_STEP_PL] // 1000 + 1) * (((c[_MAP_MOST] - 1) >> c[_MAP_SHIFT]) + 1)
    flow = c[_SET_NL_H]
    if flow >> 31 != 0:  # a relief turns back; and a 64-bit port loads words without their sign
        flow = (0 - flow) & _MASK
    # Ahead of its program, as after a power cut, or in an hour that is full, the head may stand.
    is_ahead = (_OF_PROGRAM >> c[_STATE]) & 1 and c[_BALANCE_PL] >> 31 != 0
    behind = c[_BEHIND_NL]
    if behind >> 31 != 0 or flow == 0 or is_ahead or c[_MAX_HOUR_NL] - c[_HOUR_NL] <= step_nl:
        behind = 0
    if behind > _MOST_NL:
        behind = _MOST_NL
    c[_BEHIND_NL] = behind
    return 1 if behind > flow // _PATIENCE + _STEPS * step_nl else 0
