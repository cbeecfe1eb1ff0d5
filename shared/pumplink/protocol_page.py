"""``docs/protocol.md``: the prose of ``protocol.template.md`` and the tables that come from the data."""

import struct
from collections.abc import Sequence
from pathlib import Path

from pumplink import alarm_table, alarm_texts, compact, frame, messages, names, numbers, states, version
from pumplink.messages import Fields
from pumplink.named import NAMES
from pumplink.purposes import PURPOSES
from pumplink.vectors import VECTORS

Row = tuple[object, ...]

TEMPLATE = Path(__file__).with_name("protocol.template.md")

TABLE = {number: fields for number, _name, _kind, fields in messages.MESSAGES}
NUMBERED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("segment", "Kinds of segments", names.SEGMENT_NAMES),
    ("mode", "Modes of a run", names.MODE_NAMES),
    ("link-lost", "What an attended run does when its lease lapses", names.LINK_LOST_NAMES),
    ("slot", "Which program", names.SLOT_NAMES),
    ("move", "Set-up moves", names.MOVE_NAMES),
    ("role", "Roles of a session", names.ROLE_NAMES),
    ("reset-cause", "Why the board last reset", names.RESET_CAUSE_NAMES),
    ("alarm-priority", "Priorities of alarms and events", names.PRIORITY_NAMES),
    ("stop-reason", "Why a run was stopped", names.STOP_REASON_NAMES),
)
BITS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("capabilities", "What a board has", names.CAPABILITY_NAMES),
    ("record-flags", "Flags of a record", names.RECORD_FLAG_NAMES),
    ("selftest-parts", "Parts of the self-test", names.SELFTEST_NAMES),
    ("batch-flags", "Flags of a batch", names.BATCH_FLAG_NAMES),
)


