"""Delivery: what the head does now, and how much it may. The states that turn, the changes between them, the
accounts.

Every change of state first settles: the steps made until then belong to the state before. Nothing here
allocates.

A bolus comes on top of a running program: the motor turns at the sum of both flows, the program's clock
and its exact integral run on, and what is counted beyond the program's share is the bolus. In the
keep-open state the program runs on as well, each flow held to the keep-open rate; so it never delivers
more than the program, nor longer.
"""

import micropython
from micropython import const

from pumpfw import relief
from pumpfw.config import Config
from pumpfw.executor import Executor
from pumpfw.fixed import MASK, divide
from pumpfw.flow import Flow
from pumpfw.ledger import Ledger
from pumpfw.motor import Motor
from pumpfw.program_clock import TASK
from pumpfw.readings import Readings
from pumpfw.reservoir import Reservoirs
from pumplink.alarms import OCCLUSION
from pumplink.states import (
    ALARM_STOP,
    BOLUS,
    EVENT_BOLUS_ENDED,
    EVENT_MOVE_ENDED,
    EVENT_RELIEF,
    EVENT_RUN_FINISHED,
    EVENT_RUN_STOPPED,
    FINISHED,
    KEEP_OPEN,
    MOVING,
    RELIEVING,
    RUNNING,
    STOPPED,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from pumpfw.events import Events

    ptr32 = array[int]

_STATE = const(19)
_PERMITTED = const(40)
_STEP_PL = const(44)
_STEP_REST = const(45)
_FRACTION_PL = const(46)
_AUTHORISED_NL = const(48)
_HOUR_NL = const(54)
_MAX_HOUR_NL = const(56)
_TASK_LEFT_NL = const(60)
_REMAINING_NL = const(15)
_IS_FOLLOWED = const(68)
_EMPTY_NL = const(69)
_LEFT_NL = const(72)
_LEFT_S = const(73)
_REST_LO = const(88)
_REST_HI = const(89)
_BALANCE_PL = const(90)
_BY_VOLUME = const(91)
_HORIZON_STEPS = const(102)
_MAP_SHIFT = const(116)
_MAP_MOST = const(117)
_PASSED_REST = const(119)

_TURNING_STATES = const(0x23A)  # bits by state
_PROGRAM_STATES = const(0x1A)
_BOLUS = const(4)
_RELIEVING = const(9)
_FAR_NL = const(500_000)  # volumes are looked at up to here
_MOST_STEPS = const(16_000)

# By state: 1 the head turns, 2 what it delivers belongs to the run.
TURNS = 1
PROGRAM = 2
STATE_BITS = bytes((0, 3, 0, 3, 3, 1, 0, 0, 0, 1))


@micropython.viper
def allow(c: ptr32) -> int:
    """Return how many steps the next ticks need, and never one that no volume is left for; -1 where the
    hardware has permits enough."""
    horizon = c[_HORIZON_STEPS]
    permitted = c[_PERMITTED]
    if permitted > horizon >> 1 or horizon == 0:
        return 0 - 1
    state = c[_STATE]
    if not (_TURNING_STATES >> state) & 1:
        return 0 - 1
    most = _FAR_NL
    by_time = 0
    if state == _RELIEVING:
        left = c[_TASK_LEFT_NL]
        if left >> 31 == 1:  # a 64-bit port loads words without their sign
            left = left << 32 >> 32
        if left < most:
            most = left
    else:
        left = c[_AUTHORISED_NL]
        if left >> 31 == 1:
            left = left << 32 >> 32
        if left < most:
            most = left
        if c[_IS_FOLLOWED]:
            left = c[_REMAINING_NL] - c[_EMPTY_NL]
            if left < most:
                most = left
        in_program = (_PROGRAM_STATES >> state) & 1
        if in_program:
            left = c[_MAX_HOUR_NL] - c[_HOUR_NL]
            if left < most:
                most = left
        if in_program == 0 or state == _BOLUS:
            left = c[_TASK_LEFT_NL]
            if left >> 31 == 1:
                left = left << 32 >> 32
            if left < most:
                most = left
        else:
            high = c[_REST_HI]
            if high >> 31 != 0:
                most = 0
            elif high == 0 and c[_REST_LO] < most:
                most = c[_REST_LO]
            if c[_BY_VOLUME]:
                left = c[_LEFT_NL]
                if left >> 31 == 1:
                    left = left << 32 >> 32
                if left < most:
                    most = left
            else:
                by_time = 1
    if most <= 0:
        steps = 0
    else:
        step_pl = c[_STEP_PL]
        if c[_STEP_REST]:  # one pL more a step than the floor covers the rest that the floor leaves out
            step_pl += 1
        steps = (most * 1000 - c[_FRACTION_PL]) // step_pl
        if by_time and c[_LEFT_S] <= 1:  # no step may go beyond the segment's integral
            balance = c[_BALANCE_PL]
            if balance >> 31 != 0:
                balance = 0
            balance //= step_pl
            if balance < steps:
                steps = balance
        if steps > _MOST_STEPS:
            steps = _MOST_STEPS
        # Mean microsteps were meant, of which the steepest of the real ones gives a little more.
        steps = (((steps + 1) << c[_MAP_SHIFT]) - 1 - c[_PASSED_REST]) // c[_MAP_MOST]
    if steps > horizon:
        steps = horizon
    if steps == permitted:
        return 0 - 1
    c[_PERMITTED] = steps
    return steps


class Delivery:
    """Public for the tick: ``advance``. For commands and alarms: the changes of state."""

    def __init__(
        self,
        config: Config,
        motor: Motor,
        flow: Flow,
        ledger: Ledger,
        executor: Executor,
        reservoirs: Reservoirs,
        count: "Callable[[], None]",
        readings: Readings,
        events: "Events",
    ) -> None:
        self._config = config
        self._motor = motor
        self._flow = flow
        self._ledger = ledger
        self._executor = executor
        self._reservoirs = reservoirs
        self._count = count  # the steps made until now into their accounts
        self._readings = readings
        self._events = events
        self._asked_nl = 0  # of the bolus, move or relief
        self._move = 0
        self._before = STOPPED  # state that a move goes back to
        self._compliance = 0  # of the line, as the last occlusion showed it, nL/kPa

    # --- the tick's part ---

    def advance(self, found: int) -> None:
        """Do what ``program_clock.advance`` found, and let the other states that turn go on."""
        readings = self._readings
        state = readings.state
        if state == BOLUS:
            self._advance_bolus(found)
        elif state == MOVING:
            if self._ledger.steps_in(readings.task_left_nl) == 0:
                self._end_move()
            else:
                self._set(readings.task_nl_h)
        elif state == RELIEVING:
            self._advance_relief()
        else:  # a program, at its own flow or the keep-open rate
            self._executor.walk(found)
            if readings.is_finished:
                self._finish()
                return
            if readings.program_reservoir != readings.reservoir:
                self._reservoirs.select(readings.program_reservoir)
            self._set(readings.program_nl_h)

    def second(self) -> None:
        """Be told of each second of board time."""
        readings = self._readings
        if STATE_BITS[readings.state] & TURNS:
            readings.stood_s = 0
        elif readings.stood_s < 0xFFFFF:
            readings.stood_s += 1

    def _set(self, rate_nl_h: int) -> None:
        self._readings.set_nl_h = rate_nl_h
        self._flow.request(rate_nl_h)

    def _advance_bolus(self, found: int) -> None:
        readings = self._readings
        rate_nl_h = readings.task_nl_h
        if readings.has_program:
            if found != TASK:
                executor = self._executor
                executor.walk(found)
                readings.task_left_nl += executor.share()
            if not readings.is_finished:
                rate_nl_h += readings.program_nl_h
        if self._ledger.steps_in(readings.task_left_nl) == 0:
            self.end_bolus(1)
        else:
            self._set(rate_nl_h)

    def _advance_relief(self) -> None:
        readings = self._readings
        if self._ledger.steps_in(readings.task_left_nl) == 0 or relief.is_done(readings):
            self._end_relief()
            self._set(0)
        else:
            readings.set_nl_h = -readings.task_nl_h
            self._flow.request(readings.task_nl_h)

    # --- changes of state ---

    def _enter(self, state: int) -> None:
        self._readings.state = state
        self._readings.journal_due = 1

    def halt(self, state: int) -> None:
        """Motor off at once; what ran is held, or over, as ``state`` says."""
        self._motor.cut()
        self._count()
        before = self._readings.state
        if before == BOLUS:
            self._note_bolus(0)
        elif before == MOVING:
            self._note_move()
        elif before == RELIEVING:
            self._note_relief()
        self._readings.backward = 0
        self._set(0)
        self._flow.steer()
        self._executor.clip(False)
        self._enter(state)

    def stop(self, reason: int) -> None:
        """Motor off at once; an open run is over."""
        self.halt(STOPPED)
        if self._readings.run_open:
            self._readings.run_open = 0
            self._events.add(EVENT_RUN_STOPPED, reason, self.delivered_ul(), 0)

    def stop_by_itself(self, code: int, reason: int) -> None:
        """An alarm stops the pump: at once; after an occlusion it runs back what the line has stored."""
        state = self._readings.state
        if not STATE_BITS[state] & TURNS:
            return
        readings = self._readings
        stored_nl = relief.begin_nl(readings) if code == OCCLUSION and state != RELIEVING else 0
        self._compliance = relief.compliance_nl_per_kpa(readings)
        of_run = STATE_BITS[state] & PROGRAM != 0
        self.halt(ALARM_STOP)
        if of_run:
            self._readings.run_open = self._readings.has_program  # a bolus alone cannot go on
            self._events.add(EVENT_RUN_STOPPED, reason, self.delivered_ul(), 0)
        if stored_nl > 0 and self._ledger.steps_in(stored_nl):
            self._readings.relieves_run = 1 if of_run else 0
            self._start_turning(RELIEVING, stored_nl, relief.rate_nl_h(stored_nl), True)

    def keep_open(self) -> None:
        """An alarm, or a lost link, holds the program to its keep-open rate."""
        state = self._readings.state
        if state == BOLUS:
            self.end_bolus(0)
            state = self._readings.state
        if state == RUNNING:
            self._executor.clip(True)
            self._enter(KEEP_OPEN)

    def run(self) -> None:
        """Let the program begin, or go on from where it was held."""
        if self._readings.state == KEEP_OPEN:
            self._executor.clip(False)
        else:
            self._executor.go_on()
            self._motor.enable(False)
        self._reservoirs.select(self._readings.program_reservoir)
        self._enter(RUNNING)

    def begin_bolus(self, reservoir: int, volume_nl: int, rate_nl_h: int) -> None:
        """Begin a bolus, on top of the program that runs or alone."""
        if self._readings.state == RUNNING:
            self._count()
            self._executor.begin_share()
            self._readings.task_left_nl = self._asked_nl = volume_nl
            self._readings.task_nl_h = rate_nl_h
            self._enter(BOLUS)
        else:
            self._reservoirs.select(reservoir)
            self._start_turning(BOLUS, volume_nl, rate_nl_h, False)

    def begin_move(self, kind: int, reservoir: int, volume_nl: int, rate_nl_h: int) -> None:
        """Begin a set-up move; afterwards the pump is in the state that it was in."""
        self._move = kind
        self._before = self._readings.state
        self._reservoirs.select(reservoir)
        self._start_turning(MOVING, volume_nl, rate_nl_h, False)

    def end_bolus(self, whole: int) -> None:
        """The bolus is over: the program goes on alone, or the pump stands."""
        self._readings.behind_nl = 0  # what a short one lacked at its start is no business of the program's
        if self._readings.has_program:
            self._count()
            self._note_bolus(whole)
            self._enter(RUNNING)
            self._set(self._readings.program_nl_h)
            if self._readings.is_finished:
                self._finish()
            return
        self._motor.cut()
        self._count()
        self._note_bolus(whole)
        self._finish()

    def deliverable_nl(self) -> int:
        """Return what the present state may still deliver, whole run or move."""
        state = self._readings.state
        deliverable = 0
        if STATE_BITS[state] & PROGRAM and self._readings.has_program:
            deliverable = self._executor.rest_nl()
        if state in (BOLUS, MOVING) and deliverable < MASK >> 1:
            deliverable += max(self._readings.task_left_nl, 0)
        return deliverable

    def rate_due_nl_h(self) -> int:
        """Return the flow that the present state is about to set."""
        state = self._readings.state
        rate = self._readings.task_nl_h if state in (BOLUS, MOVING) else 0
        if STATE_BITS[state] & PROGRAM and self._readings.has_program:
            rate += self._readings.program_nl_h
        return rate

    def _start_turning(self, state: int, volume_nl: int, rate_nl_h: int, backward: bool) -> None:
        self._readings.task_left_nl = self._asked_nl = volume_nl
        self._readings.task_nl_h = rate_nl_h
        self._motor.enable(backward)
        self._enter(state)

    def _finish(self) -> None:
        self._motor.cut()
        self._count()
        self._set(0)
        self._readings.run_open = 0
        self._enter(FINISHED)
        self._events.add(EVENT_RUN_FINISHED, self._readings.run, self.delivered_ul(), 0)

    def _end_move(self) -> None:
        self.halt(self._before)

    def _end_relief(self) -> None:
        self.halt(ALARM_STOP)

    def _note_bolus(self, whole: int) -> None:
        self._events.add(EVENT_BOLUS_ENDED, self._asked_nl - self._readings.task_left_nl, whole, 0)

    def _note_move(self) -> None:
        self._events.add(EVENT_MOVE_ENDED, self._move, self._asked_nl - self._readings.task_left_nl, 0)

    def _note_relief(self) -> None:
        self._events.add(EVENT_RELIEF, self._asked_nl - self._readings.task_left_nl, self._compliance, 0)

    def delivered_ul(self) -> int:
        """Return the counted volume of the run in uL."""
        return divide(self._readings.counted_hi, self._readings.counted_lo, 1000)
