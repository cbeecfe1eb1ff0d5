"""Boils the table of messages down to ``layouts.py``: 2 kB for packing and checking instead of 35.

``python -m pumplink.generate`` writes it; boards carry the result and not the table.
"""

import binascii
import struct
from array import array
from collections.abc import Iterator

from pumplink import alarms, messages, names
from pumplink.messages import Fields
from pumplink.numbers import ANSWER_BIT

KINDS = (messages.FROZEN, messages.QUERY, messages.COMMAND, messages.ANSWER, messages.STREAM)

LAYOUTS_TEMPLATE = '''"""The table of messages as packing and checking need it. Generated: change messages.py, run

    python -m pumplink.generate

``TABLE`` holds an entry for each message: kind, number of fields, number of values, size of the payload
(u16), length of the ``struct`` format, the format, and for each field five bytes: how many values (0: one run
of bytes), then indices in ``LIMITS``: the least and the greatest value that fits its bytes (for a run: 0 and
its length), the least and the greatest that is allowed. ``OFFSETS`` holds a u16 for each number: where its
entry begins, 0 when no message has it.
"""

SCHEMA_HASH = 0x{schema_hash:08X}
RECORD_FORMAT = "{record_format}"
SUMMARY_FORMAT = "{summary_format}"
LIMITS = (
{limits}
)
OFFSETS = (
{offsets}
)
TABLE = (
{table}
)
'''


def schema_hash() -> int:
    """CRC-32 of the canonical text of everything that both sides must agree on (``schema_lines``)."""
    return binascii.crc32("".join(line + "\n" for line in schema_lines()).encode())


def schema_lines() -> Iterator[str]:
    """One line a message, record, field, alarm and list of numbered names."""
    for number, name, kind, fields in messages.MESSAGES:
        yield f"{number} {name} {kind}"
        yield from _field_lines(fields)
    for number, name, fields in messages.LISTS:
        yield f"{number} {name} list"
        yield from _field_lines(fields)
    yield "plain answer"
    yield from _field_lines(messages.PLAIN_ANSWER)
    for title in sorted(title for title in vars(names) if title.endswith("_NAMES")):
        yield f"{title} {' '.join(getattr(names, title))}"
    for alarm in alarms.ALARMS:
        yield " ".join(str(part) for part in alarm)


def _field_lines(fields: Fields) -> Iterator[str]:
    for field in fields:
        yield "  " + " ".join(str(part) for part in field)


def struct_format(fields: Fields) -> str:
    """The ``struct`` format of some fields: little-endian, no padding."""
    return "<" + "".join(field[1] for field in fields)


def layouts_source() -> str:
    """The text of ``layouts.py``."""
    limits: list[int] = []
    entries = [(message[0], message[1], _entry(limits, *message[2:])) for message in messages.MESSAGES]
    plain = _entry(limits, messages.ANSWER, messages.PLAIN_ANSWER)
    offsets = array("H", bytes(512))
    lines = [_literal(b"\0") + "  # so that no entry begins at 0"]
    end = 1
    for number, name, entry in entries:
        offsets[number] = end
        end += len(entry)
        lines.append(f"# {number:#04x} {name}")
        lines.extend(_literal(entry[at : at + 20]) for at in range(0, len(entry), 20))
    lines.extend(("# the answer to every other command", _literal(plain)))
    for number, _name, kind, _fields in messages.MESSAGES:
        if kind == messages.COMMAND and not offsets[number | ANSWER_BIT]:
            offsets[number | ANSWER_BIT] = end
    offset_bytes = b"".join(offset.to_bytes(2, "little") for offset in offsets)
    return LAYOUTS_TEMPLATE.format(
        schema_hash=schema_hash(),
        record_format=struct_format(messages.RECORD),
        summary_format=struct_format(messages.SUMMARY_RECORD),
        limits="\n".join(f"    {limit}," for limit in limits),
        offsets="\n".join(f"    {_literal(offset_bytes[at : at + 16])}" for at in range(0, 512, 16)),
        table="\n".join(f"    {line}" for line in lines),
    )


def _entry(limits: list[int], kind: str, fields: Fields) -> bytes:
    layout = struct_format(fields)
    columns = bytearray()
    for _name, field_format, _unit, minimum, maximum in fields:
        count, lowest, highest = _width(field_format)
        columns.append(count)
        for limit in (lowest, highest, minimum, maximum):
            if limit not in limits:
                limits.append(limit)
            columns.append(limits.index(limit))
    values = sum(count or 1 for count in columns[::5])
    head = struct.pack("<BBBHB", KINDS.index(kind), len(fields), values, struct.calcsize(layout), len(layout))
    return head + layout.encode() + columns


def _width(field_format: str) -> tuple[int, int, int]:
    """How many values, the least and the greatest that fits."""
    times = int(field_format[:-1] or "1")
    letter = field_format[-1]
    if letter == "s":
        return 0, 0, times
    span = 1 << 8 * struct.calcsize("<" + letter)
    return (times, 0, span - 1) if letter.isupper() else (times, -(span >> 1), (span >> 1) - 1)


def _literal(data: bytes) -> str:
    return 'b"' + "".join(f"\\x{byte:02x}" for byte in data) + '"'
