"""Tube sets: numbered consumables that wear with every revolution of the head."""

import time
from dataclasses import dataclass

from pumpbench.store.audit import Audit
from pumpbench.store.database import Database, Row
from pumpbench.store.errors import BadEntryError, UnknownEntryError

MOST_CHARACTERS = 200


@dataclass(frozen=True)
class TubeSet:
    """One tube set."""

    number: int
    kind: str
    lot: str
    note: str
    created_wall_us: int
    fitted_wall_us: int | None
    fitted_to: str | None
    """Unique id of the board that it sits in, None when it sits in none."""
    revolutions: float
    """Of the pump head, in all recorded runs and before."""
    hours: float
    """Recorded with this tube set, and before."""
    calibration_expires_wall_us: int | None
    """Of the newest calibration; None when it never expires or there is none (see ``calibrated``)."""
    calibrated: bool
    """There is a calibration, expired or not."""


_SELECT = """
    SELECT number, kind, lot, note, created_wall_us, fitted_wall_us, fitted_to,
        earlier_revolutions + (SELECT total(revolutions) FROM runs WHERE tube_set = number) AS revolutions,
        earlier_hours + (SELECT total(hours) FROM runs WHERE tube_set = number) AS hours,
        (SELECT expires_wall_us FROM calibrations WHERE tube_set = number ORDER BY made_wall_us DESC, id DESC
        LIMIT 1) AS calibration_expires_wall_us, EXISTS (SELECT 1 FROM calibrations WHERE tube_set = number)
        AS calibrated FROM tube_sets
"""


class TubeSets:
    """The tube sets of a database."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def new(
        self, kind: str, lot: str = "", note: str = "", *, revolutions: float = 0.0, hours: float = 0.0
    ) -> int:
        """Enter a tube set and return its number; ``revolutions`` and ``hours`` are what it has behind it."""
        if not kind.strip():
            raise BadEntryError("a tube set needs a kind, for example its material and bore")
        for what, text in (("kind", kind), ("lot", lot), ("note", note)):
            if len(text) > MOST_CHARACTERS or not text.isprintable():
                raise BadEntryError(
                    f"a tube set's {what} is one line of at most {MOST_CHARACTERS} printable characters"
                )
        if not (0 <= revolutions < float("inf") and 0 <= hours < float("inf")):
            raise BadEntryError(f"a tube set's {revolutions} revolutions and {hours} hours must be 0 or more")
        with self._database.transaction():
            made = self._database.write(
                "INSERT INTO tube_sets "
                "(kind, lot, note, created_wall_us, earlier_revolutions, earlier_hours) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (kind, lot, note, time.time_ns() // 1000, revolutions, hours),
            )
            number = int(made.lastrowid or 0)
            self._audit.append(
                "tube set entered", f"tube set {number}", {"kind": kind, "lot": lot, "note": note}
            )
        return number

    def get(self, number: int) -> TubeSet:
        """The tube set of this number. Raises UnknownEntryError."""
        row = self._database.row(f"{_SELECT} WHERE number = ?", (number,))
        if row is None:
            raise UnknownEntryError(f"there is no tube set {number}")
        return _tube_set(row)

    def all(self) -> list[TubeSet]:
        """All tube sets by number."""
        return [_tube_set(row) for row in self._database.rows(f"{_SELECT} ORDER BY number")]

    def fitted(self, unique_id: str) -> TubeSet | None:
        """The tube set that sits in a board."""
        row = self._database.row(f"{_SELECT} WHERE fitted_to = ?", (unique_id,))
        return None if row is None else _tube_set(row)

    def fit(self, number: int, unique_id: str) -> None:
        """Note that the tube set was put into a board, and the one that sat there was taken out."""
        with self._database.transaction():
            self.get(number)
            self._database.write("UPDATE tube_sets SET fitted_to = NULL WHERE fitted_to = ?", (unique_id,))
            self._database.write(
                "UPDATE tube_sets SET fitted_to = ?, fitted_wall_us = ? WHERE number = ?",
                (unique_id, time.time_ns() // 1000, number),
            )
            self._audit.append("tube set fitted", f"tube set {number}", {"board": unique_id})


def _tube_set(row: Row) -> TubeSet:
    return TubeSet(**{**dict(row), "calibrated": bool(row["calibrated"])})
