"""The link: bytes in, bytes out, never waiting for either.

What comes in is searched for a stop frame before anything else is done with it. What goes out has an order:
answers, then events, then live telemetry, then back-fill. A frame is only made when the last one has gone,
except for answers, so that an answer waits behind one frame at most.
"""

from micropython import const

from pumpfw.commands import Commands
from pumpfw.handshake import Handshake
from pumpfw.requests import Requests
from pumpfw.session import Sessions
from pumplink import codec
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

# How long a slice may take on an RP2040 at 125 MHz, us.
_READ_US = const(1_000)  # to find a frame in what was read
_QUERY_US = const(2_600)  # to answer one that changes nothing
_COMMAND_US = const(7_000)  # to carry a command out, whose effect may be written to flash
_SEND_US = const(1_300)  # to take a batch of telemetry, or to make a frame of it
_FLUSH_US = const(800)  # to send so many bytes:
_FLUSH_BYTES = const(192)
_ENDLESS_US = const(0x20000000)


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
        self.answers = 0  # since whoever collects what they leave behind has set this to 0
        self._is_open = False
        self._input = bytearray(_INPUT)  # what was read last
        self._unread = 0  # bytes of it that the reader has not got yet
        self._lent = bytearray(_INPUT)  # what the reader reads
        self._is_reading = False  # a frame of it waits to be answered ...
        self._answer_us = 0  # ... which takes so long at most
        self._joint = bytearray(2 * _SPLIT)  # end of the last read, begin of this one
        self._output = bytearray(3 * MAX_FRAME)
        self._out_start = 0
        self._out_end = 0
        self._payload = bytearray(MAX_PAYLOAD)
        self._taken_kind = self._taken = (
            0  # what was put into it: the message, and its length until it is sent
        )
        self._sequence = 0

    def is_released(self) -> bool:
        """Return whether the port is to be given back; what was answered has gone out then."""
        return self._commands.released and not self._out_end

    def poll(self, left_us: int = _ENDLESS_US) -> bool:
        """Do a slice of what there is to do, if it fits `left_us`; False when there was nothing that does. It
        looks for a stop in any case."""
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
        if unread and not self._is_reading:
            if left_us < _READ_US:
                return False
            left_us -= _READ_US
            self._input, self._lent = self._lent, self._input
            self._reader.feed(self._lent, unread)
            self._unread = 0
            self._read_on()
            if not self._is_reading or left_us < self._answer_us:
                return True
        if self._is_reading:
            if left_us < self._answer_us:
                return False
            self._answer()
            return True
        if self._out_end:
            return left_us >= _FLUSH_US and self._flush()
        if left_us < _SEND_US:
            return False
        if self._taken:
            self._send(self._taken_kind, self._payload, self._taken)
            self._taken = 0
            return True
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
        self._taken = 0
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

    def _read_on(self) -> None:
        """Step to the next frame of what was read."""
        self._is_reading = self._reader.next()
        if self._is_reading:
            is_command = codec.kind(self._reader.kind) == codec.COMMAND
            self._answer_us = _COMMAND_US if is_command else _QUERY_US

    def _answer(self) -> None:
        """Answer one frame: a tick must not wait for more."""
        reader = self._reader
        self.answers += 1
        answer = self._requests.handle(reader.kind, reader.payload, reader.length)
        if answer:
            self._send(answer, self._requests.answer, self._requests.length)
        self._read_on()
        self._flush()

    def _send_live(self) -> bool:
        payload = self._payload
        if self._events.live_due:
            self._take(EVENT, self._events.take_live(payload))
        else:
            self._take(TELEMETRY, self._telemetry.take_live(payload))
        return True

    def _send_fetched(self) -> bool:
        payload = self._payload
        if self._events.fetch_due:
            self._take(EVENT, self._events.take_fetched(payload))
        elif self._telemetry.fetch_due:
            self._take(TELEMETRY, self._telemetry.take_fetched(payload))
        else:
            self._take(SUMMARY, self._summaries.take_fetched(payload))
        return True

    def _take(self, number: int, length: int) -> None:
        """Keep what was put into the payload for the next slice: a fast tick leaves no time for both."""
        self._taken_kind = number
        self._taken = length

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
        """Give the port what it takes of the next few packets; False when that is nothing."""
        waiting = min(self._out_end - self._out_start, _FLUSH_BYTES)
        if not waiting:
            return False
        taken: int = self._port.write(self._output, self._out_start, waiting)
        self._out_start += taken
        if self._out_start == self._out_end:
            self._out_start = self._out_end = 0
        return taken > 0
