"""The link: bytes in, bytes out, never waiting for either.

What comes in is searched for a stop frame before anything else is done with it. What goes out has an order:
answers, then events, then live telemetry, then back-fill. A frame is only made when the last one has gone,
except for answers, so that an answer waits behind one frame at most.
"""

from pumpfw.commands import Commands
from pumpfw.handshake import Handshake
from pumpfw.requests import Requests
from pumpfw.session import Sessions
from pumplink.frame import MAX_FRAME, MAX_PAYLOAD, STOP_FRAME, FrameReader, FrameWriter
from pumplink.numbers import EVENT, SUMMARY, TELEMETRY
from pumplink.states import STOPPED_BY_HOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pumpfw.events import Events
    from pumpfw.journal import Journal
    from pumpfw.pump import Pump
    from pumpfw.selftest import SelfTest
    from pumpfw.summaries import Summaries
    from pumpfw.telemetry import Telemetry

_INPUT = 512  # bytes: what a chip's port holds at most
_SPLIT = len(STOP_FRAME) - 1  # bytes of a stop frame that may lie in another read


class Link:
    """``poll`` in every turn of the loop; ``is_released`` once a host asked for the REPL's port back."""

    def __init__(
        self,
        board: "Any",
        pump: "Pump",
        journal: "Journal",
        events: "Events",
        telemetry: "Telemetry",
        summaries: "Summaries",
        selftest: "SelfTest",
    ) -> None:
        self._port = board.port
        self._connected = board.port.connected  # bound once: they are called in every turn of the loop
        self._readinto = board.port.readinto
        self._pump = pump
        self._readings = pump.readings
        self._events = events
        self._telemetry = telemetry
        self._summaries = summaries
        self._reader = FrameReader()
        self._writer = FrameWriter()
        self._sessions = Sessions(journal.boot_count)
        self._commands = Commands(
            board, pump, events, telemetry, summaries, self._sessions, self._reader, selftest
        )
        self.handshake = Handshake(board, pump, journal.boot_count, self._sessions, events, telemetry)
        self._requests = Requests(board, pump, self.handshake, self._commands, self._sessions)
        self._is_open = False
        self._input = bytearray(_INPUT)  # what was read last
        self._unread = 0  # bytes of it that the reader has not got yet
        self._lent = bytearray(_INPUT)  # what the reader reads
        self._is_reading = False  # a frame of it waits to be answered
        self._joint = bytearray(2 * _SPLIT)  # end of the last read, begin of this one
        self._output = bytearray(3 * MAX_FRAME)
        self._out_start = 0
        self._out_end = 0
        self._payload = bytearray(MAX_PAYLOAD)
        self._sequence = 0

    def is_released(self) -> bool:
        """Return whether the port is to be given back; what was answered has gone out then."""
        return self._commands.released and not self._out_end

    def poll(self, has_time: bool = True) -> bool:
        """Do what there is to do and return; False when there was nothing. Without time it only looks for a
        stop."""
        if self._connected() != self._is_open:
            self._connection_changed()
        if not self._is_open:
            return False
        unread = self._unread
        if not unread:
            unread = self._readinto(self._input)
            if unread:
                self._unread = unread
                self._look_for_stop()
        if not has_time:
            return False
        if unread or self._is_reading:
            self._answer()
            return True
        if self._out_end:
            return self._flush()
        telemetry = self._telemetry
        events = self._events
        if self._readings.live_due or events.live_due:
            return self._send_live()
        if telemetry.fetch_due or events.fetch_due or self._summaries.fetch_due:
            return self._send_fetched()
        return False

    def _connection_changed(self) -> None:
        self._is_open = not self._is_open
        self._reader.restart()
        self._joint[:_SPLIT] = bytes(_SPLIT)
        self._unread = 0
        self._is_reading = False
        self._out_start = self._out_end = 0
        if not self._is_open:
            self._sessions.port_closed()
            self._telemetry.set_live(False)
            self._events.set_live(False)
            self._summaries.cancel_fetch()
        self._pump.link_alive(self._is_open)

    def _look_for_stop(self) -> None:
        """Stop at once when a stop frame is in what was read; it is answered in its turn."""
        joint = self._joint
        count = self._unread
        joint[_SPLIT:] = self._input[:_SPLIT]
        if (
            self._input.find(STOP_FRAME, 0, count) >= 0
            or joint.find(STOP_FRAME, 0, _SPLIT + min(count, _SPLIT)) >= 0
        ):
            self._pump.stop(STOPPED_BY_HOST)
        if count >= _SPLIT:
            joint[:_SPLIT] = self._input[count - _SPLIT : count]
        else:
            joint[: _SPLIT - count] = joint[count:_SPLIT]
            joint[_SPLIT - count : _SPLIT] = self._input[:count]

    def _answer(self) -> None:
        """Answer one frame: a tick must not wait for more."""
        reader = self._reader
        if not self._is_reading:
            self._input, self._lent = self._lent, self._input
            reader.feed(self._lent, self._unread)
            self._unread = 0
            self._is_reading = reader.next()
        if self._is_reading:
            answer = self._requests.handle(reader.kind, reader.payload, reader.length)
            if answer:
                self._send(answer, self._requests.answer, self._requests.length)
            self._is_reading = reader.next()
        self._flush()

    def _send_live(self) -> bool:
        payload = self._payload
        if self._events.live_due:
            self._send_taken(EVENT, self._events.take_live(payload))
        if self._readings.live_due:
            self._send_taken(TELEMETRY, self._telemetry.take_live(payload))
        self._flush()
        return True

    def _send_fetched(self) -> bool:
        payload = self._payload
        if self._events.fetch_due:
            self._send_taken(EVENT, self._events.take_fetched(payload))
        elif self._telemetry.fetch_due:
            self._send_taken(TELEMETRY, self._telemetry.take_fetched(payload))
        else:
            self._send_taken(SUMMARY, self._summaries.take_fetched(payload))
        self._flush()
        return True

    def _send_taken(self, number: int, length: int) -> None:
        if length:
            self._send(number, self._payload, length)

    def _send(self, number: int, payload: bytearray, length: int) -> None:
        """Put a frame behind what waits to go. An answer that finds no room is lost: the host asks again."""
        if self._out_end + MAX_FRAME > len(self._output):
            self._make_room()
            if self._out_end + MAX_FRAME > len(self._output):
                return
        self._out_end = self._writer.encode(
            self._output, self._out_end, number, self._sequence, payload, length
        )
        self._sequence = self._sequence + 1 & 0xFFFF

    def _make_room(self) -> None:
        self._flush()
        waiting = self._out_end - self._out_start
        self._output[:waiting] = self._output[self._out_start : self._out_end]
        self._out_start = 0
        self._out_end = waiting

    def _flush(self) -> bool:
        """Give the port what it takes; False when that is nothing."""
        waiting = self._out_end - self._out_start
        if not waiting:
            return False
        taken: int = self._port.write(self._output, self._out_start, waiting)
        self._out_start += taken
        if self._out_start == self._out_end:
            self._out_start = self._out_end = 0
        return taken > 0
