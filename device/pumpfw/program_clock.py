"""The program's clock, in machine code: how far the program is, what flow is due and how much it comes to,
exactly.

A segment that ends by time integrates its rate second by second with every remainder carried, so that its
volume is the exact integral whatever its length. ``advance`` runs in every tick, ``next_second`` once
a second of the clock, ``enter`` when a segment begins. What a segment's end leads to is
``executor.py``'s.
"""

import micropython
from micropython import const

from pumpfw.ledger import leaves_no_step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_COMMANDED_LO = const(2)
_COMMANDED_HI = const(3)
_SET_NL_H = const(10)
_STATE = const(19)
_FLAGS = const(20)
_SEGMENT = const(21)
_DT_US = const(33)
_STEP_PL = const(44)
_BASE_LO = const(51)
_BASE_HI = const(52)
_WITHIN_NL = const(53)
_HAS_PROGRAM = const(58)
_TASK_LEFT_NL = const(60)
_TASK_NL_H = const(61)
_IS_FINISHED = const(70)
_LEFT_NL = const(72)
_LEFT_S = const(73)
_SET_LEFT_NL = const(74)
_SECOND_US = const(75)
_SECOND_NL = const(76)
_CARRY = const(77)
_SEGMENT_NL_H = const(78)
_SLOPE = const(79)
_SLOPE_REST = const(80)
_SPAN = const(81)
_RATE_REST = const(82)
_VOLUME_REST = const(83)
_RAMP_LEFT_S = const(84)
_RAMP_TO_NL_H = const(85)
_CARRY_BEFORE = const(86)
_REST_LO = const(88)
_REST_HI = const(89)
_BALANCE_PL = const(90)
_BY_VOLUME = const(91)
_IS_FRESH = const(92)
_IS_CLIPPED = const(93)
_SHARED_NL = const(94)
_PROGRAM_NL_H = const(95)
_PROGRAM_RESERVOIR = const(96)
_RATE_NL_H = const(100)
_LINE = const(145)
_CALM_LINE = const(147)
_KEEP_OPEN_NL_H = const(97)
_MASK = const(0x3FFFFFFF)
_RUNNING = const(1)
_KEEP_OPEN = const(3)
_BOLUS = const(4)
_MOVING = const(5)
_RELIEVING = const(9)
_PRESSURE_VALID = const(16)
_TURNING_STATES = const(0x23A)  # bits by state
_SECOND = const(1_000_000)  # us
_OWED_LIMIT_NL = const(500_000)
_BALANCE_LIMIT_PL = const(500_000_000)
_CELLS = const(7)
_RAMP = const(1)
_PAUSE = const(3)
_SEGMENT_KEEP_OPEN = const(4)

# What ``advance`` finds.
VOLUME_REACHED = 1  # the counted volume leaves no room for one more step of this segment
SECOND_OVER = 2
TIME_OVER = 16  # the second was the last one of a segment that ends by time
FLOW_CHANGED = 4  # the program's flow is not the one that is set
TASK = 8  # a bolus, a move or a relief is under way
_VOLUME_REACHED = const(1)
_SECOND_OVER = const(2)
_TIME_OVER = const(16)
_FLOW_CHANGED = const(4)
_TASK = const(8)


