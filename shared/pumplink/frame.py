"""Frames: how a message travels as bytes, and how it is found again among damaged ones.

A frame is ``00 | COBS(type u8, sequence u16, payload, CRC-32 u32) | 00``, little-endian; the CRC (that of
zlib and Ethernet) covers type, sequence and payload. No zero occurs between the two zeros, so that a byte
lost, doubled or changed costs at most the frames that it touched: the next zero starts afresh.

The writer works in its caller's buffer, the reader in one of a frame's size.
"""

import sys

from pumplink.errors import LayoutError
from pumplink.numbers import STOP

if sys.implementation.name == "micropython":
    from pumplink import quick as coding
else:
    from pumplink import plain as coding  # type: ignore[no-redef]

REMAINDERS = coding.REMAINDERS  # the CRC-32's, of each byte
MAX_PAYLOAD = 496
MAX_FRAME = 520  # encoded, with both zeros
HEADER_SIZE = 3
CRC_SIZE = 4
OVERHEAD = 11  # of a frame over its payload: header, CRC, two zeros, and up to two bytes of COBS

# Words of a reader's state, see ``quick.step``.
_ANY = 0x10000  # sequence number
_AT = 0
_END = 1
_FILLED = 2
_EXPECTED = 3
_LENGTH = 4
_FRAMES = 5
_BAD = 6
_LOST = 7


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
        self._frame = bytearray(MAX_FRAME)
        self.state = coding.new_state()
        self.kind = 0
        self.payload = memoryview(self._frame)[1 + HEADER_SIZE :]
        self.length = 0

    @property
    def sequence(self) -> int:
        """The frame's sequence number."""
        return self._frame[2] | self._frame[3] << 8

    @property
    def frames(self) -> int:
        """How many whole frames came."""
        return self.state[_FRAMES]

    @property
    def bad_frames(self) -> int:
        """How many pieces between zeros were none."""
        return self.state[_BAD]

    @property
    def lost_frames(self) -> int:
        """How many sequence numbers were left out."""
        return self.state[_LOST]

    def restart(self) -> None:
        """Forget what is half read and which sequence number comes next: another connection begins."""
        state = self.state
        state[_AT] = state[_END] = state[_FILLED] = 0
        state[_EXPECTED] = _ANY

    def feed(self, data: "bytes | bytearray", length: int) -> None:
        """Lend ``data[:length]``, any number of bytes, to be read by ``next``."""
        self._input = data
        self.state[_AT] = 0
        self.state[_END] = length

    def next(self) -> bool:
        """Step to the next whole frame; False when the bytes that were fed are used up."""
        state = self.state
        frame = self._frame
        if coding.step(state, frame, self._input):
            self.kind = frame[1]
            self.length = state[_LENGTH]
            return True
        self._input = b""
        return False


def _stop_frame() -> bytes:
    out = bytearray(16)
    return bytes(out[: FrameWriter().encode(out, 0, STOP, 0, b"", 0)])


STOP_FRAME = _stop_frame()  # stops the pump in every state, from anyone
