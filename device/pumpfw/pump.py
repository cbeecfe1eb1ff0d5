"""The face of the pump: what a host may ask of it.

Every method either does what it says or raises ``Refused`` and changes nothing. ``values`` are a message's
fields in the table's order, without session and request (for answers: without the request's id), lists
flattened.
"""

import struct

from pumpfw.alarms import STOP_MASK, Alarms
from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.delivery import STATE_BITS, TURNS, Delivery
from pumpfw.errors import Refused
from pumpfw.executor import Executor
from pumpfw.flow import Flow
from pumpfw.learning import Learning
from pumpfw.lease import Lease
from pumpfw.ledger import Ledger
from pumpfw.limits import Limits
from pumpfw.position import Position
from pumpfw.program import CELLS, Program, Programs
from pumpfw.readings import Readings
from pumpfw.reservoir import Reservoirs
from pumpfw.watch import Watch
from pumplink.alarms import AIR, RESET_IN_RUN
from pumplink.states import (
    ALARM_STOP,
    BOLUS,
    EVENT_BOLUS_STARTED,
    EVENT_LINK_BACK,
    EVENT_LINK_LOST,
    EVENT_MOVE_STARTED,
    EVENT_RUN_PAUSED,
    EVENT_RUN_RESUMED,
    EVENT_RUN_STARTED,
    FINISHED,
    INTERRUPTED,
    KEEP_OPEN,
    PAUSE,
    PAUSED,
    REFUSED_DIGEST,
    REFUSED_NOTHING,
    REFUSED_RANGE,
    REFUSED_STATE,
    REFUSED_VOLUME,
    RUNNING,
    STOPPED,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pumpfw.events import Events

_MOVES = 3
_RESERVOIR_FIELD, _VOLUME_FIELD, _RATE_FIELD = 0, 1, 2  # of a bolus; a move has its kind before them


class Pump:
    """Built in ``app.py``. ``readings, config, reservoirs, programs, calibration, alarms`` are public."""

    def __init__(
        self,
        config: Config,
        readings: Readings,
        programs: Programs,
        calibration: Calibration,
        reservoirs: Reservoirs,
        alarms: Alarms,
        delivery: Delivery,
        executor: Executor,
        ledger: Ledger,
        limits: Limits,
        flow: Flow,
        watch: Watch,
        learning: Learning,
        lease: Lease,
        position: Position,
        events: "Events",
    ) -> None:
        self.config = config
        self.readings = readings
        self.programs = programs
        self.calibration = calibration
        self.reservoirs = reservoirs
        self.alarms = alarms
        self._delivery = delivery
        self._executor = executor
        self._ledger = ledger
        self._limits = limits
        self._flow = flow
        self._watch = watch
        self._learning = learning
        self._lease = lease
        self._position = position
        self._events = events
        self._link_missed = False

    # --- running ---

    def stop(self, reason: int) -> None:
        """Cut the motor at once, in every state; an open run is over. ``reason`` is a STOP_REASON number."""
        self._delivery.stop(reason)

    def start(self, digest: bytes, resume: int, lease_s: int) -> None:
        """Begin the committed program anew (while no run is open), or go on with the held one."""
        program = self.programs.committed
        if not program.segments:
            raise Refused(REFUSED_NOTHING)
        if bytes(digest) != program.digest:
            raise Refused(REFUSED_DIGEST)
        state = self.readings.state
        if not (state in (PAUSED, INTERRUPTED, ALARM_STOP, KEEP_OPEN) if resume else self._is_idle()):
            raise Refused(REFUSED_STATE, value=state)
        if resume and not (self.readings.run_open and self.readings.has_program):
            raise Refused(REFUSED_NOTHING)
        self.alarms.refuse_while(STOP_MASK)
        self._lease.check(lease_s)
        if resume:
            self._resume(lease_s)
        else:
            self._begin(program, lease_s)

    def pause(self) -> None:
        """Hold the program and its clock; a bolus that was under way is over, and is not made up."""
        state = self.readings.state
        if state not in (RUNNING, KEEP_OPEN, BOLUS):
            raise Refused(REFUSED_STATE, value=state)
        if not self.readings.has_program:
            self._delivery.end_bolus(0)
            return
        self._delivery.halt(PAUSED)
        self._events.add(EVENT_RUN_PAUSED, 0, 0, 0)

    def bolus(self, reservoir: int, volume_nl: int, rate_nl_h: int) -> None:
        """Deliver a bolus on top of the running program, or alone when stopped."""
        state = self.readings.state
        on_top = state == RUNNING
        if not on_top and not self._is_idle():
            raise Refused(REFUSED_STATE, value=state)
        self._limits.check_bolus(volume_nl, _VOLUME_FIELD, rate_nl_h, _RATE_FIELD)
        self._limits.check_hour(volume_nl, _VOLUME_FIELD)
        self._check_rate(rate_nl_h, _RATE_FIELD, self.readings.program_nl_h if on_top else 0)
        self._check_reservoir(reservoir, _RESERVOIR_FIELD, volume_nl, _VOLUME_FIELD)
        if self.reservoirs.capacity[reservoir] == 0:
            raise Refused(REFUSED_NOTHING, _RESERVOIR_FIELD, reservoir)
        if on_top and reservoir != self.readings.reservoir:
            raise Refused(
                REFUSED_RANGE, _RESERVOIR_FIELD, reservoir, self.readings.reservoir, self.readings.reservoir
            )
        self.alarms.refuse_while(STOP_MASK)
        if not on_top:
            self._open_run(False)
        self._delivery.begin_bolus(reservoir, volume_nl, rate_nl_h)
        self._journal_or_stop()
        if not on_top:
            self._events.add(EVENT_RUN_STARTED, self.readings.run, 0, 0)
        self._events.add(EVENT_BOLUS_STARTED, volume_nl, rate_nl_h, 0)

    def move(self, kind: int, reservoir: int, volume_nl: int, rate_nl_h: int) -> None:
        """Prime, purge or jog by a bounded volume that no run counts; the head must stand."""
        state = self.readings.state
        if STATE_BITS[state] & TURNS:
            raise Refused(REFUSED_STATE, value=state)
        if not 0 <= kind < _MOVES:
            raise Refused(REFUSED_RANGE, 0, kind, 0, _MOVES - 1)
        self._limits.check_move(volume_nl, 1 + _VOLUME_FIELD)
        self._check_rate(rate_nl_h, 1 + _RATE_FIELD, 0)
        self._check_reservoir(reservoir, 1 + _RESERVOIR_FIELD, volume_nl, 1 + _VOLUME_FIELD)
        # A purge is what removes the air; a reset must not forbid to set the line up again.
        self.alarms.refuse_while(STOP_MASK & ~(1 << AIR | 1 << RESET_IN_RUN))
        self._delivery.begin_move(kind, reservoir, volume_nl, rate_nl_h)
        self._journal_or_stop()
        self._events.add(EVENT_MOVE_STARTED, kind, volume_nl, 0)

    def renew_lease(self, duration_s: int) -> None:
        """Let an attended run go on for so long without another word."""
        self._lease.renew(duration_s)

    # --- alarms and reservoirs ---

    def acknowledge(self, code: int) -> None:
        """Take note of a latched alarm."""
        self.alarms.acknowledge(code)

    def set_reservoir(self, values: "list[Any]") -> None:
        """Set index, capacity, contents, low mark, empty mark, concentration and drug; not the one that is
        running."""
        self.reservoirs.set(values, STATE_BITS[self.readings.state] & TURNS != 0)
        self.readings.journal_due = 1

    def get_reservoir(self, index: int) -> "list[Any]":
        """Return the fields of reservoir_get_answer; contents are what remains now."""
        return self.reservoirs.get(index)

    def refill(self, index: int, residual_nl: int, contents_nl: int) -> None:
        """Note a refill: what came back, and what went in."""
        self.reservoirs.refill(index, residual_nl, contents_nl)
        self.readings.journal_due = 1

    def fit_tube(self, tube_set: int) -> None:
        """A new tube set is in the head: a calibration of another one no longer counts."""
        self.calibration.fit_tube(tube_set)

    # --- the loop ---

    def link_alive(self, connected: bool) -> None:
        """Be told that a host is there, or gone: noted while a run is open. What an attended run does is its
        lease's business."""
        if not connected and self.readings.run_open:
            self._link_missed = True
            self._events.add(EVENT_LINK_LOST, 0, 0, 0)
        elif connected and self._link_missed:
            self._link_missed = False
            self._events.add(EVENT_LINK_BACK, 0, 0, 0)

    # --- inside ---

    def _is_idle(self) -> bool:
        """Return whether the head stands and no run waits to go on."""
        state = self.readings.state
        return state in (STOPPED, FINISHED) or (state == ALARM_STOP and not self.readings.run_open)

    def _begin(self, program: Program, lease_s: int) -> None:
        cells = program.cells
        for at in range(0, program.segments * CELLS, CELLS):
            if cells[at] != PAUSE and self.reservoirs.capacity[cells[at + 1]] == 0:
                raise Refused(REFUSED_VOLUME, value=program.volume_nl)
        self._open_run(True)
        self._executor.begin()
        self._delivery.run()
        self._lease.renew(lease_s)
        self._journal_or_stop()
        self._events.add(
            EVENT_RUN_STARTED, self.readings.run, struct.unpack(">I", program.digest[:4])[0] >> 1, 0
        )

    def _resume(self, lease_s: int) -> None:
        self._delivery.run()
        self._lease.renew(lease_s)
        self._journal_or_stop()
        self._events.add(EVENT_RUN_RESUMED, 0, 0, 0)

    def _open_run(self, has_program: bool) -> None:
        self.readings.run = (self.readings.run + 1) & 0x3FFFFFFF
        self._ledger.begin_run()
        self._watch.begin_run()
        self._learning.begin_run()
        self.readings.run_open = 1
        self.readings.has_program = 1 if has_program else 0

    def _journal_or_stop(self) -> None:
        """Write down what is about to be delivered before the motor may make its first step."""
        written = False
        try:
            self._position.write()
            written = True
        finally:
            if not written:
                self._delivery.halt(STOPPED)

    def _check_rate(self, rate_nl_h: int, field: int, besides_nl_h: int) -> None:
        slowest = self._limits.slowest_nl_h(self._flow.step_nl())
        self._limits.check_flow(rate_nl_h, field, slowest)
        self._limits.check_flow(rate_nl_h + besides_nl_h, field, slowest)

    def _check_reservoir(self, index: int, field: int, volume_nl: int, volume_field: int) -> None:
        if not 0 <= index < self.config.reservoirs:
            raise Refused(REFUSED_RANGE, field, index, 0, self.config.reservoirs - 1)
        if self.reservoirs.capacity[index]:
            there_nl = max(self.reservoirs.remaining[index] - self.reservoirs.empty_at[index], 0)
            if volume_nl > there_nl:
                raise Refused(REFUSED_VOLUME, volume_field, volume_nl, 0, there_nl)
