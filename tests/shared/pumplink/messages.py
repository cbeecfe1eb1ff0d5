"""Random messages that fit their fields, and a second, plain way to make frames, to hold ours against."""

import random
import struct
import zlib

from hypothesis import strategies as st

from pumplink import codec
from pumplink.messages import MESSAGES, Fields
from pumplink.named import NAMES

NUMBERS = sorted(NAMES)
FIELDS: dict[int, Fields] = {number: fields for number, _name, _kind, fields in MESSAGES}
Values = list[int | bytes]


def width(letter: str) -> tuple[int, int]:
    """The least and the greatest integer that a struct format character holds."""
    bits = 8 * struct.calcsize("<" + letter)
    return (0, 2**bits - 1) if letter.isupper() else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


@st.composite
def values_of(draw: st.DrawFn, number: int) -> Values:
    """Values that fit the bytes of a message's fields."""
    values: Values = []
    for _name, field_format, *_ in FIELDS[number]:
        times, letter = int(field_format[:-1] or "1"), field_format[-1]
        if letter == "s":
            values.append(draw(st.binary(min_size=times, max_size=times)))
        else:
            values.extend(draw(st.lists(st.integers(*width(letter)), min_size=times, max_size=times)))
    return values


def random_values(number: int, generator: random.Random) -> Values:
    """As ``values_of``, quickly, with the ends of each range far more often than chance has them."""
    values: Values = []
    for _name, field_format, *_ in FIELDS[number]:
        times, letter = int(field_format[:-1] or "1"), field_format[-1]
        if letter == "s":
            values.append(generator.randbytes(times))
            continue
        least, greatest = width(letter)
        for _ in range(times):
            ends = (least, greatest, 0, 1, 2**30 - 1, 2**30, 2**31, generator.randint(least, greatest))
            value = generator.choice(ends)
            values.append(min(max(value, least), greatest))
    return values


def payload_of(number: int, values: Values) -> bytes:
    """The payload, by our codec."""
    out = bytearray(codec.size(number))
    assert codec.pack_into(number, out, 0, values) == len(out)
    return bytes(out)


def plain_cobs(data: bytes) -> bytes:
    """COBS by its definition: cut after each zero and after 254 bytes without one."""
    out = b""
    block = b""
    for byte in data:
        if len(block) == 254:
            out += b"\xff" + block
            block = b""
        if byte:
            block += bytes([byte])
        else:
            out += bytes([len(block) + 1]) + block
            block = b""
    return out + bytes([len(block) + 1]) + block


def plain_frame(kind: int, sequence: int, payload: bytes) -> bytes:
    """A frame by docs/protocol.md."""
    covered = bytes([kind]) + sequence.to_bytes(2, "little") + payload
    return b"\0" + plain_cobs(covered + zlib.crc32(covered).to_bytes(4, "little")) + b"\0"
