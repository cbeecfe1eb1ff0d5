"""The link: bytes in, bytes out, never waiting for either.

What comes in is searched for a stop frame before anything else is done with it. What goes out has an order:
answers, then events, then live telemetry, then back-fill. A frame is only made when the last one has gone,
except for answers, so that an answer waits behind one frame at most.
"""

from array import array

from micropython import const
from uctypes import addressof

from pumpfw.commands import Commands
from pumpfw.express import ASKED, TOLD, answer
from pumpfw.handshake import Handshake
from pumpfw.requests import Requests
from pumpfw.session import Sessions
from pumpfw.stop_search import FOUND, seek
from pumplink import codec
from pumplink.frame import MAX_FRAME, MAX_PAYLOAD, REMAINDERS, STOP_FRAME, FrameReader, FrameWriter
from pumplink.numbers import EVENT, SUMMARY, TELEMETRY
from pumplink.states import STOPPED_BY_HOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pumpfw.events import Events
    from pumpfw.journal import Journal
    from pumpfw.pump import Pump
    from pumpfw.selftest import SelfTest
    from pumpfw.summaries import Summaries
    from pumpfw.telemetry import Telemetry

_DUE_US = const(32)
_INPUT = 512  # bytes: what a chip's port holds at most

# How long a slice may take on an RP2040 at 125 MHz, us.
_READ_US = const(300)  # to find a frame in what was read
_QUERY_US = const(2_600)  # to answer one that changes nothing
_COMMAND_US = const(7_000)  # to carry a command out, whose effect may be written to flash
_SEND_US = const(1_300)  # to take a batch of telemetry, or to make a frame of it
_FLUSH_US = const(800)  # to send so many bytes:
_FLUSH_BYTES = const(192)
_ENDLESS_US = const(0x20000000)

_SECOND_PORT = const(32)  # the capability: its package makes objects


class Link:
    """``poll`` in every turn of the loop, ``next(idling)`` when there is nothing to do; ``is_released`` once
    a host asked for the REPL's port back.
    """

    def __init__(
        self,
        board: "Any",
        cells: "array[int]",
        pump: "Pump",
        journal: "Journal",
        events: "Events",
        telemetry: "Telemetry",
        summaries: "Summaries",
        selftest: "SelfTest",
    ) -> None:
        self._cells = cells
        self._port = board.port
        self._connected = board.port.connected  # bound once: they are called in every turn of the loop
        self._write = board.port.write
        self._ticks_us = board.ticks_us
        self._idle_until = board.idle_until
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
        self._requests = Requests(board, cells, pump, self.handshake, self._commands, self._sessions)
        self.answers = 0  # since whoever collects what they leave behind has set this to 0
        self._leaves = 1 if board.capabilities & _SECOND_PORT else 0  # behind each write
        self._is_open = False
        self._input = bytearray(_INPUT)  # what was read last
        self._unread = 0  # bytes of it that the reader has not got yet
        self._lent = bytearray(_INPUT)  # what the reader reads
        self._is_reading = False  # a frame of it waits to be answered
        self._matched = 0  # bytes of a stop frame at the end of what came
        self._output = bytearray(3 * MAX_FRAME)
        self._out_start = 0
        self._out_end = 0
        self._payload = bytearray(MAX_PAYLOAD)
        self._taken_kind = self._taken = (
            0  # what was put into it: the message, and its length until it is sent
        )
        self._own = array("i", (0,))  # the sequence number of the next frame
        self.idling = self._idle()

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
        if not self._unread:
            self._unread = self._port.readinto(self._input)
            if self._unread:
                self._look_for_stop()
        if self._unread and not self._is_reading:
            if left_us < _READ_US:
                return False
            self._input, self._lent = self._lent, self._input
            self._reader.feed(self._lent, self._unread)
            self._unread = 0
            self._is_reading = self._reader.next()
            if not self._is_reading:
                return True
        if self._is_reading:
            if left_us < self._longest_us():
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
        self._matched = 0
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

    def _idle(self) -> "Iterator[None]":
        """Let time pass with each ``next``, until the next tick or until something comes; a status request is
        answered at once.

        A generator, because its local names are found quicker than attributes; and what can be looked up
        beforehand is.
        """
        told = bytearray(TOLD)
        state, table = addressof(self._reader.state), addressof(REMAINDERS)
        words, own, out = addressof(self._cells), addressof(self._own), addressof(told)
        cells, port, send = self._cells, self._port, self._port.send
        ticks_us, idle_until = self._ticks_us, self._idle_until
        while True:
            data, read = self._input, port.readinto
            is_quiet = self._is_open and not (self._unread or self._is_reading or self._out_end)
            if idle_until(cells[_DUE_US]) and is_quiet:
                came = read(data)
                if came == ASKED and answer(state, table, words, own, out, data, ticks_us()):
                    if not send(told):
                        self._output[:TOLD] = told
                        self._out_end = TOLD
                    self._matched = 1
                else:
                    self._unread = came
                    self._look_for_stop()
            yield

    def _look_for_stop(self) -> None:
        """Stop at once when a stop frame is in what came; it is answered in its turn."""
        self._matched = seek(STOP_FRAME, len(STOP_FRAME), self._matched, self._input, self._unread)
        if self._matched >= FOUND:
            self._matched -= FOUND
            self._pump.stop(STOPPED_BY_HOST)

    def is_stop_waiting(self) -> bool:
        """Return whether a stop frame waits in the port, where it stays: ``poll`` will answer it. Makes no
        object: an interrupt calls it while the collector runs."""
        return self._is_open and self._port.seek_ahead(STOP_FRAME, self._matched)

    def stop_ahead(self) -> None:
        """Stop because one waits; when ``poll`` finds it once more, the pump stands already."""
        self._pump.stop(STOPPED_BY_HOST)

    def _longest_us(self) -> int:
        """How long the answer to the frame may take."""
        return _COMMAND_US if codec.kind(self._reader.kind) == codec.COMMAND else _QUERY_US

    def _answer(self) -> None:
        """Answer one frame: a tick must not wait for more."""
        reader = self._reader
        self.answers += 1
        answer = self._requests.handle(reader.kind, reader.payload, reader.length)
        if answer:
            self._send(answer, self._requests.answer, self._requests.length)
        self._is_reading = reader.next()
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
        own = self._own
        self._out_end = self._writer.encode(self._output, self._out_end, number, own[0], payload, length)
        own[0] = own[0] + 1 & 0xFFFF

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
        taken: int = self._write(self._output, self._out_start, waiting)
        self.answers += self._leaves
        self._out_start += taken
        if self._out_start == self._out_end:
            self._out_start = self._out_end = 0
        return taken > 0
