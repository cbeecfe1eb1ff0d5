"""Messages by the names of their fields, for the host: the board works by position and keeps no names."""

from collections.abc import Mapping

from pumplink.errors import LayoutError
from pumplink.messages import COMMAND, MESSAGES, PLAIN_ANSWER
from pumplink.numbers import ANSWER_BIT

Value = int | bytes
NamedValue = int | bytes | str | list[int]

_FIELDS = {number: fields for number, _name, _kind, fields in MESSAGES}
for _number, _name, _kind, _fields in MESSAGES:
    if _kind == COMMAND:
        _FIELDS.setdefault(_number | ANSWER_BIT, PLAIN_ANSWER)

NUMBERS = {name: number for number, name, _kind, _fields in MESSAGES}
NAMES = {number: name for name, number in NUMBERS.items()}


def names(number: int) -> list[str]:
    """The names of the values, in order; those of a list are ``name[0]``, ``name[1]``, ..."""
    result: list[str] = []
    for name, field_format, *_ in _fields_of(number):
        count = _list_length(field_format)
        result.extend([name] if count is None else [f"{name}[{index}]" for index in range(count)])
    return result


def to_dict(number: int, values: list[Value]) -> dict[str, NamedValue]:
    """Values by the names of their fields: lists as lists, text as ``str`` without its padding."""
    result: dict[str, NamedValue] = {}
    rest = iter(values)
    for name, field_format, unit, *_ in _fields_of(number):
        count = _list_length(field_format)
        if count is not None:
            result[name] = [int(next(rest)) for _ in range(count)]
            continue
        value = next(rest)
        if unit == "utf-8" and isinstance(value, bytes):
            result[name] = value.rstrip(b"\0").decode(errors="replace")
        else:
            result[name] = value
    return result


def from_dict(number: int, mapping: Mapping[str, NamedValue]) -> list[Value]:
    """The values in wire order. Raises ``LayoutError`` that names a missing, unknown or misshapen field."""
    fields = _fields_of(number)
    unknown = set(mapping) - {name for name, *_ in fields}
    if unknown:
        raise LayoutError(f"{NAMES.get(number, number)} has no field {sorted(unknown)[0]}")
    values: list[Value] = []
    for name, field_format, *_ in fields:
        if name not in mapping:
            raise LayoutError(f"{NAMES.get(number, number)} needs the field {name}")
        value = mapping[name]
        count = _list_length(field_format)
        if count is not None:
            if not isinstance(value, list | tuple) or len(value) != count:
                raise LayoutError(f"{name} is a list of {count} integers")
            values.extend(value)
        elif isinstance(value, str):
            values.append(value.encode())
        elif isinstance(value, int | bytes):
            values.append(value)
        else:
            raise LayoutError(f"{name} is one value, not a list")
    return values


def _fields_of(number: int) -> tuple[tuple[str, str, str, int, int], ...]:
    if number not in _FIELDS:
        raise LayoutError(f"no message has the number {number}")
    return _FIELDS[number]


def _list_length(field_format: str) -> int | None:
    if field_format[-1] == "s" or len(field_format) == 1:
        return None
    return int(field_format[:-1])
