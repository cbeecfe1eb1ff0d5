"""Frozen messages, which any host of any version may send: hello and stop."""

from pumpfw.board_time import now_us
from pumpfw.identity import firmware_hash
from pumplink import codec, version
from pumplink.alarms import NO_PRIORITY
from pumplink.states import EVENT_SESSION, STOPPED_BY_HOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pumpfw.events import Events
    from pumpfw.pump import Pump
    from pumpfw.session import Sessions
    from pumpfw.telemetry import Telemetry


class Handshake:
    """Each method returns the fields of the answer, in the table's order. ``came_up`` is called at the boot's
    first hello of a host that fits."""

    def __init__(
        self,
        board: "Any",
        pump: "Pump",
        boot_count: int,
        sessions: "Sessions",
        events: "Events",
        telemetry: "Telemetry",
    ) -> None:
        self._board = board
        self._pump = pump
        self._boot_count = boot_count
        self._sessions = sessions
        self._events = events
        self._telemetry = telemetry
        self._hash = firmware_hash()
        self.came_up: "Callable[[], None] | None" = None
        self._name = board.name.encode()
        self._unique_id = bytes(board.unique_id)

    def hello(self, values: "list[Any]") -> "list[Any]":
        """Open a session, and with it the stream of telemetry and events."""
        protocol, schema, nonce, role = values
        fits = protocol == version.PROTOCOL and schema == codec.schema_hash()
        if fits and self.came_up:
            self.came_up()
            self.came_up = None
        sessions = self._sessions
        opened = sessions.count
        time_us = now_us(self._board, self._pump.readings)
        token, given = sessions.hello(nonce, role, fits, time_us // 1_000_000)
        if sessions.count != opened:
            self._events.add(EVENT_SESSION, given, sessions.count, NO_PRIORITY)
        self._telemetry.set_live(True)
        self._events.set_live(True)
        return [
            nonce,
            version.PROTOCOL,
            codec.schema_hash(),
            token,
            given,
            version.FIRMWARE[0],
            version.FIRMWARE[1],
            version.FIRMWARE[2],
            self._hash,
            self._name,
            self._unique_id,
            self._board.capabilities,
            self._boot_count,
            self._board.reset_cause,
            time_us,
            self._pump.readings.tick_hz,
            self._telemetry.max_hz,
        ]

    def stop(self) -> "list[Any]":
        """Stop the pump, whatever it does and whoever asks."""
        self._pump.stop(STOPPED_BY_HOST)
        return [self._pump.readings.state, self._delivered_nl()]

    def _delivered_nl(self) -> int:
        return (self._pump.readings.counted_hi << 30) + self._pump.readings.counted_lo
