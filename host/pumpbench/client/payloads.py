"""Messages by name: fields to payload and back, with a sentence for a value that does not fit."""

from collections.abc import Mapping
from typing import Any

from pumpbench.client.errors import OutOfRange
from pumplink import codec, named
from pumplink.errors import LinkError
from pumplink.messages import COMMAND, MESSAGES
from pumplink.named import NAMES, NUMBERS

Fields = dict[str, Any]

COMMANDS = frozenset(number for number, _, kind, _ in MESSAGES if kind == COMMAND)
_UNITS = {(number, field[0]): field[2] for number, _, _, fields in MESSAGES for field in fields}
_RUNS = {
    number: [(field[0], int(field[1][:-1])) for field in fields if field[1].endswith("s")]
    for number, _, _, fields in MESSAGES
}

__all__ = ["COMMANDS", "NAMES", "NUMBERS", "Fields", "decode", "encode", "field_at"]


def field_at(number: int, index: int) -> tuple[str, str] | None:
    """Name and unit of a request's value by its index after session and request id, lists counted out."""
    if number not in NAMES:
        return None
    names = [name for name in named.names(number) if name not in ("session", "request")]
    if index >= len(names):
        return None
    return names[index], _UNITS[number, names[index].partition("[")[0]]


def encode(number: int, fields: Mapping[str, Any]) -> bytes:
    """Return the payload; raises `OutOfRange` when a value is none that its field may have."""
    message = NAMES[number]
    try:
        values = named.from_dict(number, fields)
        _check_runs(number, fields)
        outside = codec.check(number, values)
        if outside >= 0:
            name = named.names(number)[outside]
            lowest, highest = codec.limits(number, outside)
            unit = _UNITS[number, name.partition("[")[0]]
            raise OutOfRange(
                f"{message}: {name} is {values[outside]!r}, allowed is {lowest} to {highest} ({unit})"
            )
        out = bytearray(codec.size(number))
        codec.pack_into(number, out, 0, values)
    except (LinkError, TypeError) as error:
        raise OutOfRange(f"{message}: {error}") from error
    return bytes(out)


def _check_runs(number: int, fields: Mapping[str, Any]) -> None:
    for name, size in _RUNS.get(number, ()):
        value = fields[name].encode() if isinstance(fields[name], str) else fields[name]
        if len(value) > size:
            raise OutOfRange(
                f"{NAMES[number]}: {name} is {fields[name]!r}, {len(value)} bytes long; allowed are {size}"
            )


def decode(number: int, payload: bytes) -> Fields:
    """Return the fields of a payload; raises `pumplink.errors.LayoutError`."""
    return dict(named.to_dict(number, codec.unpack_from(number, payload, 0, len(payload))))
