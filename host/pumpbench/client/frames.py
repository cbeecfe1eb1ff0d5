"""Bulk splitting of a byte stream into whole frames (the format is `pumplink.frame`'s).

Same rules and same counters as `pumplink.frame.FrameReader`, which a board runs byte by byte; here the search
for zeros and the copying are left to C, because a recording at full speed is read by the hundred kilobytes.
"""

import binascii
from typing import NamedTuple

from pumplink import cobs
from pumplink.frame import CRC_SIZE, HEADER_SIZE, MAX_FRAME, MAX_PAYLOAD, FrameWriter
from pumplink.numbers import ANSWER_BIT, HELLO, STOP

_FIRST = 1 + HEADER_SIZE  # index of the payload in a decoded frame; the byte before the type is COBS's own
_SMALLEST = _FIRST + CRC_SIZE
_LARGEST = _SMALLEST + MAX_PAYLOAD
_RESIDUE = 0x2144DF1C  # CRC-32 of any data followed by its own CRC, little-endian


class Frame(NamedTuple):
    """A whole frame whose CRC is right."""

    kind: int
    sequence: int
    payload: bytes


class FrameSplitter:
    """Finds whole frames in chunks that are cut anywhere.

    `frames` counts whole frames, `bad_frames` the pieces between zeros that were none, `lost_frames` the
    sequence numbers that were left out (damaged frames whose successors arrived are among them).
    """

    def __init__(self) -> None:
        self.frames = 0
        self.bad_frames = 0
        self.lost_frames = 0
        self._tail = b""
        self._too_long = False
        self._expected = -1

    def restart(self) -> None:
        """Forget a half-read frame and the expected sequence number: another connection begins."""
        self._tail = b""
        self._too_long = False
        self._expected = -1

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that `data` completes, in order."""
        pieces = data.split(b"\0")
        if self._tail:
            pieces[0] = self._tail + pieces[0]
        self._tail = pieces.pop()
        found: list[Frame] = []
        for piece in pieces:
            if self._too_long:
                self._too_long = False
                self.bad_frames += 1
            elif piece:
                self._take(piece, found)
        if len(self._tail) > MAX_FRAME:  # no zero for too long: garbage, thrown away up to the next zero
            self._tail = b""
            self._too_long = True
        return found

    def _take(self, piece: bytes, found: list[Frame]) -> None:
        size = len(piece)
        if size <= MAX_FRAME:
            body = bytearray(piece)
            end = cobs.decode_in_place(body, size)
            if _SMALLEST <= end <= _LARGEST and binascii.crc32(memoryview(body)[1:end]) == _RESIDUE:
                kind = body[1]
                sequence = body[2] | body[3] << 8
                self.frames += 1
                self._count_lost(kind, sequence)
                found.append(Frame(kind, sequence, bytes(body[_FIRST : end - CRC_SIZE])))
                return
        self.bad_frames += 1

    def _count_lost(self, kind: int, sequence: int) -> None:
        if kind == STOP:
            return  # the same bytes from everyone, outside every sequence
        left_out = sequence - self._expected & 0xFFFF
        # A number from behind is a sender that began anew, not 65,000 frames lost.
        if self._expected >= 0 and kind not in (HELLO, HELLO | ANSWER_BIT) and left_out < 0x8000:
            self.lost_frames += left_out
        self._expected = sequence + 1 & 0xFFFF


class FrameMaker:
    """Makes the frames of one direction, each with the next sequence number."""

    def __init__(self) -> None:
        self._writer = FrameWriter()
        self._out = bytearray(MAX_FRAME)
        self._sequence = 0

    def make(self, kind: int, payload: bytes) -> bytes:
        """Return the frame's bytes."""
        end = self._writer.encode(self._out, 0, kind, self._sequence, payload, len(payload))
        self._sequence = self._sequence + 1 & 0xFFFF
        return bytes(self._out[:end])
