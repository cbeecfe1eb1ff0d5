"""What each request does: one small method a message, from its fields to the fields of its answer.

Every handler takes the fields after session and request, which are within their ranges, and returns the
answer's fields after the request's id. It raises ``Refused`` when it will not do what was asked.
"""

from pumpfw.board_time import now_us
from pumpfw.telemetry import CAPACITY
from pumplink import numbers as n
from pumplink.states import ALARM_STOP, FINISHED, INTERRUPTED, STOPPED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from pumpfw.events import Events
    from pumpfw.pump import Pump
    from pumpfw.selftest import SelfTest
    from pumpfw.session import Sessions
    from pumpfw.summaries import Summaries
    from pumpfw.telemetry import Telemetry
    from pumplink.frame import FrameReader

    Fields = list[Any]
    Handler = Callable[[Fields], Sequence[Any]]

_HAS_REPL = 1 << 5 | 1 << 7  # capabilities: a second port leaves the first to it, or it is shared
_AT_REST = (STOPPED, FINISHED, INTERRUPTED, ALARM_STOP)


class Commands:
    """``handlers`` by message number. ``released`` is True once a host asked for the REPL's port."""

    def __init__(
        self,
        board: "Any",
        pump: "Pump",
        events: "Events",
        telemetry: "Telemetry",
        summaries: "Summaries",
        sessions: "Sessions",
        reader: "FrameReader",
        selftest: "SelfTest",
    ) -> None:
        self.released = False
        self.repeated = 0
        self._board = board
        self._pump = pump
        self._events = events
        self._telemetry = telemetry
        self._summaries = summaries
        self._sessions = sessions
        self._reader = reader
        self._selftest = selftest
        self.handlers: "dict[int, Handler]" = {
            n.BYE: self._bye,
            n.LIMITS: self._limits,
            n.TIME_SYNC: self._time_sync,
            n.LEASE: self._lease,
            n.LINK_HEALTH: self._link_health,
            n.RESERVOIR_SET: self._reservoir_set,
            n.RESERVOIR_GET: self._reservoir_get,
            n.REFILL: self._refill,
            n.PROGRAM_BEGIN: self._program_begin,
            n.PROGRAM_SEGMENT: self._program_segment,
            n.PROGRAM_STAGE: self._program_stage,
            n.PROGRAM_GET: self._program_get,
            n.PROGRAM_GET_SEGMENT: self._program_get_segment,
            n.PROGRAM_COMMIT: self._program_commit,
            n.START: self._start,
            n.PAUSE: self._pause,
            n.BOLUS: self._bolus,
            n.MOVE: self._move,
            n.ALARM_LIST: self._alarm_list,
            n.ALARM_ACK: self._alarm_ack,
            n.TELEMETRY_SET: self._telemetry_set,
            n.TELEMETRY_FETCH: self._telemetry_fetch,
            n.SUMMARY_FETCH: self._summary_fetch,
            n.EVENTS_FETCH: self._events_fetch,
            n.EVENTS_ACK: self._events_ack,
            n.CALIBRATION_SET: self._calibration_set,
            n.CALIBRATION_GET: self._calibration_get,
            n.TUBE_FIT: self._tube_fit,
            n.SELFTEST: self._selftest_report,
        }

    # --- the session ---

    def _bye(self, _fields: "Fields") -> "Sequence[Any]":
        self._sessions.bye()
        return ()

    def _limits(self, _fields: "Fields") -> "Sequence[Any]":
        config = self._pump.config
        return (
            config.max_flow_nl_h,
            config.max_bolus_nl,
            config.max_bolus_nl_h,
            config.max_hour_nl,
            config.max_pressure_pa,
            config.max_move_nl,
            config.reservoirs,
            config.segments,
            config.steps_per_rev,
            CAPACITY,
            self._events.capacity,
            self._summaries.capacity,
        )

    def _time_sync(self, fields: "Fields") -> "Sequence[Any]":
        return fields[0], now_us(self._board, self._pump.readings)

    def _lease(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.renew_lease(fields[0])
        return ()

    def _link_health(self, _fields: "Fields") -> "Sequence[Any]":
        reader, readings = self._reader, self._pump.readings
        return (
            reader.frames & n.U32,
            reader.bad_frames & n.U32,
            self.repeated & n.U32,
            readings.dropped,
            readings.late_ticks,
            readings.longest_tick_us,
        )

    def _selftest_report(self, _fields: "Fields") -> "Sequence[Any]":
        return self._selftest.report()

    def port_release(self) -> "Sequence[Any]":
        """Give the board back to its REPL where it has one and the pump stands."""
        state = self._pump.readings.state
        self.released = self._board.capabilities & _HAS_REPL != 0 and state in _AT_REST
        return int(self.released), state

    # --- reservoirs, calibration, tube set ---

    def _reservoir_set(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.set_reservoir(fields)
        return ()

    def _reservoir_get(self, fields: "Fields") -> "Sequence[Any]":
        return self._pump.get_reservoir(fields[0])

    def _refill(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.refill(*fields)
        return ()

    def _calibration_set(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.calibration.set(fields)
        return ()

    def _calibration_get(self, _fields: "Fields") -> "Sequence[Any]":
        return self._pump.calibration.get()

    def _tube_fit(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.fit_tube(fields[0])
        return ()

    # --- programs ---

    def _program_begin(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.programs.begin(fields)
        return ()

    def _program_segment(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.programs.add_segment(fields)
        return ()

    def _program_stage(self, _fields: "Fields") -> "Sequence[Any]":
        return self._pump.programs.stage()

    def _program_get(self, fields: "Fields") -> "Sequence[Any]":
        digest, values = self._pump.programs.get(fields[0])
        return [digest] + list(values)

    def _program_get_segment(self, fields: "Fields") -> "Sequence[Any]":
        return self._pump.programs.get_segment(fields[0], fields[1])

    def _program_commit(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.programs.commit(fields[0])
        return ()

    # --- running, alarms ---

    def _start(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.start(*fields)
        return ()

    def _pause(self, _fields: "Fields") -> "Sequence[Any]":
        self._pump.pause()
        return ()

    def _bolus(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.bolus(*fields)
        return ()

    def _move(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.move(*fields)
        return ()

    def _alarm_list(self, _fields: "Fields") -> "Sequence[Any]":
        return self._pump.readings.alarms_latched, self._pump.readings.alarms_present

    def _alarm_ack(self, fields: "Fields") -> "Sequence[Any]":
        self._pump.acknowledge(fields[0])
        return ()

    # --- telemetry, summaries, events ---

    def _telemetry_set(self, fields: "Fields") -> "Sequence[Any]":
        self._telemetry.set_rate(fields[0])
        return ()

    def _telemetry_fetch(self, fields: "Fields") -> "Sequence[Any]":
        return self._telemetry.fetch(*fields)

    def _summary_fetch(self, fields: "Fields") -> "Sequence[Any]":
        return self._summaries.fetch(*fields)

    def _events_fetch(self, fields: "Fields") -> "Sequence[Any]":
        return self._events.fetch(fields[0])

    def _events_ack(self, fields: "Fields") -> "Sequence[Any]":
        self._events.acknowledge(fields[0])
        return ()
