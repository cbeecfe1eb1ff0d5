"""Runs: begun, resumed, finished, closed, listed.

A run is *recording* while a process records it, *finished* or *closed* when somebody ended it, and
*interrupted* when it is open and nobody records it: its recorder was killed.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pumpbench.store import boards
from pumpbench.store.audit import Audit
from pumpbench.store.bundle import bundle_hash, run_bundle
from pumpbench.store.calibrations import Calibrations
from pumpbench.store.database import Database, Row
from pumpbench.store.errors import BadEntryError, RunNotOpenError, UnknownEntryError
from pumpbench.store.records import Records
from pumpbench.store.runlock import RunLock, is_held, lock_files, tidy_up
from pumpbench.store.text import canonical
from pumpbench.store.tubes import TubeSets

RECORDING = "recording"
INTERRUPTED = "interrupted"
FINISHED = "finished"
CLOSED = "closed"


@dataclass(frozen=True)
class Run:
    """One run as stored."""

    id: int
    name: str
    who: str
    unique_id: str
    """Of the board."""
    simulated: bool
    status: str
    """'recording', 'interrupted', 'finished' or 'closed'."""
    started_wall_us: int
    ended_wall_us: int | None
    tube_set: int | None
    calibration: int | None
    records: int
    revolutions: float
    hours: float
    meta: dict[str, Any]
    bundle: dict[str, Any]
    bundle_sha256: str
    summary: dict[str, Any] | None


_SELECT = """
    SELECT runs.*, boards.unique_id,
        (SELECT coalesce(sum(count), 0) FROM chunks WHERE run_id = runs.id) AS records
    FROM runs JOIN boards ON boards.id = board_id
