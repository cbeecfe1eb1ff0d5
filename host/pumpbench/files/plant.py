"""Plant files: what the virtual bench's physical model is to be, checked by the model's own list of keys.

The keys, defaults and ranges are data of the model (``virtual/plant/defaults.py``); nothing is repeated here.
"""

import math
from pathlib import Path
from typing import Any

from pumpbench.files import toml
from pumpbench.files.checking import near_miss, place, shown
from pumpbench.files.errors import Fault, FileError
from pumpbench.virtual.plant import defaults

MAX_PORTS = 4
MAX_FAULTS = 1000
MICROSTEPS = (48, 65_536)  # in a revolution, as the firmware takes them
_FAULT = "faults"


class _Fault(Exception):  # noqa: N818
    """One value is wrong; caught in this module."""


def load(path: Path) -> dict[str, Any]:
    """Return a plant file's complete configuration, every key present. Raises `FileError`."""
    return parse(toml.read(path), path)


def parse(tables: dict[str, Any], path: Path | str) -> dict[str, Any]:
    """Return already read tables as a complete configuration; ``path`` is only named in errors."""
    faults = _check_sections(tables) + _check_faults(tables.get(_FAULT, []))
    if not faults:
        whole = defaults.complete(tables)
        faults = _check_together(whole)
    if faults:
        raise FileError(path, faults)
    return whole


def _check_sections(tables: dict[str, Any]) -> list[Fault]:
    sections: dict[str, dict[str, tuple[Any, ...]]] = {}
    for section, key, *rest in defaults.KEYS:
        sections.setdefault(section, {})[key] = tuple(rest)
    found: list[Fault] = []
    for section, values in tables.items():
        if section == _FAULT:
            continue
        if section not in sections:
            found.append(Fault(f"[{section}]", "", near_miss(section, [*sections, _FAULT])))
        elif not isinstance(values, dict):
            found.append(
                Fault(section, shown(values), f"is not a table; write [{section}] and its keys below")
            )
        else:
            found += _check_keys(section, values, sections[section])
    return found


def _check_keys(section: str, values: dict[str, Any], known: dict[str, tuple[Any, ...]]) -> list[Fault]:
    found: list[Fault] = []
    for key, value in values.items():
        where = place((section, key))
        if key not in known:
            found.append(Fault(where, "", near_miss(key, list(known))))
            continue
        kind, _, low, high, unit, _ = known[key]
        try:
            _check_value(kind, value, low, high, unit)
        except _Fault as fault:
            found.append(Fault(where, shown(value), str(fault)))
    return found


def _check_value(kind: str, value: Any, low: Any, high: Any, unit: str) -> None:
    if kind == defaults.CHOICE:
        if value not in low:
            raise _Fault(f"is not one of {', '.join(shown(word) for word in low)}")
    elif kind == defaults.BOOLEAN:
        if not isinstance(value, bool):
            raise _Fault("is not true or false")
    elif kind == defaults.NUMBERS:
        _check_list(value, low, high, unit)
    elif kind == defaults.CONTENTS and isinstance(value, list):
        if not 1 <= len(value) <= MAX_PORTS:
            raise _Fault(f"has {len(value)} numbers; 1 to {MAX_PORTS} are allowed, one a port")
        _check_list(value, low, high, unit)
    else:
        _check_number(value, low, high, unit, whole=kind == defaults.INTEGER)


def _check_list(value: Any, low: float, high: float, unit: str) -> None:
    if not isinstance(value, list):
        raise _Fault("is not a list of numbers, like [1.0, 0.8]")
    for number in value:
        _check_number(number, low, high, unit)


def _check_number(value: Any, low: float, high: float, unit: str, whole: bool = False) -> None:
    allowed = f"{low:g} to {high:g} {unit}".rstrip()
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise _Fault(f"is not a {'whole ' if whole else ''}number from {allowed}")
    if not math.isfinite(value) or not low <= value <= high:
        raise _Fault(f"is outside {allowed}")


def _check_faults(faults: Any) -> list[Fault]:
    if not isinstance(faults, list):
        return [Fault(_FAULT, shown(faults), "is not a list of tables; write [[faults]] for each")]
    if len(faults) > MAX_FAULTS:
        return [Fault("[[faults]]", "", f"there are {len(faults)}, at most {MAX_FAULTS} are allowed")]
    return [fault for index, table in enumerate(faults) for fault in _check_fault(index, table)]


def _check_fault(index: int, table: Any) -> list[Fault]:
    kinds = {kind: (low, high, unit) for kind, _, low, high, unit, _ in defaults.FAULT_KINDS}
    if not isinstance(table, dict):
        return [Fault(f"[[faults]] {index + 1}", shown(table), "is not a table")]
    kind = table.get("kind")
    if kind not in kinds:
        why = (
            f"is not one of {', '.join(kinds)}" if "kind" in table else "is missing, and there is no default"
        )
        return [Fault(place((_FAULT, index, "kind")), shown(kind) if "kind" in table else "", why)]
    ranges = {key: (low, high, unit) for key, _, low, high, unit, _ in defaults.FAULT_KEYS}
    may_be_none = {key for key, default, *_ in defaults.FAULT_KEYS if default is None}
    ranges["value"] = kinds[kind]
    found: list[Fault] = []
    for key, value in table.items():
        where = place((_FAULT, index, key))
        if key == "kind" or (value is None and key in may_be_none):
            continue
        if key not in ranges:
            found.append(Fault(where, "", near_miss(key, ["kind", *ranges])))
            continue
        try:
            _check_number(value, *ranges[key])
        except _Fault as fault:
            found.append(Fault(where, shown(value), str(fault)))
    return found


def _check_together(whole: dict[str, Any]) -> list[Fault]:
    pump, found = whole["pump"], []
    depths, rollers = pump["roller_depths"], pump["rollers"]
    if depths and len(depths) != rollers:
        why = f"has {len(depths)} numbers; {rollers} are needed, one a roller"
        found.append(Fault("[pump] roller_depths", shown(depths), why))
    per_rev = pump["steps_per_rev"] * pump["microsteps"]
    low, high = MICROSTEPS
    if not low <= per_rev <= high:
        why = f"times microsteps is {per_rev}; {low} to {high} in a revolution are allowed"
        found.append(Fault("[pump] steps_per_rev", shown(pump["steps_per_rev"]), why))
    return found
