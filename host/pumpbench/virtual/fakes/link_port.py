"""The board's end of a serial cable: bytes that came, credit for bytes that go, plug and bit errors."""

import struct

from .bit_errors import BitErrors
from .mux import LINK_PORT, WINDOW, Mux

_RING = 2048
_EPOCH = "<HB"
_COUNT = "<HH"


class LinkPort:
    """``connected``, ``readinto``, ``write`` and ``max_records_hz`` as ``pumpfw.hal`` describes.

    The host may send 2048 bytes before the firmware has read any. What the firmware writes at a finite
    speed is taken while there is credit; at full speed the write itself waits, so that a slow reader
    holds the clock.
    """

    def __init__(
        self, mux: Mux, waits: bool, seed: int, channels: "tuple[int, int, int]" = LINK_PORT
    ) -> None:
        self._mux = mux
        self._data, self._plug, self._credits = channels
        self._waits = waits
        self._ring = bytearray(_RING)
        self._read_at = 0
        self._held = 0
        self._under_way = 0
        self._epoch = 0
        self._connections = 0
        self._plugged = False
        self._errors_in = BitErrors(seed * 2 + 1)
        self._errors_out = BitErrors(seed * 2 + 2)
        mux.on(self._data, self._receive)
        mux.on(self._plug, self._connect)
        mux.on(self._credits, self._credit)

    def set_plugged(self, plugged: bool) -> None:
        """Put the cable in, so that somebody may connect, or pull it: connections end, what was under way
        is lost."""
        if plugged == self._plugged:
            return
        self._plugged = plugged
        self._epoch = (self._epoch + plugged) & 0xFFFF
        self._connections = 0
        self._held = 0
        self._under_way = 0
        self._mux.send(self._plug, struct.pack(_EPOCH, self._epoch, plugged))

    def set_bit_error_rate(self, rate: float) -> None:
        """Turn each bit in either direction with this probability."""
        self._errors_in.set_rate(rate)
        self._errors_out.set_rate(rate)

    def connected(self) -> bool:
        """Return whether the cable is in and somebody has opened its other end."""
        return self._connections > 0

    def pending(self) -> int:
        """Return how many bytes wait to be read."""
        return self._held

    def room(self) -> int:
        """Return how many bytes `write` takes now."""
        return WINDOW - self._under_way if self._connections else 0

    def readinto(self, buffer: bytearray) -> int:
        """Move what came into `buffer`; return how many bytes, 0 when there are none."""
        count = self._held
        if not count:
            return 0
        if count > len(buffer):
            count = len(buffer)
        ring = self._ring
        at = self._read_at
        for i in range(count):
            buffer[i] = ring[at]
            at = (at + 1) % _RING
        self._read_at = at
        self._held -= count
        self._mux.send(self._credits, struct.pack(_COUNT, self._epoch, count))
        return count

    def write(self, buffer: "bytes | bytearray", start: int, length: int) -> int:
        """Send `length` bytes of `buffer` from `start`; return how many the port took. It takes none
        unconnected."""
        while self._waits and self._connections and self._under_way + length > WINDOW:
            self._mux.flush()
            self._mux.serve(-1)
        room = WINDOW - self._under_way
        if length > room:
            length = room
        if length <= 0 or not self._connections:
            return 0
        self._under_way += length
        if self._errors_out.rate:
            scratch = bytearray(memoryview(buffer)[start : start + length])
            self._errors_out.apply(scratch)
            self._mux.send_serial(self._data, self._epoch, scratch, 0, length)
        else:
            self._mux.send_serial(self._data, self._epoch, buffer, start, length)
        return length

    def max_records_hz(self, tick_hz: int) -> int:
        """Return how many telemetry records a second this port carries: one a tick."""
        return tick_hz

    def _receive(self, payload: bytes) -> None:
        if payload[0] + (payload[1] << 8) != self._epoch or not self._connections:
            return
        data = bytearray(memoryview(payload)[2:])
        self._errors_in.apply(data)
        at = (self._read_at + self._held) % _RING
        for byte in data:
            self._ring[at] = byte
            at = (at + 1) % _RING
        self._held += len(data)

    def _connect(self, payload: bytes) -> None:
        epoch, connections = struct.unpack(_EPOCH, payload)
        if epoch == self._epoch and self._plugged:
            self._connections = connections

    def _credit(self, payload: bytes) -> None:
        epoch, count = struct.unpack(_COUNT, payload)
        if epoch == self._epoch:
            self._under_way -= count
