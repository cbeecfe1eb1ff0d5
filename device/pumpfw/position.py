"""What survives a power cut: where the run is, and how much may have been delivered.

The record is written ahead of the motor: it says "up to here it may have been delivered", and the head is
never permitted past it. A restart takes it for delivered, so that no number of cuts can add up to more
than the program's volume. While the head turns, a record allows at most 10 uL or 10 s of flow, whichever
is less, and is renewed before either is over.
"""

from array import array

from pumpfw.alarms import Alarms
from pumpfw.config import Config
from pumpfw.delivery import PROGRAM, STATE_BITS, TURNS, Delivery
from pumpfw.errors import Refused
from pumpfw.executor import POSITION_WORDS, Executor
from pumpfw.fixed import carry, wrap
from pumpfw.flow import Flow
from pumpfw.keeper import Keeper
from pumpfw.ledger import Ledger
from pumpfw.limits import Limits
from pumpfw.readings import Readings
from pumpfw.reservoir import Reservoirs
from pumplink.alarms import MEMORY_FAULT, RESET_IN_RUN
from pumplink.numbers import MAX_RESERVOIRS
from pumplink.states import EVENT_INTERRUPTED, INTERRUPTED

_VERSION = 2
_FIXED_WORDS = 13
_EXECUTOR_AT = _FIXED_WORDS + MAX_RESERVOIRS
_WORDS = _EXECUTOR_AT + POSITION_WORDS
_OPEN = 1
_HAS_PROGRAM = 2
_TRIES = 100  # of writing in the slack, before it counts as a memory fault


class Position:
    """``service`` writes in the slack when the tick says so; ``write`` at once, for a command."""

    def __init__(
        self,
        config: Config,
        delivery: Delivery,
        executor: Executor,
        flow: Flow,
        ledger: Ledger,
        limits: Limits,
        reservoirs: Reservoirs,
        alarms: Alarms,
        readings: Readings,
        keeper: Keeper,
    ) -> None:
        self._config = config
        self._delivery = delivery
        self._executor = executor
        self._flow = flow
        self._ledger = ledger
        self._limits = limits
        self._reservoirs = reservoirs
        self._alarms = alarms
        self._readings = readings
        self._keeper = keeper
        self._words = array("i", [0] * _WORDS)
        self._failures = 0
        self._age_s = 0

    def second(self) -> None:
        """Be told of each second of board time: while the head turns a record gets old."""
        self._age_s += 1
        if self._age_s >= self._config.journal_s and STATE_BITS[self._readings.state] & TURNS:
            self._readings.journal_due = 1

    def service(self) -> bool:
        """Write the record when it is due. False when there was nothing to do."""
        if not self._readings.journal_due:
            return False
        try:
            self.write()
        except Refused:
            self._failures += 1
            if self._failures == _TRIES:
                self._alarms.set(MEMORY_FAULT, True, 0)
        return True

    def write(self) -> None:
        """Write the record now. Raises ``Refused`` when the journal does not take it: then the head may not
        go on."""
        allowance_nl = self._allowance_nl()
        self._fill(allowance_nl)
        self._readings.journal_due = 1  # until it is written
        self._keeper.put_position(bytes(self._words))
        self._readings.journal_due = 0
        self._readings.authorised_nl = allowance_nl
        # Where all that is left is allowed, nothing more will have to be written until it is delivered.
        whole = allowance_nl == self._delivery.deliverable_nl()
        two_ticks_nl = self._delivery.rate_due_nl_h() // (1800 * self._config.tick_hz)
        self._readings.journal_below_nl = (
            0 if whole else max(allowance_nl // 5, two_ticks_nl, 2 * self._flow.step_nl())
        )
        self._age_s = 0
        self._failures = 0

    def _allowance_nl(self) -> int:
        ten_seconds_nl = self._delivery.rate_due_nl_h() // 360
        least_nl = 6 * self._flow.step_nl()
        most_nl = max(self._config.journal_nl, least_nl)
        return min(max(ten_seconds_nl, least_nl), most_nl, self._delivery.deliverable_nl())

    def _fill(self, allowance_nl: int) -> None:
        readings = self._readings
        words = self._words
        of_run_nl = allowance_nl if STATE_BITS[readings.state] & PROGRAM else 0
        words[0] = _VERSION
        words[1] = (_OPEN if readings.run_open else 0) | (_HAS_PROGRAM if readings.has_program else 0)
        words[2] = readings.run
        words[3] = wrap(readings.counted_lo, of_run_nl)
        words[4] = readings.counted_hi + carry(readings.counted_lo, of_run_nl)
        words[5] = readings.commanded_lo
        words[6] = readings.commanded_hi
        words[7] = readings.measured_lo
        words[8] = readings.measured_hi
        words[9] = readings.hour_nl + of_run_nl
        words[10] = readings.alarms_latched
        words[11] = self._reservoirs.generation
        words[12] = readings.reservoir
        for i in range(MAX_RESERVOIRS):
            words[_FIXED_WORDS + i] = self._reservoirs.remaining[i]
        words[_FIXED_WORDS + readings.reservoir] = max(
            self._reservoirs.remaining[readings.reservoir] - allowance_nl, 0
        )
        self._executor.save(words, _EXECUTOR_AT, of_run_nl)

    def restore(self, stored: bytes) -> None:
        """At boot: take the last record. A run that was open is interrupted, and stands until someone
        decides."""
        if len(stored) != _WORDS * 4:
            return
        words = array("i", stored)
        if words[0] != _VERSION:
            return
        readings = self._readings
        readings.run = words[2]
        readings.counted_lo, readings.counted_hi = words[3], words[4]
        readings.measured_lo, readings.measured_hi = words[7], words[8]
        self._ledger.restore_commanded(words[6], words[5])
        self._limits.restore(words[9])
        self._alarms.restore(words[10])
        if words[11] == self._reservoirs.generation:
            for i in range(MAX_RESERVOIRS):
                self._reservoirs.remaining[i] = words[_FIXED_WORDS + i]
        self._reservoirs.select(words[12])
        if not words[1] & _OPEN:
            return
        delivery = self._delivery
        readings.run_open = 1
        readings.has_program = 1 if words[1] & _HAS_PROGRAM else 0
        if readings.has_program:
            self._executor.restore(words, _EXECUTOR_AT)
        readings.state = INTERRUPTED
        self._alarms.latch(RESET_IN_RUN, delivery.delivered_ul())
        self._alarms.take()  # it stands already
        self._keeper.events.add(EVENT_INTERRUPTED, readings.run, delivery.delivered_ul(), 0)
