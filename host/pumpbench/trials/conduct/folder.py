"""A trial's folder: what was to be done, what was done when, and every line that the balance said.

    protocol.toml   the protocol as it was
    trial.json      what was tried with what: hashes, versions, ports, since when
    readings.csv    every reading: time_s,status,mass_g,unit,line (the line as the balance sent it)
    journal.jsonl   what happened, one JSON object a line, with the trial's time
    result.json     the figures, worked out from the files above; report.html and report.pdf show them

Readings and journal are only ever appended to, so that a kill at any moment loses what the system had not
written yet: a second at most. A last line that was cut is left out.
"""

import csv
import hashlib
import io
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Self

from pumpbench.balances import Reading
from pumpbench.trials.conduct.errors import BadFolder

PROTOCOL = "protocol.toml"
TRIAL = "trial.json"
READINGS = "readings.csv"
JOURNAL = "journal.jsonl"
RESULT = "result.json"
CALIBRATION = "calibration.json"
"""In the folder of a calibration, what it found."""
COLUMNS = ("time_s", "status", "mass_g", "unit", "line")
SYNC_EVERY_S = 1.0

Journal = list[dict[str, Any]]
"""What happened, entry by entry."""


@dataclass(frozen=True)
class Row:
    """A reading as it is kept, with the line of the file."""

    time_s: float
    status: str
    mass_g: float | None
    unit: str
    said: str
    line: int


class Folder:
    """One trial's folder; `readings` and `journal` are all that it holds so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files: dict[str, IO[str]] = {}
        self._synced_at = time.monotonic()

    @classmethod
    def begin(cls, path: Path, protocol: str, about: dict[str, Any]) -> Self:
        """Make the folder of a new trial. Raises `BadFolder` when it holds something."""
        if path.exists() and not path.is_dir():
            raise BadFolder(f"{path} is a file; a trial needs a folder")
        path.mkdir(parents=True, exist_ok=True)
        folder = cls(path)
        (path / PROTOCOL).write_text(protocol, encoding="utf-8")
        (path / TRIAL).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        folder._file(READINGS).write(",".join(COLUMNS) + "\n")
        folder.sync()
        return folder

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the folder of a trial. Raises `BadFolder` when it is none."""
        folder = cls(path)
        if not path.is_dir():
            raise BadFolder(f"there is no folder {path}")
        for name in (TRIAL, PROTOCOL, READINGS):
            if not (path / name).is_file():
                raise BadFolder(f"{path} is no trial's folder: it holds no {name}")
        return folder

    def mend(self) -> None:
        """Cut a last line that was not written whole, before more is appended."""
        for name in (READINGS, JOURNAL):
            place = self.path / name
            data = place.read_bytes() if place.exists() else b""
            whole = data.rfind(b"\n") + 1
            if whole < len(data):
                os.truncate(place, whole)

    # --- writing ---

    def add_reading(self, time_s: float, reading: Reading) -> None:
        """Keep a reading."""
        mass = "" if reading.mass_g is None else repr(reading.mass_g)
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(
            (f"{time_s:.6f}", reading.status, mass, reading.unit or "", _printable(reading.line))
        )
        self._append(READINGS, line.getvalue())

    def note(self, time_s: float, what: str, **more: Any) -> dict[str, Any]:
        """Keep what happened."""
        wall = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = {"time_s": round(time_s, 6), "wall": wall, "what": what} | more
        self._append(JOURNAL, json.dumps(entry) + "\n")
        return entry

    def write_json(self, name: str, value: Any) -> None:
        """Write a file of the folder whole, or leave the one that is there."""
        part = self.path / f"{name}.part"
        part.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
        part.replace(self.path / name)

    def sync(self) -> None:
        """See that what was written outlives a power cut."""
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())
        self._synced_at = time.monotonic()

    def close(self) -> None:
        """Close the files."""
        if self._files:
            self.sync()
        for file in self._files.values():
            file.close()
        self._files.clear()

    # --- reading ---

    @property
    def about(self) -> dict[str, Any]:
        """What was tried with what. Raises `BadFolder`."""
        return json_object(self.path / TRIAL)

    @property
    def protocol_text(self) -> str:
        """The protocol as it was."""
        return (self.path / PROTOCOL).read_text(encoding="utf-8")

    def journal(self) -> Journal:
        """What happened so far. Raises `BadFolder` for a line that is none."""
        place = self.path / JOURNAL
        return [entry_of(place, number, line) for number, line in enumerate(_whole_lines(place), 1)]

    def readings(self) -> list[Row]:
        """Every reading so far. Raises `BadFolder` with line and column for one that is none."""
        place = self.path / READINGS
        lines = _whole_lines(place)
        if not lines or tuple(lines[0].split(",")) != COLUMNS:
            raise BadFolder(f"{place}, line 1: expected {','.join(COLUMNS)}")
        return [row_of(place, number, line) for number, line in enumerate(lines[1:], 2)]

    def hashes(self) -> dict[str, str]:
        """SHA-256 of the files that the figures come from."""
        found = {}
        for name in (PROTOCOL, TRIAL, READINGS, JOURNAL):
            place = self.path / name
            if place.exists():
                found[name] = hashlib.sha256(place.read_bytes()).hexdigest()
        return found

    def _append(self, name: str, text: str) -> None:
        file = self._file(name)
        file.write(text)
        file.flush()
        if time.monotonic() - self._synced_at > SYNC_EVERY_S:
            self.sync()

    def _file(self, name: str) -> IO[str]:
        if name not in self._files:
            self._files[name] = (self.path / name).open("a", encoding="utf-8", newline="")
        return self._files[name]


def json_object(place: Path) -> dict[str, Any]:
    """The one object of a JSON file. Raises `BadFolder` when it is damaged."""
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFolder(f"{place} cannot be read: {error}") from None
    if not isinstance(told, dict):
        raise BadFolder(f"{place} cannot be read: it holds no JSON object")
    return told


def entry_of(place: Path, number: int, line: str) -> dict[str, Any]:
    """What happened, from a line of the journal at `place`. Raises `BadFolder` with the line's number."""
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or not {"what", "time_s"} <= set(entry):
        raise BadFolder(f"{place}, line {number}: does not say what happened when")
    return entry


def row_of(place: Path, number: int, line: str) -> Row:
    """The reading in a line of the file at `place`. Raises `BadFolder` with the line's number."""
    fields = next(csv.reader([line]), [])
    if len(fields) != len(COLUMNS):
        raise BadFolder(f"{place}, line {number}: has {len(fields)} columns, not {len(COLUMNS)}")
    try:
        mass = float(fields[2]) if fields[2] else None
        return Row(float(fields[0]), fields[1], mass, fields[3], fields[4], number)
    except ValueError:
        raise BadFolder(f"{place}, line {number}: time_s or mass_g is no number") from None


def _whole_lines(place: Path) -> list[str]:
    """The lines that were written whole."""
    if not place.exists():
        return []
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise BadFolder(f"{place} cannot be read: {error}") from None
    return text[: text.rfind("\n") + 1].splitlines()


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in line)
