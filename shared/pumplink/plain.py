"""Frames made and read with slices, ``find`` and zlib's CRC-32, as suits CPython; boards: ``quick.py``."""

import binascii

from pumplink import cobs

HEADER_SIZE = 3
CRC_SIZE = 4
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


def copy(to: bytearray, at: int, source: bytes | bytearray, start: int, end: int) -> None:
    """Copy ``source[start:end]`` to ``to[at:]``."""
    to[at : at + end - start] = source[start:end]


def decode(frame: bytearray, length: int) -> int:
    """Decode ``frame[:length]``, which holds no zero, to ``frame[1:end]``: header, payload and CRC.

    Returns ``end``, or 0 when that is no encoding, or the CRC is not that of what is before it.
    """
    end = cobs.decode_in_place(frame, length)
    return end if binascii.crc32(memoryview(frame)[1:end]) == _CRC_OF_WHOLE else 0
