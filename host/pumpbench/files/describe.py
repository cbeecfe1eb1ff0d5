"""Every key of every file with unit, range and default, taken from the checkers themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pumpbench.files.board import Board
from pumpbench.files.calibration import Calibration
from pumpbench.files.checking import is_table, table_of
from pumpbench.files.fields import QuantityField
from pumpbench.files.library import Library
from pumpbench.files.program import Program
from pumpbench.files.reservoir import ReservoirFile
from pumpbench.files.trial import Trial
from pumpbench.virtual.plant import defaults

FILES: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("Programs", Program, "What `pumpbench program check`, `stage` and `run` read."),
    ("Reservoirs", ReservoirFile, "What `pumpbench reservoir set` reads: the same list as in a program."),
    (
        "Calibrations",
        Calibration,
        "What `pumpbench calibrate write` reads and `calibrate read --out` writes.",
    ),
    (
        "Drug libraries",
        Library,
        "What the window keeps to with programs, boluses and reservoirs, and with `--library` (or the "
        "environment's `PUMPBENCH_LIBRARY`) `pumpbench run`, `program stage` and `commit`, `start`, `bolus`, "
        "`reservoir set`, `trial run` (whose reservoir holds the protocol's liquid), `calibrate run` and "
        "`tune` (where the board's reservoir 0 names a drug); `program check --library` checks a file. A "
        "soft limit may be passed with a reason, which the audit trail keeps (`--reason`); "
        "a hard limit never.",
    ),
    ("Trials", Trial, "What `pumpbench trial run` reads; `pumpbench trial new` writes one with comments."),
    ("Boards", Board, "What `boards/` holds: a board's pump, pressure sensor and hard limits."),
)
REQUIRED = "required"


@dataclass(frozen=True)
class Key:
    """One key of a file as a row of the documentation."""

    name: str
    unit: str
    allowed: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Section:
    """One table of a file; ``heading`` as it stands in the file."""

    heading: str
    meaning: str
    keys: tuple[Key, ...]


def sections(model: type[BaseModel]) -> Iterator[Section]:
    """Yield the tables of a file in order."""
    for name, field in model.model_fields.items():
        many = getattr(field.annotation, "__origin__", None) is list
        heading = f"[[{name}]]" if many else f"[{name}]"
        yield Section(heading, field.description or "", tuple(_keys(table_of(field.annotation))))


def _keys(table: type[BaseModel]) -> Iterator[Key]:
    for name, field in table.model_fields.items():
        assert not is_table(field.annotation)
        rule = _rule(field)
        kind = rule.kind if isinstance(rule, QuantityField) else None
        yield Key(
            name=field.alias or name,
            unit=kind.usual if kind else getattr(rule, "unit", ""),
            allowed=rule.range(),
            default=_default(field),
            meaning=field.description or "",
        )


def _rule(field: FieldInfo) -> Any:
    """Return the metadata that checks a field, also behind ``| None`` and ``list[...]``."""
    for place in (field, *_inner(field.annotation)):
        for rule in getattr(place, "metadata", getattr(place, "__metadata__", ())):
            if hasattr(rule, "range"):
                return rule
    raise TypeError(f"{field} says nothing about what is allowed")


def _inner(annotation: Any) -> Iterator[Any]:
    for part in getattr(annotation, "__args__", ()):
        yield part
        yield from _inner(part)


def _default(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "default" in extra:
        return str(extra["default"])
    if field.default is PydanticUndefined:
        return REQUIRED
    if isinstance(field.default, int) and isinstance(rule := _rule(field), QuantityField):
        return rule.kind.format(field.default) if field.default else "0"
    return str(field.default) or "empty"


def plant_sections() -> Iterator[Section]:
    """Yield the tables of a plant file, from the model's own list."""
    found: dict[str, list[Key]] = {}
    for section, key, kind, default, low, high, unit, meaning in defaults.KEYS:
        allowed = ", ".join(f'"{word}"' for word in low) if kind == defaults.CHOICE else f"{low} to {high}"
        if kind == defaults.BOOLEAN:
            allowed = "true, false"
        elif kind in (defaults.NUMBERS, defaults.CONTENTS):
            allowed += f" ({kind})"
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        found.setdefault(section, []).append(Key(key, unit, allowed, shown, meaning))
    for section, keys in found.items():
        yield Section(f"[{section}]", "", tuple(keys))
    yield Section("[[faults]]", "what goes wrong, and when", tuple(_fault_keys()))


def _fault_keys() -> Iterator[Key]:
    kinds = ", ".join(f'"{kind[0]}"' for kind in defaults.FAULT_KINDS)
    yield Key("kind", "", kinds, REQUIRED, "what goes wrong")
    for key, default, low, high, unit, meaning in defaults.FAULT_KEYS:
        yield Key(
            key, unit, f"{low:g} to {high:g}", "for ever" if default is None else f"{default:g}", meaning
        )
    yield Key("value", "by kind", "by kind, see below", "by kind", "how strong it is")
