"""The executor: walks through the committed program and says what flow is set now and how much it comes to,
exactly.

A segment that ends by time integrates its rate second by second with every remainder carried, so that its
volume is the exact integral whatever its length. A segment that ends by volume ends when the counted
volume leaves no room for one more microstep; what is left (less than a step) goes over to the next
segment, so that repeats do not drift.
"""

from pumpfw.fixed import MASK, carry, join, split, wrap
from pumpfw.flow import Flow
from pumpfw.ledger import Ledger
from pumpfw.program import CELLS, Program
from pumpfw.readings import Readings
from pumplink.numbers import SMALL
from pumplink.states import EVENT_SEGMENT, PAUSE, RAMP, SEGMENT_KEEP_OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    from pumpfw.events import Events

_SECOND_US = 1_000_000
POSITION_WORDS = 22  # numbers in a saved position


class Executor:
    """Position in the program. ``set_nl_h`` is the program's flow now, ``finished`` its end."""

    def __init__(
        self, program: Program, ledger: Ledger, flow: Flow, readings: Readings, events: "Events"
    ) -> None:
        self._program = program
        self._ledger = ledger
        self._flow = flow
        self._readings = readings
        self._events = events
        self.finished = True
        self.set_nl_h = 0
        self.reservoir = 0
        self._fresh = False
        self._clipped = False  # held to the keep-open rate
        self._repeat = 0
        self.by_volume = False
        self.left_nl = 0  # to be counted, by volume; may be negative by what a reset assumed
        self.left_s = 0  # by time
        self._set_left_nl = 0  # by volume: what of the set volume has not been owed yet
        self._second_us = 0
        self._second_nl = 0  # set volume of the present second
        self._carry = 0  # and 1/3600 nL beyond it
        self._carry_before = 0  # the same when a segment by volume began
        self._rest_lo = 0  # nL of the whole program
        self._rest_hi = 0
        self._is_tail = False
        self._rate_nl_h = 0  # of the segment, at the middle of this second
        self._shared_nl = 0  # set volume of this second that has been given out by share()
        # a ramp: rate += slope + slope_rest / span each second
        self._slope = 0
        self._slope_rest = 0
        self._span = 1
        self._rate_rest = 0
        self._volume_rest = 0
        self._ramp_left_s = 0
        self._ramp_to_nl_h = -1  # where a ramp that ends by volume goes on, -1 when none

    # --- walking ---

    def begin(self) -> None:
        """Go to the program's beginning."""
        self._repeat = 0
        self._carry = 0
        self._clipped = False
        self._flow.balance_pl = 0
        self.left_nl = 0
        self._rest_lo, self._rest_hi = split(self._program.volume_nl)
        self._is_tail = False
        self.finished = False
        self._fresh = True
        self._enter(0, 0)

    def go_on(self) -> None:
        """Go on where the clock was held."""
        self._fresh = True

    def advance(self, dt_us: int) -> None:
        """Let the program's clock run on, by real elapsed time."""
        if self.finished:
            return
        if self.by_volume and self._ledger.steps_in(self.countable_nl()) == 0:
            self._end_by_volume()
        if self._fresh:  # it began somewhere within this tick
            self._fresh = False
            dt_us = 0
        us = self._second_us + dt_us
        while us >= _SECOND_US and not self.finished:
            us -= _SECOND_US
            self._second_us = us
            self._next_second()
            us = self._second_us
        self._second_us = us
        if not self.finished:
            within_nl = self._second_nl * (us >> 10) // 977
            ledger = self._ledger
            if within_nl != ledger.within_second_nl:
                ledger.show_commanded(within_nl)

    def count(self, volume_nl: int) -> None:
        """Be told of volume that was counted for the program (negative: run back)."""
        self.left_nl -= volume_nl
        lo = self._rest_lo
        if 0 <= volume_nl <= lo:  # almost always
            self._rest_lo = lo - volume_nl
            return
        self._rest_hi += carry(lo, -volume_nl)
        self._rest_lo = wrap(lo, -volume_nl)

    def countable_nl(self) -> int:
        """Return what may still be counted for this segment."""
        rest_nl = self.rest_nl()
        return self.left_nl if self.by_volume and self.left_nl < rest_nl else rest_nl

    def rest_nl(self) -> int:
        """Return what is left of the whole program: nothing is delivered beyond it."""
        if self._rest_hi:
            return MASK if self._rest_hi > 0 else 0
        return self._rest_lo

    def last_second(self) -> bool:
        """True in the last second of a segment that ends by time: no step may go beyond its integral."""
        return not self.by_volume and self.left_s <= 1

    def share(self) -> int:
        """Count the program's set volume since the last call, its share of what a bolus counts, as delivered;
        return it."""
        now = self._within_second()
        share = now - self._shared_nl
        self._shared_nl = now
        self.count(share)
        self._flow.owe(-share)
        return share

    def begin_share(self) -> None:
        """Start to share with a bolus from now on."""
        self._shared_nl = self._within_second()

    def clip(self, on: bool) -> None:
        """Hold the flow to the keep-open rate from now on, or let it go again; the clock runs on."""
        if on == self._clipped or self.finished:
            return
        before = self._second_nl
        self._clipped = on
        self._choose_rate()
        gone = self._second_us >> 10
        rest = self.set_nl_h // 3600 * (977 - gone) // 977
        changed = self._within_second() + rest
        if self.by_volume:
            changed = min(changed, before + self._set_left_nl)
            self._set_left_nl -= changed - before
        self._second_nl = changed
        self._flow.owe(changed - before)

    def _within_second(self) -> int:
        """Return the set volume of the present second so far: never more than the whole second brings."""
        return self._second_nl * (self._second_us >> 10) // 977

    def _next_second(self) -> None:
        self._ledger.command(self._second_nl)
        self._shared_nl -= self._second_nl
        self._flow.track()
        if not self.by_volume:
            self.left_s -= 1
            if self.left_s <= 0:
                self._second_nl = 0
                self._leave()
                return
        self._plan_second()

    def _plan_second(self) -> None:
        """Work out the set volume of the second that begins now, and owe it."""
        if self._ramp_left_s > 0:
            self._ramp_left_s -= 1
            self._rate_nl_h += self._slope
            self._rate_rest += self._slope_rest
            if self._rate_rest >= self._span:
                self._rate_rest -= self._span
                self._rate_nl_h += 1
            self._volume_rest += self._rate_rest
            if self._volume_rest >= self._span:
                self._volume_rest -= self._span
                self._carry += 1
        elif self._ramp_to_nl_h >= 0:
            self._rate_nl_h = self._ramp_to_nl_h
            self._ramp_to_nl_h = -1
        self._choose_rate()
        total = self._carry + self.set_nl_h
        volume_nl = total // 3600
        self._carry = total - volume_nl * 3600
        if self.by_volume:
            if volume_nl > self._set_left_nl:
                volume_nl = self._set_left_nl
            self._set_left_nl -= volume_nl
        self._second_nl = volume_nl
        self._flow.owe(volume_nl)

    def _choose_rate(self) -> None:
        rate = self._rate_nl_h
        keep_open = self._program.keep_open_nl_h
        self.set_nl_h = keep_open if self._clipped and rate > keep_open else rate

    def _end_by_volume(self) -> None:
        """The counted volume is reached: what was set but not yet owed is commanded, the rest of a step goes
        on."""
        self._ledger.command(self._second_nl + self._set_left_nl)
        self._shared_nl = 0
        self._second_us = 0
        self._second_nl = 0
        self._carry = self._carry_before
        self._flow.balance_pl = 0
        self._flow.owe(self.left_nl)
        self._leave()

    def _leave(self) -> None:
        index = self._readings.segment + 1
        repeat = self._repeat
        if index >= self._program.segments:
            index = 0
            repeat += 1
            if repeat >= self._program.repeat:
                self._begin_tail()
                return
        self._enter(index, repeat)

    def _enter(self, index: int, repeat: int) -> None:
        """Begin a segment at the start of a second of its own."""
        self._readings.segment = index
        self._repeat = repeat
        cells = self._program.cells
        at = index * CELLS
        kind = cells[at]
        self.reservoir = cells[at + 1]
        rate = cells[at + 2]
        volume_nl = cells[at + 4]
        self.left_s = cells[at + 5]
        was_by_volume = self.by_volume
        self.by_volume = volume_nl > 0
        self._flow.let_hasten(self.by_volume)
        carried_nl = self.left_nl if was_by_volume else self._flow.carry_nl()
        self.left_nl = volume_nl + carried_nl if self.by_volume else 0
        self._set_left_nl = volume_nl
        self._carry_before = self._carry
        if kind == PAUSE:
            rate = 0
        elif kind == SEGMENT_KEEP_OPEN and rate == 0:
            rate = self._program.keep_open_nl_h
        self._rate_nl_h = rate
        self._ramp_left_s = 0
        self._ramp_to_nl_h = -1
        self._rate_rest = 0
        self._volume_rest = 0
        if kind == RAMP:
            self._begin_ramp(rate, cells[at + 3], cells[at + 6])
        self._second_us = 0
        self._plan_second()
        self._events.add(EVENT_SEGMENT, index, repeat, 0)

    def _begin_tail(self) -> None:
        """The program's time is over: what the motor is behind by, more than a step, it makes up as a segment
        by volume, at the highest rate of the last segment that flowed; else the program is finished."""
        behind_nl = self._flow.carry_nl()
        self._rate_nl_h = self._last_nl_h()
        self._choose_rate()
        if self.by_volume or not self.set_nl_h or behind_nl <= self._flow.step_nl():
            self.finished = True
            self.set_nl_h = 0
            return
        self._is_tail = True
        self.by_volume = True
        self.left_nl = behind_nl
        self._set_left_nl = 0
        self._ramp_left_s = 0
        self._ramp_to_nl_h = -1

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

    def _begin_ramp(self, rate_nl_h: int, to_rate_nl_h: int, ramp_s: int) -> None:
        """The rate at the middle of second k is rate + (to - rate) (2 k + 1) / (2 ramp_s)."""
        span = 2 * ramp_s
        change = to_rate_nl_h - rate_nl_h
        self._span = span
        self._ramp_left_s = ramp_s
        self._ramp_to_nl_h = to_rate_nl_h
        self._slope = change // ramp_s
        self._slope_rest = (change % ramp_s) * 2
        # _plan_second adds a whole second's slope first: begin half a second before the ramp.
        self._rate_nl_h = rate_nl_h + (-change) // span
        self._rate_rest = (-change) % span

    # --- what survives a power cut; not in the tick ---

    def save(self, words: "array[int]", at: int, assumed_nl: int) -> None:
        """Write the position to ``words``, as it will be when ``assumed_nl`` more have been delivered."""
        flow = self._flow
        rest_lo, rest_hi = split(join(self._rest_hi, self._rest_lo) - assumed_nl)
        numbers = (
            1 if self.finished else 0,
            self._readings.segment,
            self._repeat,
            self.left_nl - assumed_nl,
            self.left_s,
            self._set_left_nl,
            self._second_us,
            self._second_nl,
            self._carry,
            self._rate_nl_h,
            self._slope,
            self._slope_rest,
            self._span,
            self._rate_rest,
            self._volume_rest,
            self._ramp_left_s,
            self._ramp_to_nl_h,
            max(flow.balance_pl - assumed_nl * 1000, -SMALL),
            self._carry_before,
            1 if self._is_tail else 0,
            rest_lo,
            rest_hi,
        )
        for i in range(POSITION_WORDS):
            words[at + i] = numbers[i]

    def restore(self, words: "array[int]", at: int) -> None:
        """Take a position that ``save`` wrote; the program must be the same."""
        numbers = list(words[at : at + POSITION_WORDS])
        self.finished = bool(numbers[0])
        self._readings.segment = numbers[1]
        (
            self._repeat,
            self.left_nl,
            self.left_s,
            self._set_left_nl,
            self._second_us,
            self._second_nl,
            self._carry,
            self._rate_nl_h,
            self._slope,
            self._slope_rest,
            self._span,
            self._rate_rest,
            self._volume_rest,
            self._ramp_left_s,
            self._ramp_to_nl_h,
            self._flow.balance_pl,
            self._carry_before,
            is_tail,
            self._rest_lo,
            self._rest_hi,
        ) = numbers[2:]
        self._is_tail = bool(is_tail)
        cells = self._program.cells
        self.reservoir = cells[numbers[1] * CELLS + 1]
        self.by_volume = self._is_tail or cells[numbers[1] * CELLS + 4] > 0
        self._flow.let_hasten(self.by_volume)
        self._clipped = False
        self._choose_rate()
