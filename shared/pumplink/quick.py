"""Frames made and read in machine code, on a board: one pass over the bytes, and not one object.

``plain.py`` does the same on CPython, where loops over bytes are slow and slices cheap.
"""

from array import array

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    ptr8 = bytearray

    def ptr32(place: object) -> Any: ...  # noqa: D103


_HEADER = const(3)
_CRC = const(4)
_SHIFTED = const(0x0FFFFFFF)  # what four bits to the right leave of 32, whatever an integer's width

# The CRC-32's remainders of four bits, as words of 32 bits.
_REMAINDERS = array(
    "I",
    b"\x00\x00\x00\x00\x64\x10\xb7\x1d\xc8\x20\x6e\x3b\xac\x30\xd9\x26\x90\x41\xdc\x76\xf4\x51\x6b\x6b"
    b"\x58\x61\xb2\x4d\x3c\x71\x05\x50\x20\x83\xb8\xed\x44\x93\x0f\xf0\xe8\xa3\xd6\xd6\x8c\xb3\x61\xcb"
    b"\xb0\xc2\x64\x9b\xd4\xd2\xd3\x86\x78\xe2\x0a\xa0\x1c\xf2\xbd\xbd",
)
_ENDS = bytearray(4)  # of a frame that is being made: its header, then its CRC


@micropython.viper
def encode(out: ptr8, start: int, kind: int, sequence: int, payload: ptr8, length: int) -> int:
    """Write the frame of ``payload[:length]`` to ``out[start:]``; return the index after it."""
    remainders = ptr32(_REMAINDERS)
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
            crc ^= byte
            crc = (crc >> 4) & _SHIFTED ^ remainders[crc & 15]
            crc = (crc >> 4) & _SHIFTED ^ remainders[crc & 15]
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
def copy(to: ptr8, at: int, source: ptr8, start: int, end: int):  # type: ignore[no-untyped-def]
    """Copy ``source[start:end]`` to ``to[at:]``."""
    while start < end:
        to[at] = source[start]
        at += 1
        start += 1


@micropython.viper
def decode(frame: ptr8, length: int) -> int:
    """Decode ``frame[:length]``, which holds no zero, to ``frame[1:end]``: header, payload and CRC.

    Returns ``end``, or 0 when that is no encoding, or the CRC is not that of what is before it.
    """
    remainders = ptr32(_REMAINDERS)
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
            crc ^= byte
            crc = (crc >> 4) & _SHIFTED ^ remainders[crc & 15]
            crc = (crc >> 4) & _SHIFTED ^ remainders[crc & 15]
    # Before its bits are turned, the register of anything with its own CRC behind it holds 0xDEBB20E3.
    if crc & 0x3FFFFFFF != 0x1EBB20E3 or (crc >> 30) & 3 != 3:
        return 0
    return end
