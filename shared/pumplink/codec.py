"""Packing, unpacking and checking of payloads, by the one table of messages.

Values stand in the order of the fields; a field that is a list (``8I``) stands for as many values. ``index``
below counts values. A telemetry batch and a summary may end in a list of records, which is left to whoever
knows where they go: ``RECORD_FORMAT`` and ``SUMMARY_FORMAT`` are theirs.
"""

import struct
import sys

import pumplink
from pumplink import compact, messages
from pumplink.errors import LayoutError, RangeError
from pumplink.numbers import SUMMARY, TELEMETRY

FROZEN, QUERY, COMMAND, ANSWER, STREAM = range(5)  # kinds of messages

RECORD_FORMAT = compact.struct_format(messages.RECORD)
RECORD_SIZE = struct.calcsize(RECORD_FORMAT)
SUMMARY_FORMAT = compact.struct_format(messages.SUMMARY_RECORD)
SUMMARY_SIZE = struct.calcsize(SUMMARY_FORMAT)

_WIDTH = 1  # columns of a field in the compact table: what fits its bytes
_RANGE = 3  # what is allowed

_table, _offsets, _limits = compact.build()
_schema_hash = compact.schema_hash()

if sys.implementation.name == "micropython":
    # A board has no room for the table.
    for _name in ("messages", "compact"):
        del sys.modules["pumplink." + _name]
        delattr(pumplink, _name)
    del messages, compact
else:
    from pumplink.named import from_dict, names, to_dict  # noqa: F401


def schema_hash() -> int:
    """The u32 that tells tables apart: two sides with the same one agree on every message."""
    return _schema_hash


def kind(number: int) -> int:
    """``FROZEN``, ``QUERY``, ``COMMAND``, ``ANSWER`` or ``STREAM``; -1 when no message has this number."""
    at = _offsets[number]
    return _table[at] if at else -1


def size(number: int) -> int:
    """Bytes of the payload, without a list that may follow."""
    return struct.calcsize(_format(number))


def field_count(number: int) -> int:
    """How many values the message has."""
    at = _entry(number)
    count = 0
    field_at = at + 3 + _table[at + 1]
    for _ in range(_table[at + 2]):
        count += _table[field_at] or 1
        field_at += 5
    return count


def pack_into(number: int, out: bytearray, start: int, values: "Sequence[Value]") -> int:
    """Write the payload to ``out[start:]``, which must have room for it, and return the index after it.

    Raises ``LayoutError`` when the values are too few or too many, ``RangeError`` when one does not fit its bytes.
    Whether a value is allowed is for ``check`` to say.
    """
    layout = _format(number)
    end = start + struct.calcsize(layout)
    if len(values) != field_count(number) or end > len(out):
        raise LayoutError("message " + str(number) + " has other values, or no room")
    index = _first_outside(number, values, 0, _WIDTH)
    if index >= 0:
        raise RangeError("value " + str(index) + " of message " + str(number) + " does not fit its bytes")
    struct.pack_into(layout, out, start, *values)
    return end


def unpack_from(number: int, data: "bytes | bytearray | memoryview", start: int, length: int) -> "list[Value]":
    """The values of the payload ``data[start : start + length]``, those of its own fields when a list follows.

    Raises ``LayoutError`` when no message has this number or its payload has another length.
    """
    layout = _format(number)
    rest = length - struct.calcsize(layout)
    if number == TELEMETRY and rest > 0:
        rest %= RECORD_SIZE
    elif number == SUMMARY:
        rest %= SUMMARY_SIZE
    if rest:
        raise LayoutError("a payload of " + str(length) + " bytes is no message " + str(number))
    return list(struct.unpack_from(layout, data, start))


def check(number: int, values: "Sequence[Value]", first_field: int = 0) -> int:
    """Index, counted from ``first_field``, of the first value outside its allowed range; -1 when all are inside."""
    return _first_outside(number, values, first_field, _RANGE)


def limits(number: int, index: int) -> "tuple[int, int]":
    """The least and the greatest allowed value, by the value's index."""
    at = _entry(number)
    field_at = at + 3 + _table[at + 1]
    index -= _table[field_at] or 1
    while index >= 0:
        field_at += 5
        index -= _table[field_at] or 1
    return _limits[_table[field_at + _RANGE]], _limits[_table[field_at + _RANGE + 1]]


def _entry(number: int) -> int:
    at = _offsets[number]
    if not at:
        raise LayoutError("no message has the number " + str(number))
    return at


def _format(number: int) -> bytes:
    at = _entry(number)
    return _table[at + 3 : at + 3 + _table[at + 1]]


def _first_outside(number: int, values: "Sequence[Value]", first: int, column: int) -> int:
    at = _entry(number)
    field_at = at + 3 + _table[at + 1]
    index = 0
    while index < len(values):
        count = _table[field_at]
        if count:
            lowest = _limits[_table[field_at + column]]
            highest = _limits[_table[field_at + column + 1]]
            for index in range(index, index + count):
                if index >= first and not lowest <= values[index] <= highest:
                    return index - first
        elif column == _WIDTH and len(values[index]) > _limits[_table[field_at + 2]]:
            return index - first
        index += 1
        field_at += 5
    return -1