@micropython.viper
def advance(c: ptr32, look_at_volume: int) -> int:
    """Let the program's clock run on, by real elapsed time, where the state lets it; return what was
    found."""
    state = c[_STATE]
    if not (_TURNING_STATES >> state) & 1:
        return 0
    if state != _RUNNING and state != _KEEP_OPEN and (state != _BOLUS or c[_HAS_PROGRAM] == 0):
        return _TASK
    if c[_IS_FINISHED]:
        return _TASK
    if look_at_volume and c[_BY_VOLUME]:
        left = c[_LEFT_NL]
        if left >> 31 == 1:  # a 64-bit port loads words without their sign
            left = left << 32 >> 32
        high = c[_REST_HI]
        if high >> 31 != 0:
            left = 0
        elif high == 0 and c[_REST_LO] < left:
            left = c[_REST_LO]
        if left <= (c[_STEP_PL] >> 6) + 1 and int(leaves_no_step(c, left)):
            return _VOLUME_REACHED
    us = c[_SECOND_US]
    if c[_IS_FRESH]:  # it began somewhere within this tick
        c[_IS_FRESH] = 0
    else:
        us += c[_DT_US]
    c[_SECOND_US] = us
    if us >= _SECOND:
        return _SECOND_OVER
    within = c[_SECOND_NL] * (us >> 10) // 977
    if within != c[_WITHIN_NL]:
        c[_WITHIN_NL] = within
        lo = c[_BASE_LO] - _MASK - 1 + within
        high = c[_BASE_HI]
        if lo >= 0:
            high += 1
        c[_COMMANDED_HI] = high
        c[_COMMANDED_LO] = lo & _MASK
    if state == _BOLUS:
        # The program's set volume since the last tick is its share of what a bolus counts.
        share = c[_SHARED_NL]
        if share >> 31 == 1:
            share = share << 32 >> 32
        share = within - share
        c[_SHARED_NL] = within
        c[_TASK_LEFT_NL] = c[_TASK_LEFT_NL] + share
        c[_BALANCE_PL] = c[_BALANCE_PL] - share * 1000
        c[_LEFT_NL] = c[_LEFT_NL] - share
        lo = c[_REST_LO] - share
        if lo < 0:
            c[_REST_HI] = c[_REST_HI] - 1
        c[_REST_LO] = lo & _MASK
        return _TASK
    return _FLOW_CHANGED if c[_PROGRAM_NL_H] != c[_SET_NL_H] else 0


@micropython.viper
def is_task_due(c: ptr32) -> int:
    """Return whether a bolus, a move or a relief has come to its end, or its flow is not the one that is set;
    or a program to its end."""
    state = c[_STATE]
    if state != _BOLUS and state != _MOVING and state != _RELIEVING:
        return 1
    left = c[_TASK_LEFT_NL]
    if left >> 31 != 0 or (left <= (c[_STEP_PL] >> 6) + 1 and int(leaves_no_step(c, left))):
        return 1
    flow = c[_TASK_NL_H]
    if state == _RELIEVING:  # as relief.is_done
        line = c[_LINE]
        if line >> 31 == 1:  # a 64-bit port loads words without their sign
            line = line << 32 >> 32
        calm = c[_CALM_LINE]
        if calm >> 31 == 1:
            calm = calm << 32 >> 32
        if line <= calm or c[_FLAGS] & _PRESSURE_VALID == 0:
            return 1
        return 1 if flow != c[_RATE_NL_H] else 0
    if state == _BOLUS and c[_HAS_PROGRAM] and c[_IS_FINISHED] == 0:
        flow += c[_PROGRAM_NL_H]
    return 1 if flow != c[_SET_NL_H] else 0


