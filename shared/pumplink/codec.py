"""Packing, unpacking and checking of payloads, by the table of messages in its short form, ``layouts.py``.

Values stand in the order of the fields: an integer, or ``bytes`` for a run of bytes. A field that is a list
(``8I``) stands for as many values, and ``index`` below counts values. A telemetry batch and a summary may end
in a list of records, left to whoever knows where they go: ``RECORD_FORMAT`` or ``SUMMARY_FORMAT``.
"""

import struct

from pumplink.errors import LayoutError, RangeError
from pumplink.layouts import LIMITS, OFFSETS, SCHEMA_HASH, TABLE
from pumplink.layouts import RECORD_FORMAT as RECORD_FORMAT
from pumplink.layouts import SUMMARY_FORMAT as SUMMARY_FORMAT
from pumplink.numbers import SUMMARY, TELEMETRY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

FROZEN, QUERY, COMMAND, ANSWER, STREAM = range(5)  # kinds of messages

RECORD_SIZE = struct.calcsize(RECORD_FORMAT)
SUMMARY_SIZE = struct.calcsize(SUMMARY_FORMAT)

_HEAD = 6  # bytes of an entry of the table before the format
_COLUMNS = 5  # bytes a field
_WIDTH = 1  # the column of what fits a field's bytes
_RANGE = 3  # the column of what is allowed


def schema_hash() -> int:
    """The u32 that tells tables apart: two sides with the same one agree on every message."""
    return SCHEMA_HASH


def kind(number: int) -> int:
    """``FROZEN``, ``QUERY``, ``COMMAND``, ``ANSWER`` or ``STREAM``; -1 when no message has this number."""
    at = OFFSETS[2 * number] | OFFSETS[2 * number + 1] << 8
    return TABLE[at] if at else -1


def field_count(number: int) -> int:
    """How many values the message has."""
    return TABLE[_entry(number) + 2]


def size(number: int) -> int:
    """Bytes of the payload, without a list that may follow."""
    at = _entry(number)
    return TABLE[at + 3] | TABLE[at + 4] << 8


def pack_into(number: int, out: bytearray, start: int, values: "Sequence[Any]") -> int:
    """Write the payload to ``out[start:]``, which must have room for it, and return the index after it.

    Raises ``LayoutError`` when the values are too few or too many, ``RangeError`` when one does not fit its
    bytes. Whether a value is allowed is for ``check`` to say.
    """
    layout = _format(number)
    end = start + size(number)
    if len(values) != field_count(number) or end > len(out):
        raise LayoutError(f"message {number} has {field_count(number)} values in {size(number)} bytes")
    index = _first_outside(number, values, 0, _WIDTH)
    if index >= 0:
        raise RangeError(f"value {index} of message {number} does not fit its bytes")
    struct.pack_into(layout, out, start, *values)
    return end


def unpack_from(number: int, data: "bytes | bytearray | memoryview", start: int, length: int) -> "list[Any]":
    """The values of the payload ``data[start : start + length]``, without those of a list that may follow.

    Raises ``LayoutError`` when no message has this number or its payload has another length.
    """
    rest = length - size(number)
    if rest == length == 0:
        return []
    if number == TELEMETRY and rest > 0:
        rest %= RECORD_SIZE
    elif number == SUMMARY:
        rest %= SUMMARY_SIZE
    if rest:
        raise LayoutError(f"a payload of {length} bytes is no message {number}")
    return list(struct.unpack_from(_format(number), data, start))


def check(number: int, values: "Sequence[Any]", first_field: int = 0) -> int:
    """Index, counted from ``first_field``, of the first value that is not allowed; -1 when all are."""
    return _first_outside(number, values, first_field, _RANGE)


def limits(number: int, index: int) -> "tuple[int, int]":
    """The least and the greatest allowed value, by the value's index."""
    field = _fields(number)
    index -= TABLE[field] or 1
    while index >= 0:
        field += _COLUMNS
        index -= TABLE[field] or 1
    return LIMITS[TABLE[field + _RANGE]], LIMITS[TABLE[field + _RANGE + 1]]


def _entry(number: int) -> int:
    at = OFFSETS[2 * number] | OFFSETS[2 * number + 1] << 8
    if not at:
        raise LayoutError(f"no message has the number {number}")
    return at


def _format(number: int) -> bytes:
    at = _entry(number)
    return TABLE[at + _HEAD : at + _HEAD + TABLE[at + 5]]


def _fields(number: int) -> int:
    at = _entry(number)
    return at + _HEAD + TABLE[at + 5]


def _first_outside(number: int, values: "Sequence[Any]", first: int, column: int) -> int:
    field = _fields(number)
    index = 0
    table, limits, end = TABLE, LIMITS, len(values)  # bound once: a board needs 10 us to look a name up
    while index < end:
        count = table[field]
        if count:
            lowest = limits[table[field + column]]
            highest = limits[table[field + column + 1]]
            while count:
                if index >= first and not lowest <= values[index] <= highest:
                    return index - first
                index += 1
                count -= 1
        else:
            if column == _WIDTH and len(values[index]) > limits[table[field + _WIDTH + 1]]:
                return index - first
            index += 1
        field += _COLUMNS
    return -1
