"""Trials that were carried out before: which there are, and one worked out and reported again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pumpbench.trials.conduct.errors import BadFolder
from pumpbench.trials.conduct.folder import CALIBRATION, RESULT, TRIAL, Folder
from pumpbench.trials.conduct.result import evaluate


@dataclass(frozen=True)
class Earlier:
    """A trial's or a calibration's folder, in short.

    Attributes:
        began: ISO time in UTC, "" for a calibration.
        ended: whether it came to its end, be it early.
        virtual: whether it was carried out on a virtual board of its own, which ended with it.
        verdict, mean_error_percent, mean_error_expanded_percent: None before there is a result.
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


def earlier_below(folder: Path) -> list[Earlier]:
    """Return what lies in a folder and in the folders in it, by their names. Raises `BadFolder`."""
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
    told = Folder(folder).about
    result = result_of(folder) or {}
    calibration = "plan" in told
    over = calibration or any(entry["what"] == "ended" for entry in Folder(folder).journal())
    return Earlier(
        folder=folder,
        name=told.get("name", ""),
        who=told.get("who", ""),
        began=told.get("began", ""),
        simulated=bool(told.get("simulated")),
        calibration=calibration,
        ended=over,
        virtual=bool(told.get("virtual_board")),
        verdict=result.get("verdict"),
        mean_error_percent=result.get("mean_error_percent"),
        mean_error_expanded_percent=result.get("mean_error_expanded_percent"),
    )


def _json(place: Path) -> dict[str, Any] | None:
    if not place.exists():
        return None
    try:
        told: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFolder(f"{place} cannot be read: {error}") from None
    return told
