"""What docs/protocol.md says, as data: the layouts of the messages, the numbered names, the golden vectors.

Read from the page's own tables, because the page is all that a second implementation has.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"

Fields = dict[str, Any]

_FORMATS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "i8": "b", "i16": "h", "i32": "i", "i64": "q"}
_HEADING = re.compile(r"^(#+) (.+)$")
_MESSAGE = re.compile(r"^0x([0-9a-f]{2}), (\w+), .*?(\d+)(?: \+ n x (\d+))? bytes\.")
_RECORD = re.compile(r"^Each `\w+`, (\d+) bytes:$")
_FIELD = re.compile(r"^\| (\d+) \| `(\w+)` \| ([^|]+) \|")
_NAME = re.compile(r"^\| (\d+) \| ([\w-]+) \|")
_EXAMPLE = re.compile(r"^\| (?:`([0-9A-F .]+)`|\(nothing\)).* \| `([0-9A-F .]+)` \|$")
_VECTOR = re.compile(r"^\*\*([\w ]+)\*\* \(0x([0-9a-f]{2})\), sequence (\d+):")


@dataclass(frozen=True)
class Layout:
    """Fields one after another: their names and how `struct` calls their format."""

    fields: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes."""
        return struct.calcsize("<" + "".join(code for _, code in self.fields))

    def pack(self, values: Fields) -> bytes:
        """The fields' bytes; short texts are filled up with zeros, which is what ``struct`` does."""
        packed = b""
        for name, code in self.fields:
            value = values[name]
            packed += struct.pack("<" + code, *(value if isinstance(value, list | tuple) else [value]))
        return packed

    def unpack(self, payload: bytes, offset: int = 0) -> Fields:
        """The fields that begin at `offset`."""
        values: Fields = {}
        for name, code in self.fields:
            found = struct.unpack_from("<" + code, payload, offset)
            values[name] = list(found) if len(found) > 1 else found[0]
            offset += struct.calcsize("<" + code)
        return values


@dataclass(frozen=True)
class Message:
    """One message of the page: its number and kind, its fields, and the record it may have a list of."""

    name: str
    number: int
    kind: str
    layout: Layout
    record: Layout | None


@dataclass(frozen=True)
class Vector:
    """A golden vector: a whole frame, and the values in it as the page prints them."""

    name: str
    number: int
    sequence: int
    values: str
    records: tuple[str, ...]
    frame: bytes


class PageError(AssertionError):
    """The page contradicts itself, or says something that this reader does not understand."""


class ProtocolPage:
    """The page, read once.

    Attributes:
        schema: the schema hash.
        messages: by name; `by_number` has the same by number.
        vectors: the golden vectors, in the page's order.
        cobs_examples: the table of COBS: original and encoded bytes.
    """

    def __init__(self, text: str | None = None) -> None:
        text = PAGE.read_text(encoding="utf-8") if text is None else text
        found = re.search(r"schema\s+hash\s+`0x([0-9a-f]{8})`", text)
        if found is None:
            raise PageError("the page has no schema hash")
        self.schema = int(found[1], 16)
        sections = dict(_sections(text))
        self.messages = {
            name: _message(name, body) for name, body in sections.items() if _says(_MESSAGE, body)
        }
        self.by_number = {message.number: message for message in self.messages.values()}
        self.vectors = tuple(_vectors(sections["Golden vectors"]))
        self.cobs_examples = tuple(_cobs_examples(sections["Frames"]))
        self._sections = sections

    def names(self, heading: str) -> dict[str, int]:
        """The numbered names under a heading, such as ``Roles of a session``: name to number."""
        return {found[2]: int(found[1]) for line in self._sections[heading] if (found := _NAME.match(line))}


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    heading, body = "", list[str]()
    for line in text.splitlines():
        if found := _HEADING.match(line):
            yield heading, body
            heading, body = found[2], []
        else:
            body.append(line)
    yield heading, body


def _says(pattern: re.Pattern[str], body: list[str]) -> bool:
    return any(pattern.match(line) for line in body)


def _message(name: str, body: list[str]) -> Message:
    head = next(found for line in body if (found := _MESSAGE.match(line)))
    at = next((i for i, line in enumerate(body) if _RECORD.match(line)), len(body))
    layout = _layout(body[:at], int(head[3]), name)
    record = _layout(body[at:], int(head[4]), name) if head[4] else None
    return Message(name, int(head[1], 16), head[2], layout, record)


def _layout(body: list[str], size: int, name: str) -> Layout:
    rows = [found for line in body if (found := _FIELD.match(line))]
    layout = Layout(tuple((row[2], _code(row[3].strip())) for row in rows))
    offset = 0
    for row, (_, code) in zip(rows, layout.fields, strict=True):
        if int(row[1]) != offset:
            raise PageError(f"{name}.{row[2]} is at {row[1]}, the fields before it end at {offset}")
        offset += struct.calcsize("<" + code)
    if offset != size:
        raise PageError(f"{name} has {size} bytes, its fields have {offset}")
    return layout


def _code(text: str) -> str:
    """``u16`` is ``H``, ``8 bytes`` is ``8s``, ``8 x u32`` is ``8I``."""
    if text.endswith(" bytes"):
        return f"{int(text.removesuffix(' bytes'))}s"
    count, _, one = text.rpartition(" x ")
    return count + _FORMATS[one]


def _vectors(body: list[str]) -> Iterator[Vector]:
    starts = [i for i, line in enumerate(body) if _VECTOR.match(line)]
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        head = _VECTOR.match(body[start])
        assert head is not None
        lines = [line.strip() for line in body[start + 1 : end] if line.startswith("    ")]
        # The frame comes last and begins with its zero; a message without fields has no line of values.
        at = next(i for i, line in enumerate(lines) if line.startswith("00 "))
        records = tuple(line.removeprefix("record: ") for line in lines[:at] if line.startswith("record: "))
        values = " ".join(line for line in lines[:at] if not line.startswith("record: "))
        frame = bytes.fromhex("".join(lines[at:]))
        yield Vector(head[1], int(head[2], 16), int(head[3]), values, records, frame)


def _cobs_examples(body: list[str]) -> Iterator[tuple[bytes, bytes]]:
    for line in body:
        if found := _EXAMPLE.match(line):
            yield _written_out(found[1] or ""), _written_out(found[2])


def _written_out(text: str) -> bytes:
    """``01 02 ... FE`` is all from 1 to 254."""
    data = bytearray()
    words = text.split()
    for at, word in enumerate(words):
        if word == "...":
            data += bytes(range(data[-1] + 1, int(words[at + 1], 16)))
        else:
            data.append(int(word, 16))
    return bytes(data)
