"""Calibrations of a tube set: the raw points, the circumstances, and what the board is given of them."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pumpbench.store.audit import Audit
from pumpbench.store.database import Database, Row
from pumpbench.store.errors import BadEntryError, UnknownEntryError
from pumpbench.store.text import canonical, sha256


@dataclass(frozen=True)
class Calibration:
    """One calibration as stored; it is never changed, a new one takes its place."""

    id: int
    tube_set: int
    made_wall_us: int
    expires_wall_us: int | None
    """None when it never expires."""
    who: str
    conditions: dict[str, Any]
    """Temperature, fluid, supply voltage, ... as the maker stated them."""
    points: list[Any]
    """The raw points that the values were fitted to."""
    board_values: dict[str, Any]
    """The fields of the message ``calibration_set``."""
    sha256: str


class Calibrations:
    """The calibrations of a database."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def add(
        self,
        tube_set: int,
        board_values: Mapping[str, Any],
        points: Sequence[Any],
        conditions: Mapping[str, Any],
        *,
        who: str | None = None,
        made_wall_us: int | None = None,
        expires_wall_us: int | None = None,
    ) -> int:
        """Store a calibration and return its id; made by this person and now when nothing else is given."""
        made = time.time_ns() // 1000 if made_wall_us is None else made_wall_us
        if expires_wall_us is not None and expires_wall_us <= made:
            raise BadEntryError(f"the calibration of tube set {tube_set} would expire before it was made")
        person = self._audit.who if who is None else who
        texts = (canonical(dict(conditions)), canonical(list(points)), canonical(dict(board_values)))
        digest = sha256(
            canonical([tube_set, made, expires_wall_us, person, *(json.loads(text) for text in texts)])
        )
        with self._database.transaction():
            if self._database.row("SELECT 1 FROM tube_sets WHERE number = ?", (tube_set,)) is None:
                raise UnknownEntryError(f"there is no tube set {tube_set} to calibrate")
            inserted = self._database.write(
                "INSERT INTO calibrations "
                "(tube_set, made_wall_us, expires_wall_us, who, conditions, points, board_values, sha256) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (tube_set, made, expires_wall_us, person, *texts, digest),
            )
            number = int(inserted.lastrowid or 0)
            self._audit.append(
                "calibration stored", f"calibration {number}", {"tube_set": tube_set, "sha256": digest}
            )
        return number

    def get(self, calibration: int) -> Calibration:
        """The calibration of this id. Raises UnknownEntryError."""
        row = self._database.row("SELECT * FROM calibrations WHERE id = ?", (calibration,))
        if row is None:
            raise UnknownEntryError(f"there is no calibration {calibration}")
        return _calibration(row)

    def of(self, tube_set: int) -> list[Calibration]:
        """All calibrations of a tube set, the newest first."""
        rows = self._database.rows(
            "SELECT * FROM calibrations WHERE tube_set = ? ORDER BY made_wall_us DESC, id DESC", (tube_set,)
        )
        return [_calibration(row) for row in rows]

    def latest(self, tube_set: int) -> Calibration | None:
        """The newest calibration of a tube set, expired or not."""
        found = self.of(tube_set)
        return found[0] if found else None


def _calibration(row: Row) -> Calibration:
    return Calibration(
        id=row["id"],
        tube_set=row["tube_set"],
        made_wall_us=row["made_wall_us"],
        expires_wall_us=row["expires_wall_us"],
        who=row["who"],
        conditions=json.loads(row["conditions"]),
        points=json.loads(row["points"]),
        board_values=json.loads(row["board_values"]),
        sha256=row["sha256"],
    )
