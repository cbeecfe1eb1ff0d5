"""The table of messages boiled down to what packing and checking need: 2 kB where the table takes 30.

A board builds it once at start and lets the table go. One run of bytes holds an entry for each message:

    kind, length of the format, number of fields, the ``struct`` format, and for each field five bytes:
    how many values (0: one run of bytes), then indices in ``limits``: the least and the greatest value that fits
    its bytes (for a run: 0 and its length), the least and the greatest that is allowed

and ``offsets[number]`` says where it begins, 0 for a number that no message has.
"""

import binascii
import struct
from array import array

from pumplink import messages
from pumplink.numbers import ANSWER_BIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Fields = tuple[tuple[str, str, str, int, int], ...]

KINDS = (messages.FROZEN, messages.QUERY, messages.COMMAND, messages.ANSWER, messages.STREAM)


def struct_format(fields: "Fields") -> str:
    """The ``struct`` format of some fields: little-endian, no padding."""
    return "<" + "".join([field[1] for field in fields])


def schema_hash() -> int:
    """CRC-32 of the canonical text of the table: numbers, names, layouts, units and ranges (``schema_lines``)."""
    crc = 0
    for line in schema_lines():
        crc = binascii.crc32(line.encode(), crc)
    return crc


def schema_lines() -> "Iterator[str]":
    """One line a message, list or plain answer, and one for each of its fields."""
    for number, name, kind, fields in messages.MESSAGES:
        yield str(number) + " " + name + " " + kind + "\n"
        yield from _field_lines(fields)
    for number, _name, fields in messages.LISTS:
        yield str(number) + " list\n"
        yield from _field_lines(fields)
    yield "plain answer\n"
    yield from _field_lines(messages.PLAIN_ANSWER)


def _field_lines(fields: "Fields") -> "Iterator[str]":
    for field in fields:
        yield " " + " ".join([str(part) for part in field]) + "\n"


def build() -> "tuple[bytes, array[int], tuple[int, ...]]":
    """``(table, offsets, limits)`` as described above, and every answer that is the request's id alone."""
    table = bytearray(1)  # so that no entry begins at 0
    offsets = array("H", bytes(512))
    limits: "list[int]" = []
    for number, _name, kind, fields in messages.MESSAGES:
        offsets[number] = len(table)
        _append(table, limits, kind, fields)
    plain = len(table)
    _append(table, limits, messages.ANSWER, messages.PLAIN_ANSWER)
    for number, _name, kind, _fields in messages.MESSAGES:
        if kind == messages.COMMAND and not offsets[number | ANSWER_BIT]:
            offsets[number | ANSWER_BIT] = plain
    return bytes(table), offsets, tuple(limits)


def _append(table: bytearray, limits: "list[int]", kind: str, fields: "Fields") -> None:
    layout = struct_format(fields).encode()
    table.extend(bytes((KINDS.index(kind), len(layout), len(fields))))
    table.extend(layout)
    for _name, field_format, _unit, minimum, maximum in fields:
        count, lowest, highest = _width(field_format)
        table.append(count)
        for limit in (lowest, highest, minimum, maximum):
            if limit not in limits:
                limits.append(limit)
            table.append(limits.index(limit))


def _width(field_format: str) -> "tuple[int, int, int]":
    """How many values, the least and the greatest that fits."""
    times = int(field_format[:-1] or "1")
    letter = field_format[-1]
    if letter == "s":
        return 0, 0, times
    span = 1 << 8 * struct.calcsize("<" + letter)
    return (times, 0, span - 1) if letter.isupper() else (times, -(span >> 1), (span >> 1) - 1)
