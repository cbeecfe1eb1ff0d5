"""Frames between the board's process and its parent: channel u8, length u16 (little-endian), bytes.

Channels that carry a port's bytes are held back by credit: a side sends at most ``WINDOW`` bytes that the
other has not yet given back. What a power cut or an unplugged cable tore is told apart by the plug's
*epoch*, a count of plugs: bytes and credit of an older epoch are thrown away.

===========  =======================  ==========================
channel      from the board           to the board
===========  =======================  ==========================
``LINK``     epoch u16, bytes         epoch u16, bytes
``BALANCE``  bytes                    bytes
``CONTROL``  a JSON object            a JSON object
``TRUTH``    ``TRUTH_RECORD``         nothing
``FAULT``    a JSON object            nothing
``PLUG``     epoch u16, plugged u8    epoch u16, connections u8
``CREDIT``   epoch u16, bytes u16     epoch u16, bytes u16
===========  =======================  ==========================

A board with a serial port for its prompt beside the link has ``REPL``, ``REPL_PLUG`` and ``REPL_CREDIT``,
which are to that port what ``LINK``, ``PLUG`` and ``CREDIT`` are to the link.
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .process import Pipes

LINK = 1
BALANCE = 2
CONTROL = 3
TRUTH = 4
FAULT = 5
PLUG = 6
CREDIT = 7
REPL = 8
REPL_PLUG = 9
REPL_CREDIT = 10
CHANNELS = 11

# What a serial port takes: bytes, plug, credit.
LINK_PORT = (LINK, PLUG, CREDIT)
REPL_PORT = (REPL, REPL_PLUG, REPL_CREDIT)

HEADER = "<BH"
HEADER_SIZE = 3
WINDOW = 32768
TRUTH_RECORD = "<qdddddq"  # time_us, head_nl, outlet_nl, rotor_mdeg, pressure_pa, reservoir_nl, steps

_MAX_PART = 1024


class Mux:
    """The board's end: collects what it sends, up to `size` bytes, and hands what it receives to handlers."""

    def __init__(self, pipes: "Pipes", size: int) -> None:
        self._pipes = pipes
        self._size = size
        self._out = bytearray(size)
        self._filled = 0
        self._handlers: list[Any] = [None] * CHANNELS

    def on(self, channel: int, handler: "Callable[[bytes], None]") -> None:
        """Call `handler(payload)` for every frame of `channel`."""
        self._handlers[channel] = handler

    def send(self, channel: int, payload: bytes) -> None:
        """Queue one frame; `flush` or a full buffer sends it."""
        self._put(channel, 0, payload, 0, len(payload))

    def send_serial(
        self, channel: int, epoch: int, data: "bytes | bytearray", start: int, length: int
    ) -> None:
        """Queue `length` bytes of `data` from `start` as frames of a serial port."""
        while length > 0:
            part = length if length < _MAX_PART else _MAX_PART
            self._put(channel, epoch, data, start, part)
            start += part
            length -= part

    def flush(self) -> None:
        """Send all that is queued; waits while the parent does not read."""
        if self._filled:
            self._pipes.write(memoryview(self._out)[: self._filled])
            self._filled = 0

    def serve(self, timeout_ms: int) -> bool:
        """Hand out all frames that are there; wait up to `timeout_ms` (-1: for ever) for the first. True if
        any."""
        if not self._pipes.readable(timeout_ms):
            return False
        while True:
            channel, length = struct.unpack(HEADER, self._pipes.read(HEADER_SIZE))
            payload = self._pipes.read(length)
            self._handlers[channel](payload)
            if not self._pipes.readable(0):
                return True

    def _put(self, channel: int, epoch: int, data: "bytes | bytearray", start: int, length: int) -> None:
        prefix = 2 if channel in (LINK, REPL) else 0
        need = HEADER_SIZE + prefix + length
        if self._filled + need > self._size:
            self.flush()
        at = self._filled
        out = self._out
        struct.pack_into(HEADER, out, at, channel, prefix + length)
        at += HEADER_SIZE
        if prefix:
            out[at] = epoch & 0xFF
            out[at + 1] = epoch >> 8
            at += 2
        out[at : at + length] = memoryview(data)[start : start + length]
        self._filled += need