"""


class Runs:
    """The runs of a database, and the locks on those that this process records."""

    def __init__(
        self, database: Database, audit: Audit, records: Records, tubes: TubeSets, calibrations: Calibrations
    ) -> None:
        self._database = database
        self._audit = audit
        self._records = records
        self._tubes = tubes
        self._calibrations = calibrations
        self._locks: dict[int, RunLock] = {}

    def begin(self, meta: Mapping[str, Any]) -> int:
        """Begin a run and hold it for this process; see ``Store.begin_run`` for the keys of ``meta``."""
        unique_id, simulated = _required(meta)
        tube_set, calibration = meta.get("tube_set") or None, meta.get("calibration") or None
        described = None
        if tube_set is not None:
            tube = self._tubes.get(tube_set)
            described = {
                "number": tube.number,
                "kind": tube.kind,
                "lot": tube.lot,
                "revolutions": tube.revolutions,
            }
        fingerprint = None if calibration is None else self._calibrations.get(calibration).sha256
        bundle = run_bundle(meta, described, fingerprint)
        digest = bundle_hash(bundle)
        with self._database.transaction():
            board = boards.board_now(
                self._database, unique_id, int(meta.get("boot_count") or 0), int(meta.get("time_us") or 0)
            )
            person = str(meta.get("who") or self._audit.who)
            inserted = self._database.write(
                "INSERT INTO runs (board_id, name, who, simulated, tube_set, calibration, "
                "started_wall_us, meta, bundle, bundle_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(board, str(meta.get("name") or ""), person, int(simulated), tube_set, calibration),
                    *(time.time_ns() // 1000, canonical(dict(meta)), canonical(bundle), digest),
                ),
            )
            run_id = int(inserted.lastrowid or 0)
            self._audit.append(
                "run started",
                f"run {run_id}",
                {"bundle_sha256": digest, "board": unique_id, "simulated": simulated},
                who=person,
            )
            self._locks[run_id] = RunLock(self._database.path, run_id)
        return run_id

    def resume(self, run_id: int, boot_count: int | None, time_us: int | None) -> None:
        """Go on with an interrupted run; see ``Store.resume_run``."""
        row = self._open_row(run_id)
        if run_id in self._locks:
            return
        last = self._database.row(
            "SELECT last_boot, last_time_us FROM boards WHERE id = ?", (row["board_id"],)
        )
        if (
            boot_count is not None
            and last
            and (boot_count, time_us or 0) < (last["last_boot"], last["last_time_us"])
        ):
            raise RunNotOpenError(
                f"run {run_id} cannot be resumed: its board has lost its memory since "
                f"(it is at boot {boot_count}, {(time_us or 0) / 1e6:.0f} s, "
                f"and was at boot {last['last_boot']}, {last['last_time_us'] / 1e6:.0f} s)"
            )
        with self._database.transaction():
            lock = RunLock(self._database.path, run_id)
            try:
                self._audit.append("run resumed", f"run {run_id}")
            except BaseException:
                lock.release()
                raise
        self._locks[run_id] = lock

    def end(self, run_id: int, ending: str, summary: Mapping[str, Any]) -> None:
        """Finish or close an open run, put its chunks together and count its wear."""
        self._open_row(run_id)
        if run_id not in self._locks:
            with self._database.transaction():
                self._locks[run_id] = RunLock(self._database.path, run_id)
        self._records.compact(run_id)
        with self._database.transaction():
            revolutions, hours = self._wear(run_id)
            self._database.write(
                "UPDATE runs SET ended_wall_us = ?, ending = ?, summary = ?, revolutions = ?, hours = ? "
                "WHERE id = ?",
                (time.time_ns() // 1000, ending, canonical(dict(summary)), revolutions, hours, run_id),
            )
            self._audit.append(f"run {ending}", f"run {run_id}", summary)
        self.release(run_id)

    def tidy_up(self) -> None:
        """Remove what killed processes left beside the database."""
        left = [run_id for run_id in lock_files(self._database.path) if run_id not in self._locks]
        if left:
            with self._database.transaction():
                tidy_up(self._database.path, left)

    def held(self, run_id: int) -> bool:
        """True when this process records the run."""
        return run_id in self._locks

    def release(self, run_id: int) -> None:
        """Give a run back, not ended: it is interrupted then."""
        if run_id in self._locks:
            self._locks.pop(run_id).release()

    def release_all(self) -> None:
        """Give all runs back; those not ended are then interrupted."""
        while self._locks:
            self._locks.popitem()[1].release()

    def get(self, run_id: int) -> Run:
        """The run of this id. Raises UnknownEntryError."""
        row = self._database.row(f"{_SELECT} WHERE runs.id = ?", (run_id,))
        if row is None:
            raise UnknownEntryError(f"there is no run {run_id} in {self._database.path}")
        return self._run(row)

    def find(
        self,
        *,
        status: str | None = None,
        unique_id: str | None = None,
        simulated: bool | None = None,
        name: str | None = None,
        tube_set: int | None = None,
        since_wall_us: int | None = None,
        until_wall_us: int | None = None,
        limit: int | None = None,
    ) -> list[Run]:
        """Runs that fit all that is given, the newest first; ``name`` is a part of the name."""
        conditions = {
            "boards.unique_id = ?": unique_id,
            "runs.simulated = ?": None if simulated is None else int(simulated),
            "instr(lower(runs.name), lower(?))": name,
            "runs.tube_set = ?": tube_set,
            "runs.started_wall_us >= ?": since_wall_us,
            "runs.started_wall_us < ?": until_wall_us,
        }
        given = {text: value for text, value in conditions.items() if value is not None}
        where = f"WHERE {' AND '.join(given)}" if given else ""
        rows = self._database.rows(f"{_SELECT} {where} ORDER BY runs.id DESC", tuple(given.values()))
        found = [self._run(row) for row in rows]
        return [run for run in found if status in (None, run.status)][:limit]

    def _run(self, row: Row) -> Run:
        return Run(
            id=row["id"],
            name=row["name"],
            who=row["who"],
            unique_id=row["unique_id"],
            simulated=bool(row["simulated"]),
            status=row["ending"] or (RECORDING if self._recorded_now(row["id"]) else INTERRUPTED),
            started_wall_us=row["started_wall_us"],
            ended_wall_us=row["ended_wall_us"],
            tube_set=row["tube_set"],
            calibration=row["calibration"],
            records=row["records"],
            revolutions=row["revolutions"],
            hours=row["hours"],
            meta=json.loads(row["meta"]),
            bundle=json.loads(row["bundle"]),
            bundle_sha256=row["bundle_sha256"],
            summary=None if row["summary"] is None else json.loads(row["summary"]),
        )

    def _recorded_now(self, run_id: int) -> bool:
        return run_id in self._locks or is_held(self._database.path, run_id)

    def _open_row(self, run_id: int) -> Row:
        row = self._database.row("SELECT * FROM runs WHERE id = ?", (run_id,))
        if row is None:
            raise UnknownEntryError(f"there is no run {run_id} in {self._database.path}")
        if row["ending"] is not None:
            raise RunNotOpenError(f"run {run_id} has been {row['ending']} and takes nothing more")
        return row

    def _wear(self, run_id: int) -> tuple[float, float]:
        """Revolutions of the head (by the counted microsteps) and hours that were recorded."""
        hours = sum(boot.last_us - boot.first_us for boot in self._records.boots(run_id)) / 3.6e9
        row = self._database.row("SELECT meta, layout FROM runs WHERE id = ?", (run_id,))
        steps_per_rev = json.loads(row["meta"]).get("steps_per_rev") if row else None
        if not steps_per_rev or not row or not row["layout"] or '"steps"' not in row["layout"]:
            return 0.0, hours
        steps = 0
        seen: dict[int, int] = {}
        for part in self._records.iterate(run_id, fields=("boot", "steps")):
            boot, counts = int(part["boot"][0]), part["steps"].astype(np.int64)
            steps += int(np.abs(counts[1:] - counts[:-1]).sum()) + abs(
                int(counts[0]) - seen.get(boot, int(counts[0]))
            )
            seen[boot] = int(counts[-1])
        return steps / steps_per_rev, hours


def _required(meta: Mapping[str, Any]) -> tuple[str, bool]:
    unique_id, simulated = meta.get("unique_id"), meta.get("simulated")
    if isinstance(unique_id, bytes | bytearray):
        unique_id = bytes(unique_id).hex()
    if not isinstance(unique_id, str) or not unique_id:
        raise BadEntryError("a run needs 'unique_id', the board's, as hexadecimal text")
    if not isinstance(simulated, bool):
        raise BadEntryError("a run needs 'simulated', true or false")
    return unique_id, simulated
