"""The executor: walks through the committed program, from segment to segment.

A segment that ends by volume ends when the counted volume leaves no room for one more microstep; what is left
(less than a step) goes over to the next segment, so that repeats do not drift. The clock by which it walks is
``program_clock.py``.
"""

from micropython import const

from pumpfw.fixed import MASK
from pumpfw.flow import Flow, track
from pumpfw.ledger import Ledger
from pumpfw.program import CELLS, Program
from pumpfw.program_clock import (
    SECOND_OVER,
    TIME_OVER,
    VOLUME_REACHED,
    advance,
    enter,
    next_second,
)
from pumpfw.readings import Readings
from pumplink.numbers import SMALL
from pumplink.states import EVENT_SEGMENT, PAUSE, RAMP, SEGMENT_KEEP_OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    from pumpfw.events import Events

_LEFT_NL = const(72)
_REST_LO = const(88)
_REST_HI = const(89)
_BALANCE_PL = const(90)
_SECOND = const(1_000_000)  # us

POSITION_WORDS = 22  # numbers in a saved position
_SAVED_AT = 70  # the first of their places; the last one is the segment
_SAVED = POSITION_WORDS - 1


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
        self._next_second = next_second
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
            if self._next_second(self._cells, 1) == TIME_OVER:
                self._leave()

    def count(self, volume_nl: int) -> None:
        """Be told of volume that was counted for the program."""
        readings = self._readings
        readings.left_nl -= volume_nl
        lo = readings.rest_lo - volume_nl
        if lo < 0:
            readings.rest_hi -= 1
        readings.rest_lo = lo & MASK

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
        self._next_second(self._cells, 0)
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
