"""The executor: walks through the committed program and says what flow is set now and how much it comes to,
exactly.

A segment that ends by time integrates its rate second by second with every remainder carried, so that its
volume is the exact integral whatever its length. A segment that ends by volume ends when the counted
volume leaves no room for one more microstep; what is left (less than a step) goes over to the next
segment, so that repeats do not drift.

``advance`` runs in every tick, ``end_second`` and ``plan_second`` once a second of the program's clock, the
rest when a segment ends or somebody commands.
"""

import micropython
from micropython import const

from pumpfw.fixed import MASK
from pumpfw.flow import Flow, track
from pumpfw.ledger import Ledger
from pumpfw.program import CELLS, Program
from pumpfw.readings import Readings
from pumplink.numbers import SMALL
from pumplink.states import EVENT_SEGMENT, PAUSE, RAMP, SEGMENT_KEEP_OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    from pumpfw.events import Events

    ptr32 = array[int]

_COMMANDED_LO = const(2)
_COMMANDED_HI = const(3)
_SET_NL_H = const(10)
_STATE = const(19)
_FLAGS = const(20)
_SEGMENT = const(21)
_DT_US = const(33)
_STEP_PL = const(44)
_STEP_REST = const(45)
_FRACTION_PL = const(46)
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
_MAP_SHIFT = const(116)
_MAP_MOST = const(117)
_PASSED_REST = const(119)

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

