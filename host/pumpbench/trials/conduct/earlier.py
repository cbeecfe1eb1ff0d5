"""Trials that were carried out before: which there are, and one worked out and reported again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pumpbench.trials.conduct.errors import BadFolder
from pumpbench.trials.conduct.folder import CALIBRATION, RESULT, TRIAL, Folder, json_object
from pumpbench.trials.conduct.result import evaluate

T = TypeVar("T")
_NUMBERS = ("mean_error_percent", "mean_error_expanded_percent")


@dataclass(frozen=True)
class Earlier:
    """A trial's or a calibration's folder, in short.

    Attributes:
        began: ISO time in UTC, "" for a calibration.
        ended: whether it came to its end, be it early.
        virtual: whether it was carried out on a virtual board of its own, which ended with it.
        verdict, mean_error_percent, mean_error_expanded_percent: None before there is a result.
        damage: what of it cannot be read, in a sentence; "" when all can. The rest is what could be.
    """

    folder: Path
    name: str
    who: str
    began: str
    simulated: bool
    calibration: bool
    ended: bool
    virtual: bool
    verdict: str | None
    mean_error_percent: float | None
    mean_error_expanded_percent: float | None
    damage: str = ""


def earlier_below(folder: Path) -> list[Earlier]:
    """Return what lies in a folder and in the folders in it, by their names, damaged ones included."""
    return [_earlier(place.parent) for place in sorted([*folder.glob(TRIAL), *folder.glob(f"*/{TRIAL}")])]


def report_again(folder: Path) -> dict[str, Any]:
    """Work out a trial's figures again from what was recorded, and write its report; returns its result.

    Raises `BadFolder` and ``FileError``.
    """
    from pumpbench.trials.report import write_report  # draws: needed here alone

    found = Folder.open(folder)
    result = evaluate(found)
    result |= {name: str(path) for name, path in write_report(found, result).items()}
    found.write_json(RESULT, result)
    return result


def result_of(folder: Path) -> dict[str, Any] | None:
    """Return the result as it was written last; None when there is none. Raises `BadFolder`."""
    return _json(folder / RESULT)


def calibration_of(folder: Path) -> dict[str, Any] | None:
    """Return what a calibration found; None when it was not ended. Raises `BadFolder`."""
    return _json(folder / CALIBRATION)


def _earlier(folder: Path) -> Earlier:
    damage: list[str] = []

    def read(what: Callable[[], T]) -> T | None:
        try:
            return what()
        except BadFolder as error:
            damage.append(str(error))
            return None

    told = read(lambda: Folder(folder).about) or {}
    result = read(lambda: _figures(folder)) or {}
    calibration = "plan" in told
    journal = read(Folder(folder).journal) or []
    return Earlier(
        folder=folder,
        name=str(told.get("name", "")),
        who=str(told.get("who", "")),
        began=str(told.get("began", "")),
        simulated=bool(told.get("simulated")),
        calibration=calibration,
        ended=calibration or any(entry["what"] == "ended" for entry in journal),
        virtual=bool(told.get("virtual_board")),
        verdict=result.get("verdict"),
        **{name: result.get(name) for name in _NUMBERS},
        damage="; ".join(damage),
    )


def _figures(folder: Path) -> dict[str, Any]:
    """What a list shows of a result; empty before there is one."""
    result = result_of(folder) or {}
    for name in _NUMBERS:
        if not isinstance(result.get(name), float | int | None):
            raise BadFolder(f"{folder / RESULT} cannot be read: {name} is no number")
    return result


def _json(place: Path) -> dict[str, Any] | None:
    return json_object(place) if place.exists() else None
