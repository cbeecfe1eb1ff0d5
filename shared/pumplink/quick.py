"""Frames made and read in machine code, on a board: one pass over the bytes, and not one object.

``plain.py`` does the same on CPython, where loops over bytes are slow and slices cheap.
"""

from array import array

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    ptr8 = bytearray

    class ptr32:  # noqa: D101, N801  (viper's own name)
        def __init__(self, place: object) -> None: ...
        def __getitem__(self, index: int) -> int: ...
        def __setitem__(self, index: int, value: int) -> None: ...


_HEADER = const(3)
_CRC = const(4)
_OTHERS = const(8)  # bytes of a decoded frame before and behind its payload: one that is free, header, CRC
_MAX_PAYLOAD = const(496)
_MAX_FRAME = const(520)
_HELLO = const(0x01)
_STOP = const(0x53)
_ANY = const(0x10000)  # more than any sequence number

# Words of a reader's state.
_AT = const(0)
_END = const(1)
_FILLED = const(2)
_EXPECTED = const(3)
_LENGTH = const(4)
_FRAMES = const(5)
_BAD = const(6)
_LOST = const(7)
_SHIFTED = const(0xFFFFFF)  # what eight bits to the right leave of 32, whatever an integer's width

REMAINDERS = array("I", bytes(1024))  # the CRC-32's, of each byte
_ENDS = bytearray(4)  # of a frame that is being made: its header, then its CRC


@micropython.viper
def _work_out(remainders: ptr32):  # type: ignore[no-untyped-def]
    """Fill the table, by the polynomial 0xEDB88320."""
    half = 16
    polynomial = 0xEDB8 << half | 0x8320  # too large for a constant: on a chip that would be an object
    number = 0
    while number < 256:
        rest = number
        bit = 0
        while bit < 8:
            odd = rest & 1
            rest = (rest >> 1) & 0x3FFFFFFF | ((rest >> 31) & 1) << 30
            if odd:
                rest ^= polynomial
            bit += 1
        remainders[number] = rest
        number += 1


_work_out(REMAINDERS)


@micropython.viper
def encode(out: ptr8, start: int, kind: int, sequence: int, payload: ptr8, length: int) -> int:
    """Write the frame of ``payload[:length]`` to ``out[start:]``; return the index after it."""
    remainders = ptr32(REMAINDERS)
    ends = ptr8(_ENDS)
    ends[0] = kind
    ends[1] = sequence & 255
    ends[2] = (sequence >> 8) & 255
    crc = -1
    out[start] = 0
    code_at = start + 1
    at = start + 2
    part = 0
    while part < 3:
        source = ends
        number = 0
        end = _HEADER
        if part == 1:
            source = payload
            end = length
        elif part == 2:
            while number < _CRC:
                ends[number] = ((crc ^ -1) >> (number << 3)) & 255
                number += 1
            number = 0
            end = _CRC
        part += 1
        while number < end:
            byte = source[number]
            number += 1
            crc = (crc >> 8) & _SHIFTED ^ remainders[(crc ^ byte) & 255]
            if byte:
                out[at] = byte
                at += 1
                if at - code_at == 255 and (part < 3 or number < end):
                    out[code_at] = 255
                    code_at = at
                    at += 1
            else:
                out[code_at] = at - code_at
                code_at = at
                at += 1
    out[code_at] = at - code_at
    out[at] = 0
    return at + 1


@micropython.viper
def decode(frame: ptr8, length: int) -> int:
    """Decode ``frame[:length]``, which holds no zero, to ``frame[1:end]``: header, payload and CRC.

    Returns ``end``, or 0 when that is no encoding, or the CRC is not that of what is before it.
    """
    remainders = ptr32(REMAINDERS)
    crc = -1
    end = 1
    at = 0
    code = 1
    while at < length:
        zero = 1 if code < 255 and at else 0
        code = frame[at]  # before a zero takes its place
        at += 1
        stop = at + code - 1
        if code == 0 or stop > length:
            return 0
        while at < stop or zero:
            byte = 0
            if zero:
                zero = 0
            else:
                byte = frame[at]
                at += 1
            frame[end] = byte
            end += 1
            crc = (crc >> 8) & _SHIFTED ^ remainders[(crc ^ byte) & 255]
    # Before its bits are turned, the register of anything with its own CRC behind it holds 0xDEBB20E3.
    if crc & 0x3FFFFFFF != 0x1EBB20E3 or (crc >> 30) & 3 != 3:
        return 0
    return end


def new_state() -> "array[int]":
    """Return the state of a reader that has read nothing."""
    return array("i", (0, 0, 0, _ANY, 0, 0, 0, 0))


@micropython.viper
def step(state: ptr32, frame, data: ptr8) -> int:  # type: ignore[no-untyped-def]
    """Step through ``data[AT:END]`` to the next whole frame, decoded to `frame`; return 0 when there is none.

    Words of the state: AT, END; FILLED, bytes since the last zero, above the most when they cannot be a frame
    any more; EXPECTED, the sequence number that comes next, 65,536 when any may; LENGTH of the payload; and
    the counts FRAMES, BAD and LOST. Sequence numbers from behind, a hello or its answer are a beginning, not
    65,000 frames lost, and a stop is the same bytes from everyone.
    """
    into = ptr8(frame)
    at = state[_AT]
    end = state[_END]
    filled = state[_FILLED]
    while at < end:
        byte = data[at]
        at += 1
        if byte:
            if filled < _MAX_FRAME:
                into[filled] = byte
            if filled <= _MAX_FRAME:
                filled += 1
        elif filled:
            length = -1
            if filled <= _MAX_FRAME:
                length = int(decode(frame, filled)) - _OTHERS
            filled = 0
            if length >= 0 and length <= _MAX_PAYLOAD:
                state[_AT] = at
                state[_FILLED] = 0
                state[_LENGTH] = length
                state[_FRAMES] = state[_FRAMES] + 1
                kind = into[1]
                if kind != _STOP:
                    sequence = into[2] | into[3] << 8
                    left_out = (sequence - state[_EXPECTED]) & 0xFFFF
                    if state[_EXPECTED] != _ANY and kind & 0x7F != _HELLO and left_out < 0x8000:
                        state[_LOST] = state[_LOST] + left_out
                    state[_EXPECTED] = (sequence + 1) & 0xFFFF
                return 1
            state[_BAD] = state[_BAD] + 1
    state[_AT] = end
    state[_FILLED] = filled
    return 0
