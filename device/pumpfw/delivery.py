"""Delivery: what the head does now, and how much it may. The states that turn, the changes between them, the
accounts.

Every change of state first settles: the steps made until then belong to the state before. Nothing here
allocates.

A bolus comes on top of a running program: the motor turns at the sum of both flows, the program's clock
and its exact integral run on, and what is counted beyond the program's share is the bolus. In the
keep-open state the program runs on as well, each flow held to the keep-open rate; so it never delivers
more than the program, nor longer.
"""

from pumpfw.config import Config
from pumpfw.estimator import Estimator
from pumpfw.executor import Executor
from pumpfw.fixed import MASK, divide
from pumpfw.flow import Flow
from pumpfw.ledger import Ledger
from pumpfw.limits import Limits
from pumpfw.motor import Motor
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
    from pumpfw.events import Events

# By state: 1 the head turns, 2 what it delivers belongs to the run.
TURNS = 1
PROGRAM = 2
STATE_BITS = bytes((0, 3, 0, 3, 3, 1, 0, 0, 0, 1))
_RELIEF_NL_H = 10_000_000


class Delivery:
    """Public for the tick: ``account``, ``advance``, ``allow``. For commands and alarms: the changes of
    state."""

    def __init__(
        self,
        config: Config,
        motor: Motor,
        flow: Flow,
        ledger: Ledger,
        executor: Executor,
        reservoirs: Reservoirs,
        limits: Limits,
        estimator: Estimator,
        readings: Readings,
        events: "Events",
    ) -> None:
        self._config = config
        self._motor = motor
        self._count = motor.count  # bound once: they are called in every tick
        self._advance_executor = executor.advance
        self._flow = flow
        self._ledger = ledger
        self._executor = executor
        self._reservoirs = reservoirs
        self._limits = limits
        self._estimator = estimator
        self._readings = readings
        self._events = events
        self.run_open = False  # a run that has not been stopped or finished
        self.has_program = False  # the open run delivers a program (a bolus alone does not)
        self._rest_nl = 0  # of a bolus, a move or a relief
        self._asked_nl = 0
        self._rate_nl_h = 0
        self._move = 0
        self._before = STOPPED  # state that a move goes back to
        self._relieves_run = False
        self.journal_due = False
        self.journal_below_nl = (
            0  # due when the head may deliver less than this before it has to wait for the journal
        )
        self.stood_s = 0  # seconds since the head last turned

    # --- the tick's part ---

    def account(self) -> None:
        """Count the steps made since the last time into every account that they belong to."""
        steps = self._count()
        if steps == 0:
            return
        if self._motor.backward:
            self._account_relief(steps)
            return
        volume_nl = self._ledger.volume_of(steps)
        authorised = self._ledger.authorised_nl - volume_nl
        self._ledger.authorised_nl = authorised
        if authorised < self.journal_below_nl:
            self.journal_due = True
        self._estimator.delivered(volume_nl)
        self._reservoirs.take(volume_nl)
        state = self._readings.state
        if STATE_BITS[state] & PROGRAM:
            self._ledger.count(volume_nl)
            self._limits.add(volume_nl)
            if state != BOLUS:
                self._flow.delivered(steps)
                self._executor.count(volume_nl)
                return
        self._rest_nl -= volume_nl

    def _account_relief(self, steps: int) -> None:
        """What is run back was not delivered: the run that it came from still has it to deliver."""
        volume_nl = self._ledger.volume_of(-steps)
        self._rest_nl += volume_nl
        self._reservoirs.take(volume_nl)
        if self._relieves_run:
            self._ledger.count(volume_nl)
            if self.run_open:
                self._flow.delivered(-steps)
                self._executor.count(volume_nl)

    def advance(self, dt_us: int) -> None:
        """Let the state's own clock run and set the flow that is due."""
        state = self._readings.state
        if not STATE_BITS[state] & TURNS:
            return
        if state == BOLUS:
            self._advance_bolus(dt_us)
        elif state == MOVING:
            if self._ledger.steps_in(self._rest_nl) == 0:
                self._end_move()
            else:
                self._set(self._rate_nl_h)
        elif state == RELIEVING:
            self._advance_relief()
        else:  # a program; spelt out here, as almost every tick comes this way
            self._advance_executor(dt_us)
            executor = self._executor
            if executor.finished:
                self._finish()
                return
            if executor.reservoir != self._readings.reservoir:
                self._reservoirs.select(executor.reservoir)
            if executor.set_nl_h != self._readings.set_nl_h:
                self._set(executor.set_nl_h)

    def allow(self) -> None:
        """Permit the steps that the next ticks need, and never one that no volume is left for."""
        motor = self._motor
        horizon = self._flow.horizon_steps
        if motor.permitted > horizon >> 1:
            return
        state = self._readings.state
        bits = STATE_BITS[state]
        if not bits & TURNS or horizon == 0:
            return
        ledger = self._ledger
        if state == RELIEVING:
            most = ledger.steps_in(self._rest_nl)
        else:
            rest = ledger.authorised_nl
            left = self._reservoirs.rest_nl()
            if left < rest:
                rest = left
            if bits & PROGRAM:
                left = self._limits.rest_nl()
                if left < rest:
                    rest = left
                left = self._rest_nl if state == BOLUS else self._executor.countable_nl()
                if left < rest:
                    rest = left
            elif self._rest_nl < rest:
                rest = self._rest_nl
            most = ledger.steps_in(rest)
            if state != BOLUS and bits & PROGRAM and self._executor.last_second():
                balance = self._flow.balance_pl // self._flow.weight_pl
                if balance < most:
                    most = balance if balance > 0 else 0
        steps = horizon if horizon < most else most
        if steps != motor.permitted:
            motor.permit(steps)

    def second(self) -> None:
        """Be told of each second of board time."""
        if STATE_BITS[self._readings.state] & TURNS:
            self.stood_s = 0
        elif self.stood_s < 0xFFFFF:
            self.stood_s += 1

    def _set(self, rate_nl_h: int) -> None:
        self._readings.set_nl_h = rate_nl_h
        self._flow.request(rate_nl_h)

    def _advance_bolus(self, dt_us: int) -> None:
        if self.has_program:
            executor = self._executor
            executor.advance(dt_us)
            self._rest_nl += executor.share()
        if self._ledger.steps_in(self._rest_nl) == 0:
            self.end_bolus(1)
            return
        if self.has_program and not self._executor.finished:
            self._set(self._rate_nl_h + self._executor.set_nl_h)
        else:
            self._set(self._rate_nl_h)

    def _advance_relief(self) -> None:
        if self._ledger.steps_in(self._rest_nl) == 0 or self._readings.pressure_pa <= self._estimator.calm_pa:
            self._end_relief()
            self._set(0)
        else:
            self._readings.set_nl_h = -self._rate_nl_h
            self._flow.request(self._rate_nl_h)

    # --- changes of state ---

    def _enter(self, state: int) -> None:
        self._readings.state = state
        self.journal_due = True

    def halt(self, state: int) -> None:
        """Motor off at once; what ran is held, or over, as ``state`` says."""
        self._motor.cut()
        self.account()
        before = self._readings.state
        if before == BOLUS:
            self._note_bolus(0)
        elif before == MOVING:
            self._note_move()
        elif before == RELIEVING:
            self._note_relief()
        self._motor.backward = False
        self._set(0)
        self._flow.steer()
        self._executor.clip(False)
        self._enter(state)

    def stop(self, reason: int) -> None:
        """Motor off at once; an open run is over."""
        self.halt(STOPPED)
        if self.run_open:
            self.run_open = False
            self._events.add(EVENT_RUN_STOPPED, reason, self.delivered_ul(), 0)

    def stop_by_itself(self, code: int, reason: int) -> None:
        """An alarm stops the pump: at once; after an occlusion it runs back what the line has stored."""
        state = self._readings.state
        if not STATE_BITS[state] & TURNS:
            return
        stored_nl = self._estimator.stored_nl() if code == OCCLUSION and state != RELIEVING else 0
        of_run = STATE_BITS[state] & PROGRAM != 0
        self.halt(ALARM_STOP)
        if of_run:
            self.run_open = self.has_program  # a bolus alone cannot go on
            self._events.add(EVENT_RUN_STOPPED, reason, self.delivered_ul(), 0)
        if stored_nl > 0 and self._ledger.steps_in(stored_nl):
            self._relieves_run = of_run
            self._start_turning(RELIEVING, stored_nl, _RELIEF_NL_H, True)

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
        self._reservoirs.select(self._executor.reservoir)
        self._enter(RUNNING)

    def begin_bolus(self, reservoir: int, volume_nl: int, rate_nl_h: int) -> None:
        """Begin a bolus, on top of the program that runs or alone."""
        if self._readings.state == RUNNING:
            self.account()
            self._executor.begin_share()
            self._rest_nl = self._asked_nl = volume_nl
            self._rate_nl_h = rate_nl_h
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
        if self.has_program:
            self.account()
            self._note_bolus(whole)
            self._enter(RUNNING)
            self._set(self._executor.set_nl_h)
            if self._executor.finished:
                self._finish()
            return
        self._motor.cut()
        self.account()
        self._note_bolus(whole)
        self._finish()

    def deliverable_nl(self) -> int:
        """Return what the present state may still deliver, whole run or move."""
        state = self._readings.state
        deliverable = 0
        if STATE_BITS[state] & PROGRAM and self.has_program:
            deliverable = self._executor.rest_nl()
        if state in (BOLUS, MOVING) and deliverable < MASK >> 1:
            deliverable += max(self._rest_nl, 0)
        return deliverable

    def rate_due_nl_h(self) -> int:
        """Return the flow that the present state is about to set."""
        state = self._readings.state
        rate = self._rate_nl_h if state in (BOLUS, MOVING) else 0
        if STATE_BITS[state] & PROGRAM and self.has_program:
            rate += self._executor.set_nl_h
        return rate

    def _start_turning(self, state: int, volume_nl: int, rate_nl_h: int, backward: bool) -> None:
        self._rest_nl = self._asked_nl = volume_nl
        self._rate_nl_h = rate_nl_h
        self._motor.enable(backward)
        self._enter(state)

    def _finish(self) -> None:
        self._motor.cut()
        self.account()
        self._set(0)
        self.run_open = False
        self._enter(FINISHED)
        self._events.add(EVENT_RUN_FINISHED, self._readings.run, self.delivered_ul(), 0)

    def _end_move(self) -> None:
        self.halt(self._before)

    def _end_relief(self) -> None:
        self.halt(ALARM_STOP)

    def _note_bolus(self, whole: int) -> None:
        self._events.add(EVENT_BOLUS_ENDED, self._asked_nl - self._rest_nl, whole, 0)

    def _note_move(self) -> None:
        self._events.add(EVENT_MOVE_ENDED, self._move, self._asked_nl - self._rest_nl, 0)

    def _note_relief(self) -> None:
        self._events.add(EVENT_RELIEF, self._asked_nl - self._rest_nl, 0, 0)

    def delivered_ul(self) -> int:
        """Return the counted volume of the run in uL."""
        return divide(self._readings.counted_hi, self._readings.counted_lo, 1000)
