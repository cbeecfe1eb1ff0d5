"""What a line of the control port may say, checked: one JSON object, answered by one."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pumpbench.virtual.errors import ControlError
from pumpbench.virtual.plant.defaults import FAULT_KEYS, FAULT_KINDS

_LONGEST_ADVANCE_US = 10**15
_MOST_CONTENTS_ML = 100_000
_PORTS = 4
PEEKS = ("truth", "heap")


def parse(line: bytes, peeks: tuple[str, ...] = PEEKS) -> dict[str, Any]:
    """Return a request for the board's process; `peeks` are what this board can show.

    Raises:
        ControlError: the line is no request; the text names what is wrong and what is allowed.
    """
    try:
        given = json.loads(line)
    except ValueError as error:
        raise ControlError(f"not a line of JSON: {error}") from None
    if not isinstance(given, dict):
        raise ControlError(f"a request is a JSON object, not {given!r}")
    kinds = [kind for kind in _PARSERS if kind in given]
    if len(kinds) != 1:
        raise ControlError(
            f"a request has exactly one of {', '.join(_PARSERS)}; this one has {_listed(given)}"
        )
    if kinds == ["peek"]:
        return _peek(given, peeks)
    return _PARSERS[kinds[0]](given)


def _advance(given: Mapping[str, Any]) -> dict[str, Any]:
    _no_others(given, ("advance_us", "until"))
    until = given.get("until")
    if until not in (None, "event"):
        raise ControlError(f'until is {until!r}, allowed are "event" and null')
    us = _integer(given, "advance_us", 0, _LONGEST_ADVANCE_US)
    return {"what": "advance", "us": us, "until_event": until == "event"}


def _fault(given: Mapping[str, Any]) -> dict[str, Any]:
    _no_others(given, ("fault",))
    fault = _object(given, "fault")
    kinds = {kind: (value, low, high) for kind, value, low, high, _, _ in FAULT_KINDS}
    _no_others(fault, ("kind", "value", *(key for key, *_ in FAULT_KEYS)))
    kind = fault.get("kind")
    if kind not in kinds:
        raise ControlError(f"kind is {kind!r}, allowed are {', '.join(kinds)}")
    default, low, high = kinds[kind]
    request: dict[str, Any] = {"what": "fault", "kind": kind, "value": default}
    if fault.get("value") is not None:
        request["value"] = _number(fault, "value", low, high)
    for key, _, lowest, highest, _, _ in FAULT_KEYS:
        request[key] = None if fault.get(key) is None else _number(fault, key, lowest, highest)
    return request


def _refill(given: Mapping[str, Any]) -> dict[str, Any]:
    _no_others(given, ("refill",))
    refill = _object(given, "refill")
    _no_others(refill, ("reservoir", "contents_ml"))
    return {
        "what": "refill",
        "reservoir": _integer(refill, "reservoir", 0, _PORTS - 1),
        "contents_ml": _number(refill, "contents_ml", 0, _MOST_CONTENTS_ML),
    }


def _power_cut(given: Mapping[str, Any]) -> dict[str, Any]:
    _no_others(given, ("power_cut",))
    cut = _object(given, "power_cut")
    _no_others(cut, ("after_flash_bytes",))
    after = None
    if cut.get("after_flash_bytes") is not None:
        after = _integer(cut, "after_flash_bytes", 0, 1 << 30)
    return {"what": "power_cut", "after_flash_bytes": after}


def _stop_input(given: Mapping[str, Any]) -> dict[str, Any]:
    _no_others(given, ("stop_input",))
    if not isinstance(given["stop_input"], bool):
        raise ControlError(f"stop_input is {given['stop_input']!r}, allowed are true (pulled) and false")
    return {"what": "stop_input", "pulled": given["stop_input"]}


def _peek(given: Mapping[str, Any], peeks: tuple[str, ...] = PEEKS) -> dict[str, Any]:
    _no_others(given, ("peek",))
    if given["peek"] not in peeks:
        allowed = ", ".join(f'"{peek}"' for peek in peeks)
        raise ControlError(f"peek is {given['peek']!r}, allowed are {allowed}")
    return {"what": given["peek"]}


_PARSERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "advance_us": _advance,
    "fault": _fault,
    "refill": _refill,
    "power_cut": _power_cut,
    "stop_input": _stop_input,
    "peek": _peek,
}


def _object(given: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = given[key]
    if not isinstance(value, dict):
        raise ControlError(f"{key} is {value!r}, not a JSON object")
    return value


def _integer(given: Mapping[str, Any], key: str, low: int, high: int) -> int:
    value = given.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ControlError(f"{key} is {value!r}, allowed are whole numbers from {low} to {high}")
    return value


def _number(given: Mapping[str, Any], key: str, low: float, high: float) -> float:
    value = given.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise ControlError(f"{key} is {value!r}, allowed are numbers from {low:g} to {high:g}")
    return value


def _no_others(given: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for key in given:
        if key not in allowed:
            raise ControlError(f"unknown key {key!r}, allowed are {', '.join(allowed)}")


def _listed(given: Mapping[str, Any]) -> str:
    return ", ".join(given) if given else "none"
