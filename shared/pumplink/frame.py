"""Frames: how a message travels as bytes, and how it is found again among damaged ones.

A frame is ``00 | COBS(type u8, sequence u16, payload, CRC-32 u32) | 00``, little-endian; the CRC (that of
zlib and Ethernet) covers type, sequence and payload. No zero occurs between the two zeros, so that a byte
lost, doubled or changed costs at most the frames that it touched: the next zero starts afresh.

The writer works in its caller's buffer, the reader in one of a frame's size.
"""

import sys

from pumplink.errors import LayoutError
from pumplink.numbers import ANSWER_BIT, HELLO, STOP

if sys.implementation.name == "micropython":
    from pumplink import quick as coding
else:
    from pumplink import plain as coding  # type: ignore[no-redef]

MAX_PAYLOAD = 496
MAX_FRAME = 520  # encoded, with both zeros
HEADER_SIZE = 3
CRC_SIZE = 4
OVERHEAD = 11  # of a frame over its payload: header, CRC, two zeros, and up to two bytes of COBS


class FrameWriter:
    """Makes frames in the caller's buffer."""

    def encode(
        self,
        out: bytearray,
        start: int,
        kind: int,
        sequence: int,
        payload: "bytes | bytearray | memoryview",
        length: int,
    ) -> int:
        """Write the frame of ``payload[:length]`` to ``out[start:]`` and return the index after it.

        Takes at most ``length + 11`` bytes, and on a board makes no objects. Raises ``LayoutError`` when the
        payload is longer than ``MAX_PAYLOAD`` or ``out`` has no room for the frame.
        """
        if length > MAX_PAYLOAD or start + length + OVERHEAD > len(out):
            raise LayoutError(f"a payload of {length} bytes fits no frame, or not the buffer")
        end: int = coding.encode(out, start, kind, sequence, payload, length)
        return end


class FrameReader:
    """Finds the whole frames in a stream of bytes that may be damaged, cut anywhere, or no frames at all.

    ``feed`` lends it a buffer; ``next`` steps to the next whole frame in it, until it returns False. Only
    then may the buffer be changed or another one be fed. A frame that its end cuts goes on in the next one.

    After ``next`` returned True, ``kind``, ``sequence`` and ``payload[:length]`` are the frame's; they hold
    until ``next`` is called again.

    ``frames`` counts whole frames, ``bad_frames`` the pieces between zeros that were none. ``lost_frames``
    counts the sequence numbers left out, which includes those of damaged frames whose successors arrived.
    """

    def __init__(self) -> None:
        self._input: "bytes | bytearray" = b""
        self._at = 0
        self._end = 0
        self._frame = bytearray(MAX_FRAME)
        self._filled = 0  # bytes since the last zero; above MAX_FRAME when they cannot be a frame any more
        self._expected = -1
        self.kind = 0
        self.sequence = 0
        self.payload = memoryview(self._frame)[1 + HEADER_SIZE :]
        self.length = 0
        self.frames = 0
        self.bad_frames = 0
        self.lost_frames = 0

    def restart(self) -> None:
        """Forget what is half read and which sequence number comes next: another connection begins."""
        self._at = self._end = self._filled = 0
        self._expected = -1

    def feed(self, data: "bytes | bytearray", length: int) -> None:
        """Lend ``data[:length]``, any number of bytes, to be read by ``next``."""
        self._input = data
        self._at = 0
        self._end = length

    def next(self) -> bool:
        """Step to the next whole frame; False when the bytes that were fed are used up."""
        while self._at < self._end:
            zero = self._input.find(b"\0", self._at, self._end)
            if zero < 0:
                self._collect(self._end)
                break
            self._collect(zero)
            self._at = zero + 1
            if self._filled:
                whole = self._filled <= MAX_FRAME and self._take()
                self._filled = 0
                if whole:
                    return True
                self.bad_frames += 1
        self._at = self._end = 0
        self._input = b""
        return False

    def _collect(self, end: int) -> None:
        start = self._at
        filled = self._filled + end - start
        if filled <= MAX_FRAME:
            coding.copy(self._frame, self._filled, self._input, start, end)
            self._filled = filled
        else:
            self._filled = MAX_FRAME + 1

    def _take(self) -> bool:
        frame = self._frame
        length = coding.decode(frame, self._filled) - 1 - HEADER_SIZE - CRC_SIZE
        if not 0 <= length <= MAX_PAYLOAD:
            return False
        self.kind = frame[1]
        self.sequence = frame[2] | frame[3] << 8
        self.length = length
        self.frames += 1
        self._count_lost()
        return True

    def _count_lost(self) -> None:
        if self.kind == STOP:
            return  # the same bytes from everyone, outside every sequence
        left_out = self.sequence - self._expected & 0xFFFF
        # A number from behind, a hello or its answer is a beginning, not 65,000 frames lost.
        if self._expected >= 0 and self.kind & ~ANSWER_BIT != HELLO and left_out < 0x8000:
            self.lost_frames += left_out
        self._expected = self.sequence + 1 & 0xFFFF


def _stop_frame() -> bytes:
    out = bytearray(16)
    return bytes(out[: FrameWriter().encode(out, 0, STOP, 0, b"", 0)])


STOP_FRAME = _stop_frame()  # stops the pump in every state, from anyone
