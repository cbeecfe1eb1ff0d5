"""Runs on MicroPython: does what each line of the input asks and prints the answers.

pack NUMBER SEQUENCE VALUE...   the frame in hexadecimal (a value that begins with x is a run of bytes)
unpack CHUNK HEX                each frame found when HEX comes in chunks: number, sequence, values or "?" and
                                the payload; then the reader's counters
check NUMBER VALUE...           what codec.check says
constants                       schema hash and stop frame
"""

import sys
from binascii import hexlify, unhexlify

from pumplink import codec
from pumplink.errors import LayoutError
from pumplink.frame import MAX_FRAME, MAX_PAYLOAD, STOP_FRAME, FrameReader, FrameWriter

payload = bytearray(MAX_PAYLOAD)
out = bytearray(MAX_FRAME)


def hexadecimal(data: "bytes | bytearray") -> str:
    return hexlify(data).decode()


def parsed(words: "list[str]") -> "list[int | bytes]":
    return [unhexlify(word[1:]) if word[0] == "x" else int(word) for word in words]


def pack(words: "list[str]") -> str:
    number = int(words[0])
    length = codec.pack_into(number, payload, 0, parsed(words[2:]))
    return hexadecimal(out[: FrameWriter().encode(out, 0, number, int(words[1]), payload, length)])


def described(reader: FrameReader) -> str:
    try:
        values = codec.unpack_from(reader.kind, reader.payload, 0, reader.length)
        told = " ".join(
            ["x" + hexadecimal(value) if isinstance(value, bytes) else str(value) for value in values]
        )
    except LayoutError:
        told = "? " + hexadecimal(bytes(reader.payload[: reader.length]))
    return str(reader.kind) + " " + str(reader.sequence) + " " + told


def unpack(words: "list[str]") -> str:
    chunk = int(words[0])
    stream = unhexlify(words[1]) if len(words) > 1 else b""
    reader = FrameReader()
    told = []
    for at in range(0, len(stream), chunk):
        piece = bytearray(stream[at : at + chunk])
        reader.feed(piece, len(piece))
        while reader.next():
            told.append(described(reader))
    told.append(str((reader.frames, reader.bad_frames, reader.lost_frames)))
    return "; ".join(told)


def check(words: "list[str]") -> str:
    return str(codec.check(int(words[0]), parsed(words[1:])))


def constants(_words: "list[str]") -> str:
    return str(codec.schema_hash()) + " " + hexadecimal(STOP_FRAME)


ASKED = {"pack": pack, "unpack": unpack, "check": check, "constants": constants}

for line in sys.stdin:
    words = line.split()
    print(ASKED[words[0]](words[1:]))