POSITION_WORDS = 22  # numbers in a saved position
_SAVED_AT = 70  # the first of their places; the last one is the segment
_SAVED = POSITION_WORDS - 1

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
        if left <= 0:
            return _VOLUME_REACHED
        if left < 500_000:
            step_pl = c[_STEP_PL]
            if c[_STEP_REST]:  # one pL more a step than the floor covers the rest that the floor leaves out
                step_pl += 1
            left = left * 1000 - c[_FRACTION_PL]
            if left < step_pl << 3:  # as ``Ledger.steps_in``
                left = (left // step_pl + 1) << c[_MAP_SHIFT]
                if left - 1 - c[_PASSED_REST] < c[_MAP_MOST]:
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
    if left >> 31 != 0 or left == 0:
        return 1
    if left < 500_000:
        step_pl = c[_STEP_PL]
        if c[_STEP_REST]:  # one pL more a step than the floor covers the rest that the floor leaves out
            step_pl += 1
        left = left * 1000 - c[_FRACTION_PL]
        if left < step_pl << 3:  # as ``Ledger.steps_in``
            left = (left // step_pl + 1) << c[_MAP_SHIFT]
            if left - 1 - c[_PASSED_REST] < c[_MAP_MOST]:
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
def end_second(c: ptr32) -> int:
    """Command the second that is over; return ``TIME_OVER`` when it was the last one of a segment that ends
    by time."""
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
    if c[_BY_VOLUME]:
        return 0
    left_s = c[_LEFT_S] - 1
    c[_LEFT_S] = left_s
    if left_s > 0:
        return 0
    c[_SECOND_NL] = 0
    return _TIME_OVER


@micropython.viper
def plan_second(c: ptr32) -> int:
    """Work out flow and volume of the second that begins now, and owe it; return what was found."""
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
        # plan_second adds a whole second's slope first: begin half a second before the ramp.
        rate += (0 - change) // span
        c[_RATE_REST] = (0 - change) % span
    c[_SEGMENT_NL_H] = rate
    c[_SECOND_US] = 0


class Executor:
    """Position in the program, in ``readings``: ``program_nl_h`` is its flow now, ``is_finished`` its end."""

    def __init__(
        self,
        program: Program,
        ledger: Ledger,
        flow: Flow,
        cells: "array[int]",
        readings: Readings,
        events: "Events",
    ) -> None:
        self._program = program
        self._ledger = ledger
        self._flow = flow
        self._cells = cells
        self._readings = readings
        self._events = events
        self._advance = advance
        self._track = track
        self._end_second = end_second
        self._plan_second = plan_second
        self._enter_cells = enter
        readings.is_finished = 1
        readings.span = 1
        readings.ramp_to_nl_h = -1

    # --- walking ---

    def begin(self) -> None:
        """Go to the program's beginning."""
        readings = self._readings
        program = self._program
        readings.repeat = readings.carry = readings.is_clipped = 0
        readings.keep_open_nl_h = program.keep_open_nl_h
        readings.balance_pl = readings.left_nl = readings.is_tail = readings.is_finished = 0
        readings.rest_lo = program.volume_nl & MASK
        readings.rest_hi = program.volume_nl >> 30
        readings.is_fresh = 1
        readings.by_volume = 0
        self._enter(0, 0)

    def go_on(self) -> None:
        """Go on where the clock was held."""
        self._readings.is_fresh = 1

    def walk(self, found: int) -> None:
        """Do what ``advance`` found: the next second, the next segment, the end."""
        readings = self._readings
        if found & VOLUME_REACHED:
            self._end_by_volume()
            found = self._advance(self._cells, 0)
        if found & TIME_OVER:
            self._leave()
        elif not found & SECOND_OVER:
            return
        while not readings.is_finished and readings.second_us >= _SECOND:
            self._track(self._cells)
            if self._end_second(self._cells):
                self._leave()
            else:
                self._plan_second(self._cells)

    def count(self, volume_nl: int) -> None:
        """Be told of volume that was counted for the program."""
        readings = self._readings
        readings.left_nl -= volume_nl
        lo = readings.rest_lo - volume_nl
        if lo < 0:
            readings.rest_hi -= 1
        readings.rest_lo = lo & MASK

    def countable_nl(self) -> int:
        """Return what may still be counted for this segment."""
        readings = self._readings
        rest_nl = self.rest_nl()
        return readings.left_nl if readings.by_volume and readings.left_nl < rest_nl else rest_nl

    def rest_nl(self) -> int:
        """Return what is left of the whole program: nothing is delivered beyond it."""
        high = self._readings.rest_hi
        if high:
            return MASK if high > 0 else 0
        return self._readings.rest_lo

    def share(self) -> int:
        """Count the program's set volume since the last call, its share of what a bolus counts, as delivered;
        return it."""
        readings = self._readings
        now = self._within_second()
        share = now - readings.shared_nl
        readings.shared_nl = now
        self.count(share)
        self._flow.owe(-share)
        return share

    def begin_share(self) -> None:
        """Start to share with a bolus from now on."""
        self._readings.shared_nl = self._within_second()

    def clip(self, on: bool) -> None:
        """Hold the flow to the keep-open rate from now on, or let it go again; the clock runs on."""
        readings = self._readings
        if on == (readings.is_clipped != 0) or readings.is_finished:
            return
        before = readings.second_nl
        readings.is_clipped = 1 if on else 0
        self._choose_rate()
        gone = readings.second_us >> 10
        rest = readings.program_nl_h // 3600 * (977 - gone) // 977
        changed = self._within_second() + rest
        if readings.by_volume:
            changed = min(changed, before + readings.set_left_nl)
            readings.set_left_nl -= changed - before
        readings.second_nl = changed
        self._flow.owe(changed - before)

    def _within_second(self) -> int:
        """Return the set volume of the present second so far: never more than the whole second brings."""
        return self._readings.second_nl * (self._readings.second_us >> 10) // 977

    def _choose_rate(self) -> None:
        readings = self._readings
        rate = readings.segment_nl_h
        keep_open = readings.keep_open_nl_h
        readings.program_nl_h = keep_open if readings.is_clipped and rate > keep_open else rate

    def _end_by_volume(self) -> None:
        """The counted volume is reached: what was set but not yet owed is commanded, the rest of a step goes
        on."""
        readings = self._readings
        self._ledger.command(readings.second_nl + readings.set_left_nl)
        readings.shared_nl = readings.second_us = readings.second_nl = 0
        readings.carry = readings.carry_before
        readings.balance_pl = readings.behind_nl = 0
        self._flow.owe(readings.left_nl)
        self._leave()

    def _leave(self) -> None:
        readings = self._readings
        index = readings.segment + 1
        repeat = readings.repeat
        if index >= self._program.segments:
            index = 0
            repeat += 1
            if repeat >= self._program.repeat:
                self._begin_tail()
                return
        self._enter(index, repeat)

    def _enter(self, index: int, repeat: int) -> None:
        """Begin a segment at the start of a second of its own."""
        readings = self._readings
        left_nl = readings.left_nl if readings.by_volume else self._flow.carry_nl()
        self._enter_cells(self._cells, self._program.cells, index, left_nl)
        readings.repeat = repeat
        self._plan_second(self._cells)
        self._events.add(EVENT_SEGMENT, index, repeat, 0)

    def _begin_tail(self) -> None:
        """The program's time is over: what the motor is behind by, more than a step, it makes up as a segment
        by volume, at the highest rate of the last segment that flowed; else the program is finished."""
        readings = self._readings
        behind_nl = self._flow.carry_nl()
        readings.segment_nl_h = self._last_nl_h()
        self._choose_rate()
        if readings.by_volume or not readings.program_nl_h or behind_nl <= self._flow.step_nl():
            readings.is_finished = 1
            readings.program_nl_h = 0
            return
        readings.is_tail = readings.by_volume = 1
        readings.left_nl = behind_nl
        readings.set_left_nl = readings.ramp_left_s = 0
        readings.ramp_to_nl_h = -1

    def _last_nl_h(self) -> int:
        cells = self._program.cells
        at = (self._program.segments - 1) * CELLS
        while at > 0 and cells[at] == PAUSE:
            at -= CELLS
        if cells[at] == PAUSE:
            return 0
        rate = cells[at + 2]
        if cells[at] == RAMP and cells[at + 3] > rate:
            rate = cells[at + 3]
        return self._program.keep_open_nl_h if cells[at] == SEGMENT_KEEP_OPEN and rate == 0 else rate

    # --- what survives a power cut; not in the tick ---

    def save(self, words: "array[int]", at: int, assumed_nl: int) -> None:
        """Write the position to ``words``, as it will be when ``assumed_nl`` more have been delivered."""
        cells = self._cells
        readings = self._readings
        for i in range(_SAVED):
            words[at + i] = cells[_SAVED_AT + i]
        words[at + _SAVED] = readings.segment
        words[at + _LEFT_NL - _SAVED_AT] -= assumed_nl
        words[at + _BALANCE_PL - _SAVED_AT] = max(readings.balance_pl - assumed_nl * 1000, -SMALL)
        lo = readings.rest_lo - assumed_nl
        words[at + _REST_LO - _SAVED_AT] = lo & MASK
        words[at + _REST_HI - _SAVED_AT] += lo >> 30

    def restore(self, words: "array[int]", at: int) -> None:
        """Take a position that ``save`` wrote; the program must be the same."""
        cells = self._cells
        readings = self._readings
        for i in range(_SAVED):
            cells[_SAVED_AT + i] = words[at + i]
        readings.segment = index = words[at + _SAVED]
        program = self._program
        readings.program_reservoir = program.cells[index * CELLS + 1]
        readings.by_volume = 1 if readings.is_tail or program.cells[index * CELLS + 4] > 0 else 0
        readings.keep_open_nl_h = program.keep_open_nl_h
        readings.is_clipped = 0
        self._choose_rate()
