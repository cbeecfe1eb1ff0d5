"""A recording in place of a balance: the lines that one sent, at their times, read anew."""

import csv
import math
from itertools import pairwise
from pathlib import Path

from pumpbench.balances.errors import BadRecording
from pumpbench.balances.protocol import BalanceProtocol
from pumpbench.balances.reading import GARBLED, SILENT, STABLE, Reading

PREFIX = "replay:"
_TIME, _MASS, _LINE = "time_s", "mass_g", "line"


class ReplayBalance:
    """Plays a CSV file with the columns ``time_s`` and ``line`` (a trial's ``readings.csv``), or ``mass_g``.

    A line is read by `protocol`, as if it had just come; without one the mass is taken. `now_s` is the time
    up to which the recording has been played; who uses it moves it on. Raises `BadRecording`.
    """

    def __init__(self, path: Path, protocol: BalanceProtocol) -> None:
        self.name = f"recording {path}"
        self._rows = _rows(path, protocol)
        self._next = 0
        self.now_s = self.first_s

    @property
    def first_s(self) -> float:
        """The time of the first reading."""
        return self._rows[0][0]

    def read(self) -> Reading:
        """See `Balance`: the newest reading that was not given yet; silent when there is none."""
        found = Reading(SILENT)
        while self._next < len(self._rows) and self._rows[self._next][0] <= self.now_s + 1e-6:
            time_s, reading = self._rows[self._next]
            found = Reading(reading.status, reading.mass_g, reading.unit, reading.line, time_s)
            self._next += 1
        return found

    def identify(self) -> str:
        """What it is."""
        return self.name

    def zero(self) -> str | None:
        """See `Balance`: the recording is as it is."""
        return None

    def close(self) -> None:
        """See `Balance`."""


def _rows(path: Path, protocol: BalanceProtocol) -> list[tuple[float, Reading]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = reader.fieldnames or []
            if _TIME not in names or not {_MASS, _LINE} & set(names):
                raise BadRecording(f"{path}, line 1: expected the columns {_TIME} and {_LINE} (or {_MASS})")
            rows = [_row(path, number, row, protocol) for number, row in enumerate(reader, 2)]
    except FileNotFoundError:
        raise BadRecording(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadRecording(f"{path} cannot be read: {error}") from None
    if not rows:
        raise BadRecording(f"{path} holds no reading")
    for number, (before, after) in enumerate(pairwise(rows), 3):
        if after[0] < before[0]:
            raise BadRecording(
                f"{path}, line {number}, column {_TIME}: {after[0]:g} is before {before[0]:g}, "
                "and times must rise"
            )
    return rows


def _row(path: Path, number: int, row: dict[str, str], protocol: BalanceProtocol) -> tuple[float, Reading]:
    time_s = _number(path, number, _TIME, row.get(_TIME) or "")
    line = row.get(_LINE) or ""
    if line:
        return time_s, protocol.reading(line) or Reading(GARBLED, line=line)
    mass = row.get(_MASS) or ""
    if not mass:
        return time_s, Reading(row.get("status") or SILENT)
    return time_s, Reading(STABLE, _number(path, number, _MASS, mass), "g")


def _number(path: Path, number: int, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        why = "has a decimal comma; write a point" if "," in text else "is no number"
        raise BadRecording(f'{path}, line {number}, column {column}: "{text}" {why}')
    return value
