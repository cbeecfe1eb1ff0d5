"""Gaps: telemetry that is not there. Found in what is stored, explained by what the client recorded.

A recorded gap that was filled later is no gap any more; a hole that nobody recorded is one all the same.
"""

import json
from dataclasses import dataclass

from pumpbench.store.database import Database
from pumpbench.store.errors import BadEntryError
from pumpbench.store.intervals import Interval, between, joined, without
from pumpbench.store.records import Records

NOT_EXPLAINED = "not received"


@dataclass(frozen=True)
class Gap:
    """Records first_counter to last_counter of a boot are missing."""

    boot: int
    first_counter: int
    last_counter: int
    reason: str

    @property
    def missing(self) -> int:
        """How many records."""
        return self.last_counter - self.first_counter + 1


class Gaps:
    """The gaps of the runs of a database."""

    def __init__(self, database: Database, records: Records) -> None:
        self._database = database
        self._records = records

    def add(self, run_id: int, boot: int, first_counter: int, last_counter: int, reason: str) -> None:
        """Record that the board no longer has these records. The same gap again does no harm."""
        if not 0 <= first_counter <= last_counter:
            raise BadEntryError(
                f"a gap from record {first_counter} to {last_counter} is none: 0 <= first <= last is needed"
            )
        with self._database.transaction():
            self._database.write(
                "INSERT INTO recorded_gaps (run_id, boot, first_counter, last_counter, reason) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (run_id, boot, first_counter, last_counter) DO NOTHING",
                (run_id, boot, first_counter, last_counter, reason),
            )

    def of(self, run_id: int) -> list[Gap]:
        """All gaps of a run, by boot and counter; they do not overlap."""
        recorded: dict[int, list[tuple[Interval, str]]] = {}
        for row in self._database.rows(
            "SELECT boot, first_counter, last_counter, reason FROM recorded_gaps "
            "WHERE run_id = ? ORDER BY id",
            (run_id,),
        ):
            recorded.setdefault(row["boot"], []).append(
                ((row["first_counter"], row["last_counter"]), row["reason"])
            )
        boots = {boot.boot for boot in self._records.boots(run_id)}
        began = self._beginning(run_id)
        return [
            gap
            for boot in sorted(boots | set(recorded))
            for gap in _gaps(
                boot, self._records.stored_intervals(run_id, boot), recorded.get(boot, []), began.get(boot)
            )
        ]

    def _beginning(self, run_id: int) -> dict[int, int]:
        """The counter of the run's first record, by its boot, where that is known."""
        row = self._database.row("SELECT meta FROM runs WHERE id = ?", (run_id,))
        meta = json.loads(row["meta"]) if row else {}
        return {meta["boot_count"]: meta["first_counter"]} if "first_counter" in meta else {}


def _gaps(
    boot: int, stored: list[Interval], recorded: list[tuple[Interval, str]], first: int | None
) -> list[Gap]:
    edge = [] if first is None or not stored or stored[0][0] <= first else [(first - 1, first - 1)]
    missing = joined(between(edge + stored) + without(joined([interval for interval, _ in recorded]), stored))
    found = []
    for interval, reason in recorded:
        explained = [part for part in missing for part in _common(part, interval)]
        found += [Gap(boot, first, last, reason) for first, last in explained]
        missing = without(missing, joined(explained))
    found += [Gap(boot, first, last, NOT_EXPLAINED) for first, last in missing]
    return sorted(found, key=lambda gap: gap.first_counter)


def _common(one: Interval, other: Interval) -> list[Interval]:
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return [(first, last)] if first <= last else []