def page() -> str:
    """The whole page."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in _placeholders().items():
        text = text.replace(f"@{name}@", value)
    return text


def _placeholders() -> dict[str, str]:
    header = _size(TABLE[numbers.TELEMETRY])
    record = _size(messages.RECORD)
    return {
        "protocol": str(version.PROTOCOL),
        "schema": f"{compact.schema_hash():#010x}",
        "max_payload": str(frame.MAX_PAYLOAD),
        "max_frame": str(frame.MAX_FRAME),
        "stop_length": str(len(frame.STOP_FRAME)),
        "stop_frame": frame.STOP_FRAME.hex(" ").upper(),
        "retired_nonces": str(numbers.RETIRED_NONCES),
        "silence_s": str(numbers.SILENCE_S),
        "window": str(numbers.REMEMBERED_REQUESTS),
        "no_field": str(states.NO_FIELD),
        "telemetry_header": str(header),
        "record_size": str(record),
        "max_records": str((frame.MAX_PAYLOAD - header) // record),
        "summary_size": str(_size(messages.SUMMARY_RECORD)),
        "wide": ", ".join(f"`{name}`" for name in messages.WIDE),
        "refusals": _table(("code", "name", "why"), _numbered(names.REFUSALS, 1)),
        "states": _table(("number", "name", "the pump"), _numbered(names.STATES, 0)),
        "messages": _messages(),
        "names": _names(),
        "alarms": _alarms(),
        "vectors": _vectors(),
    }


def _messages() -> str:
    parts = [
        "Kinds: *frozen* never changes; a *query* changes nothing; a *command* is carried out at most once; "
        "an *answer* answers; a *stream* is sent by the board of itself.",
        _table(
            ("number", "name", "kind", "bytes", "what for"),
            [
                (f"{number:#04x}", f"[{name}](#{name})", kind, _length(number), PURPOSES[name])
                for number, name, kind, _fields in messages.MESSAGES
            ],
        ),
        f"Plain answers ({_size(messages.PLAIN_ANSWER)} bytes): "
        + ", ".join(f"{number | numbers.ANSWER_BIT:#04x}" for number in _plainly_answered())
        + ".",
    ]
    for number, name, kind, fields in messages.MESSAGES:
        to_board = number < numbers.ANSWER_BIT
        way = "host to board" if to_board else "board to host"
        parts.append(f"### {name}")
        parts.append(f"{number:#04x}, {kind}, {way}, {_length(number)} bytes. {PURPOSES[name]}")
        if kind in (messages.QUERY, messages.COMMAND):
            parts.append(f"Answered with {_answer(number)}.")
        if fields:
            parts.append(_fields(fields))
        for of, list_name, list_fields in messages.LISTS:
            if of == number:
                parts.append(f"Each `{list_name}`, {_size(list_fields)} bytes:")
                parts.append(_fields(list_fields))
    return "\n\n".join(parts)


def _plainly_answered() -> list[int]:
    return [
        number
        for number, _name, kind, _fields in messages.MESSAGES
        if kind == messages.COMMAND and number | numbers.ANSWER_BIT not in NAMES
    ]


def _answer(number: int) -> str:
    answer = NAMES.get(number | numbers.ANSWER_BIT)
    plain = f"the plain answer, {number | numbers.ANSWER_BIT:#04x}"
    return (f"[{answer}](#{answer})" if answer else plain) + ", or [refused](#refused)"


def _length(number: int) -> str:
    size = str(_size(TABLE[number]))
    for of, _name, fields in messages.LISTS:
        if of == number:
            size += f" + n x {_size(fields)}"
    return size


def _size(fields: Fields) -> int:
    return struct.calcsize(compact.struct_format(fields))


def _fields(fields: Fields) -> str:
    rows = []
    offset = 0
    for name, field_format, unit, minimum, maximum in fields:
        size = struct.calcsize("<" + field_format)
        is_run = field_format[-1] == "s"
        allowed = "any" if is_run else f"{minimum:,} to {maximum:,}"
        rows.append((offset, f"`{name}`", _format(field_format, size), _unit(unit), allowed))
        offset += size
    return _table(("offset", "field", "format", "unit or meaning", "range"), rows)


def _format(field_format: str, size: int) -> str:
    if field_format[-1] == "s":
        return f"{size} bytes"
    times = int(field_format[:-1] or "1")
    sign = "u" if field_format[-1].isupper() else "i"
    one = f"{sign}{8 * size // times}"
    return one if times == 1 else f"{times} x {one}"


def _unit(unit: str) -> str:
    titles = {key: title for key, title, _words in NUMBERED + BITS}
    titles |= {"refusal": "Refusals", "state": "Running", "event": "Kinds of events", "alarm": "Alarms"}
    word = unit.split(" ")[0]
    if word not in titles:
        return unit
    anchor = titles[word].lower().replace(" ", "-")
    return f"[{word}](#{anchor}){unit[len(word) :]}"


def _names() -> str:
    parts = []
    for _key, title, words in NUMBERED:
        parts.append(f"### {title}")
        parts.append(_table(("number", "name"), list(enumerate(words))))
    for _key, title, words in BITS:
        parts.append(f"### {title}")
        parts.append(
            _table(("bit", "value", "name"), [(bit, 1 << bit, word) for bit, word in enumerate(words)])
        )
    parts.append("### Kinds of events")
    parts.append(_table(("code", "name", "a", "b"), _numbered(names.EVENTS, 1)))
    return "\n\n".join(parts)


def _alarms() -> str:
    rows = []
    for (code, name, priority, action), (when, what_to_do) in zip(
        alarm_table.ALARMS, alarm_texts.ALARM_TEXTS, strict=True
    ):
        rows.append(
            (code, name, names.PRIORITY_NAMES[priority], names.ACTION_NAMES[action], when, what_to_do)
        )
    return _table(("code", "name", "priority", "the pump by itself", "raised when", "what to do"), rows)


def _vectors() -> str:
    parts = []
    for title, number, sequence, values, records, frame_hex in VECTORS:
        parts.append(f"**{NAMES.get(number, 'plain answer')}** ({number:#04x}), sequence {sequence}: {title}")
        told = [_told(values)] if values else []
        told.extend(f"record: {_told(record)}" for record in records)
        raw = bytes.fromhex(frame_hex).hex(" ").upper()
        lines = [raw[at : at + 96].rstrip() for at in range(0, len(raw), 96)]
        parts.append("\n".join(f"    {line}" for line in (*told, *lines)))
    return "\n\n".join(parts)


def _told(values: tuple[int | bytes, ...]) -> str:
    return " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in values)


def _numbered(rows: Sequence[Row], first: int) -> list[Row]:
    return [(code, *row) for code, row in enumerate(rows) if code >= first]


def _table(head: Row, rows: Sequence[Row]) -> str:
    lines: list[Row] = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
