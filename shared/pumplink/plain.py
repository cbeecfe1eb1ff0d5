"""Frames made and read with slices, ``find`` and zlib's CRC-32, as suits CPython; boards: ``quick.py``."""

import binascii

from pumplink import cobs
from pumplink.numbers import ANSWER_BIT, HELLO, STOP

HEADER_SIZE = 3
CRC_SIZE = 4
_OTHERS = 1 + HEADER_SIZE + CRC_SIZE
_MAX_PAYLOAD = 496
_MAX_FRAME = 520
_ANY = 0x10000  # more than any sequence number
# The CRC-32's, of each byte: see ``quick.py``.
REMAINDERS = [binascii.crc32(bytes((byte,)), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256)]
_AT, _END, _FILLED, _EXPECTED, _LENGTH, _FRAMES, _BAD, _LOST = range(8)
_CRC_OF_WHOLE = 0x2144DF1C  # the CRC-32 of anything that is followed by its own CRC-32


def encode(
    out: bytearray,
    start: int,
    kind: int,
    sequence: int,
    payload: bytes | bytearray | memoryview,
    length: int,
) -> int:
    """Write the frame of ``payload[:length]`` to ``out[start:]``; return the index after it."""
    covered = bytes((kind, sequence & 0xFF, sequence >> 8 & 0xFF)) + bytes(payload[:length])
    at = start + 2
    end = at + len(covered)
    out[at:end] = covered
    out[end : end + CRC_SIZE] = binascii.crc32(covered).to_bytes(CRC_SIZE, "little")
    out[start] = 0
    end = cobs.encode_in_place(out, start + 1, end + CRC_SIZE)
    out[end] = 0
    return end + 1


def decode(frame: bytearray, length: int) -> int:
    """Decode ``frame[:length]``, which holds no zero, to ``frame[1:end]``: header, payload and CRC.

    Returns ``end``, or 0 when that is no encoding, or the CRC is not that of what is before it.
    """
    end = cobs.decode_in_place(frame, length)
    return end if binascii.crc32(memoryview(frame)[1:end]) == _CRC_OF_WHOLE else 0


def new_state() -> list[int]:
    """Return the state of a reader that has read nothing."""
    return [0, 0, 0, _ANY, 0, 0, 0, 0]


def step(state: list[int], frame: bytearray, data: bytes | bytearray) -> bool:
    """Step to the next whole frame, as ``quick.step`` does; False when there is none."""
    while state[_AT] < state[_END]:
        zero = data.find(b"\0", state[_AT], state[_END])
        end = zero if zero >= 0 else state[_END]
        start, filled = state[_AT], state[_FILLED]
        state[_AT] = end + 1
        after = filled + end - start
        if after <= _MAX_FRAME:
            frame[filled:after] = data[start:end]
        state[_FILLED] = min(after, _MAX_FRAME + 1)
        if zero < 0 or not after:
            continue
        state[_FILLED] = 0
        length = decode(frame, after) - _OTHERS if after <= _MAX_FRAME else -1
        if 0 <= length <= _MAX_PAYLOAD:
            state[_LENGTH] = length
            state[_FRAMES] += 1
            _count_lost(state, frame[1], frame[2] | frame[3] << 8)
            return True
        state[_BAD] += 1
    return False


def _count_lost(state: list[int], kind: int, sequence: int) -> None:
    if kind == STOP:
        return
    left_out = sequence - state[_EXPECTED] & 0xFFFF
    if state[_EXPECTED] != _ANY and kind & ~ANSWER_BIT != HELLO and left_out < 0x8000:
        state[_LOST] += left_out
    state[_EXPECTED] = sequence + 1 & 0xFFFF
