"""From pydantic's errors to sentences that name file, key, value and what is allowed."""

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pumpbench.files.errors import Fault, FileError

_SHOWN_VALUE = 60


class Table(BaseModel):
    """A table of a file: keys as declared and no others, values never changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


Model = TypeVar("Model", bound=Table)


class Wrong(ValueError):  # noqa: N818
    """A fault that a table as a whole has; ``path`` leads from that table to the key to look at."""

    def __init__(self, path: tuple[str | int, ...], why: str) -> None:
        super().__init__(why)
        self.path = path


def check(model: type[Model], tables: dict[str, Any], path: Path | str) -> Model:
    """Return ``tables`` as ``model``. Raises `FileError` with every fault found."""
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        # An unknown key first: a mistyped key is also a missing one.
        errors = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        faults = [_fault(one, model, tables) for one in errors]
        raise FileError(path, faults) from None


def place(path: Sequence[str | int]) -> str:
    """Return where a key stands, counted from 1: ``[program] name``, ``[[segments]] 2, rate``."""
    if len(path) < 2:
        return "".join(str(part) for part in path)
    table, rest = path[0], path[1:]
    if isinstance(rest[0], int):
        return ", ".join([f"[[{table}]] {rest[0] + 1}", *(str(part) for part in rest[1:])])
    return f"[{table}] " + ", ".join(str(part + 1 if isinstance(part, int) else part) for part in rest)


def shown(value: Any) -> str:
    """Return a value as it would stand in the file, cut when long."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)
    return text if len(text) <= _SHOWN_VALUE else text[: _SHOWN_VALUE - 3] + "..."


def near_miss(key: str, allowed: Sequence[str]) -> str:
    """Return what to write in place of an unknown key."""
    close = difflib.get_close_matches(key.lower().replace("-", "_"), allowed, n=1, cutoff=0.6)
    if close:
        return f'unknown key; did you mean "{close[0]}"?'
    return f"unknown key; allowed are {', '.join(allowed)}"


def _fault(error: Any, model: type[BaseModel], tables: dict[str, Any]) -> Fault:
    path = list(error["loc"])
    kind = error["type"]
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Wrong):
        path += cause.path
        return Fault(place(path), _value_at(tables, path), str(cause))
    if isinstance(cause, ValueError):
        return Fault(place(path), shown(error["input"]), str(cause))
    if kind == "extra_forbidden":
        where = place(path)
        if len(path) == 1 and isinstance(error["input"], dict | list):
            where = f"[{where}]" if isinstance(error["input"], dict) else f"[[{where}]]"
        return Fault(where, "", near_miss(str(path[-1]), _keys(model, path[:-1])))
    if kind == "missing":
        where = place(path) if len(path) > 1 else _heading(model, str(path[-1]))
        return Fault(where, "", "is missing, and there is no default")
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        heading = f"[{path[-1]}]" if isinstance(path[-1], str) else f"[[{path[0]}]]"
        why = f"is not a table; write {heading} and its keys below"
        return Fault(place(path), shown(error["input"]), why)
    if kind == "list_type":
        return Fault(
            place(path), shown(error["input"]), f"is not a list of tables; write [[{path[-1]}]] for each"
        )
    if kind == "too_long":
        return Fault(_listed(path), "", f"there are {error['ctx']['actual_length']}, at most "
                     f"{error['ctx']['max_length']} are allowed")  # fmt: skip
    if kind == "too_short":
        there, least = error["ctx"]["actual_length"] or "none", error["ctx"]["min_length"]
        return Fault(_listed(path), "", f"there is {there}, at least {least} {'is' if least == 1 else 'are'} "
                     "needed")  # fmt: skip
    return Fault(place(path), shown(error["input"]), str(error["msg"]))


def _listed(path: Sequence[str | int]) -> str:
    """Return where a list stands: ``[[segments]]`` or ``[valve] pins``."""
    return place(path) if len(path) > 1 else f"[[{path[0]}]]"


def _heading(model: type[BaseModel], name: str) -> str:
    """Return the name of a top-level key as it stands in a file: ``[program]``, ``[[segments]]`` or bare."""
    annotation = next(f.annotation for key, f in model.model_fields.items() if (f.alias or key) == name)
    if not is_table(annotation):
        return name
    return f"[[{name}]]" if getattr(annotation, "__origin__", None) is list else f"[{name}]"


def is_table(annotation: Any) -> bool:
    """Say whether a field's type is a table or a list of tables."""
    try:
        table_of(annotation)
    except TypeError:
        return False
    return True


def _value_at(tables: Any, path: Sequence[str | int]) -> str:
    for part in path:
        try:
            tables = tables[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return "" if isinstance(tables, dict | list) else shown(tables)


def _keys(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the keys that the table at ``path`` may have."""
    for part in path:
        if isinstance(part, int):
            continue
        field = next(f for name, f in model.model_fields.items() if (f.alias or name) == part)
        model = table_of(field.annotation)
    return [field.alias or name for name, field in model.model_fields.items()]


def table_of(annotation: Any) -> type[BaseModel]:
    """Return the table behind a field's type, also behind a list of tables or an optional one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if inner is not type(None):
            return table_of(inner)
    raise TypeError(f"{annotation} is no table")