@micropython.viper
def next_second(c: ptr32, is_over: int) -> int:
    """Command the second that is over, unless none is, when a segment begins; then work out flow and volume
    of the second that begins now, and owe it. Return what was found: ``TIME_OVER``, and nothing is worked
    out, when it was the last second of a segment that ends by time."""
    if is_over:
        volume_nl = c[_SECOND_NL]
        c[_SECOND_US] = c[_SECOND_US] - _SECOND
        lo = c[_BASE_LO] - _MASK - 1 + volume_nl
        if lo >= 0:
            c[_BASE_HI] = c[_BASE_HI] + 1
        lo &= _MASK
        c[_BASE_LO] = lo
        c[_COMMANDED_LO] = lo
        c[_COMMANDED_HI] = c[_BASE_HI]
        c[_WITHIN_NL] = 0
        c[_SHARED_NL] = c[_SHARED_NL] - volume_nl
        if c[_BY_VOLUME] == 0:
            left_s = c[_LEFT_S] - 1
            c[_LEFT_S] = left_s
            if left_s <= 0:
                c[_SECOND_NL] = 0
                return _TIME_OVER
    rate = c[_SEGMENT_NL_H]
    if rate >> 31 == 1:  # a 64-bit port loads words without their sign
        rate = rate << 32 >> 32
    carry = c[_CARRY]
    ramp_left_s = c[_RAMP_LEFT_S]
    if ramp_left_s:
        c[_RAMP_LEFT_S] = ramp_left_s - 1
        slope = c[_SLOPE]
        if slope >> 31 == 1:
            slope = slope << 32 >> 32
        rate += slope
        span = c[_SPAN]
        rest = c[_RATE_REST] - span + c[_SLOPE_REST]
        if rest >= 0:
            rate += 1
        else:
            rest += span
        c[_RATE_REST] = rest
        rest += c[_VOLUME_REST] - span
        if rest >= 0:
            carry += 1
        else:
            rest += span
        c[_VOLUME_REST] = rest
    else:
        to_rate = c[_RAMP_TO_NL_H]
        if to_rate >> 31 == 0:
            rate = to_rate
            c[_RAMP_TO_NL_H] = 0 - 1
    c[_SEGMENT_NL_H] = rate
    if c[_IS_CLIPPED] and rate > c[_KEEP_OPEN_NL_H]:
        rate = c[_KEEP_OPEN_NL_H]
    c[_PROGRAM_NL_H] = rate
    total = carry + rate
    volume_nl = total // 3600
    c[_CARRY] = total - volume_nl * 3600
    if c[_BY_VOLUME]:
        left = c[_SET_LEFT_NL]
        if volume_nl > left:
            volume_nl = left
        c[_SET_LEFT_NL] = left - volume_nl
    c[_SECOND_NL] = volume_nl
    balance = c[_BALANCE_PL]
    if balance >> 31 == 1:
        balance = balance << 32 >> 32
    owed = volume_nl
    if owed > _OWED_LIMIT_NL:
        owed = _OWED_LIMIT_NL
    balance += owed * 1000
    c[_BALANCE_PL] = balance if balance < _BALANCE_LIMIT_PL else _BALANCE_LIMIT_PL
    us = c[_SECOND_US]
    if us >= _SECOND:  # a tick that came very late
        return _SECOND_OVER
    within = volume_nl * (us >> 10) // 977
    c[_WITHIN_NL] = within
    lo = c[_BASE_LO] - _MASK - 1 + within
    high = c[_BASE_HI]
    if lo >= 0:
        high += 1
    c[_COMMANDED_HI] = high
    c[_COMMANDED_LO] = lo & _MASK
    if c[_STATE] == _BOLUS:
        return _TASK
    return _FLOW_CHANGED if rate != c[_SET_NL_H] else 0


@micropython.viper
def enter(c: ptr32, program: ptr32, index: int, carried_nl: int):  # type: ignore[no-untyped-def]
    """Begin a segment, at the start of a second of its own; ``carried_nl`` is what the last one left."""
    c[_SEGMENT] = index
    at = index * _CELLS
    kind = program[at]
    c[_PROGRAM_RESERVOIR] = program[at + 1]
    rate = program[at + 2]
    volume_nl = program[at + 4]
    c[_LEFT_S] = program[at + 5]
    c[_BY_VOLUME] = 1 if volume_nl else 0
    c[_LEFT_NL] = volume_nl + carried_nl if volume_nl else 0
    c[_SET_LEFT_NL] = volume_nl
    c[_CARRY_BEFORE] = c[_CARRY]
    if kind == _PAUSE:
        rate = 0
    elif kind == _SEGMENT_KEEP_OPEN and rate == 0:
        rate = c[_KEEP_OPEN_NL_H]
    c[_RAMP_LEFT_S] = 0
    c[_RAMP_TO_NL_H] = 0 - 1
    c[_RATE_REST] = 0
    c[_VOLUME_REST] = 0
    if kind == _RAMP:
        # The rate at the middle of second k is rate + (to - rate) (2 k + 1) / (2 ramp_s).
        to_rate = program[at + 3]
        ramp_s = program[at + 6]
        change = to_rate - rate
        span = 2 * ramp_s
        c[_SPAN] = span
        c[_RAMP_LEFT_S] = ramp_s
        c[_RAMP_TO_NL_H] = to_rate
        c[_SLOPE] = change // ramp_s
        c[_SLOPE_REST] = (change % ramp_s) * 2
        # next_second adds a whole second's slope first: begin half a second before the ramp.
        rate += (0 - change) // span
        c[_RATE_REST] = (0 - change) % span
    c[_SEGMENT_NL_H] = rate
    c[_SECOND_US] = 0
