"""Telemetry records: stored once each, in order, and read by window.

A record is known by (boot, counter). Records may come in any order and more than once: back-fill arrives late
and overlaps what is there. Each (boot, counter) of a run is kept once, the first that came, and read back in
order.
"""

import struct
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pumpbench.store import chunks
from pumpbench.store.chunks import Records as RecordArray
from pumpbench.store.database import Database, Row
from pumpbench.store.errors import BadEntryError, DamagedDatabaseError
from pumpbench.store.intervals import Interval, joined

FULL = 8192
"""Records of a full chunk: 82 s at 100 Hz. Chunks are not joined across more missing records than this."""

_NO_LAYOUT = "[]"
_EARLIEST = -(2**63)
_LATEST = 2**63 - 1


@dataclass(frozen=True)
class Boot:
    """What a run holds of one boot of its board. ``*_us`` is the board's clock since that boot."""

    boot: int
    first_counter: int
    last_counter: int
    first_us: int
    last_us: int
    count: int


class Records:
    """The telemetry of all runs of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, run_id: int, records: RecordArray) -> int:
        """Store the records that are not there yet, in one transaction; returns how many these were.

        Raises BadEntryError when the fields are not those of the run's earlier records, or when a (boot,
        counter) that is stored comes again with another time: then the board has lost its memory and a new
        run must begin.
        """
        if not len(records):
            return 0
        with self._database.transaction():
            layout = self._layout_for(run_id, records)
            batch = _in_order(records.astype(chunks.dtype_of(layout), copy=False))
            changes = np.flatnonzero(batch["boot"][1:] != batch["boot"][:-1]) + 1
            return sum(self._append_boot(run_id, layout, part) for part in np.split(batch, changes))

    def read(
        self,
        run_id: int,
        start_us: int | None = None,
        end_us: int | None = None,
        *,
        boot: int | None = None,
        fields: Collection[str] | None = None,
    ) -> RecordArray:
        """Records with start_us <= time_us < end_us (the board's clock), of one boot or of each, in order.

        ``fields`` reads some columns only, which is faster.
        """
        found = list(self.iterate(run_id, start_us, end_us, boot=boot, fields=fields))
        return np.concatenate(found) if found else np.empty(0, self._dtype(run_id, fields))

    def iterate(
        self,
        run_id: int,
        start_us: int | None = None,
        end_us: int | None = None,
        *,
        boot: int | None = None,
        fields: Collection[str] | None = None,
    ) -> Iterator[RecordArray]:
        """As ``read``, chunk by chunk in bounded memory; others may write to the run meanwhile."""
        start = _EARLIEST if start_us is None else start_us
        end = _LATEST if end_us is None else end_us
        needed = None if fields is None else {*fields, "time_us", "counter"}
        layout = self._layout(run_id)
        for number in [boot] if boot is not None else self._boot_numbers(run_id):
            for records in self._chunks_after(run_id, number, -1, layout, start, end, needed):
                times = records["time_us"]
                if int(times.min()) < start or int(times.max()) >= end:
                    records = records[(times >= start) & (times < end)]
                if len(records):
                    yield records if fields is None else records[_named(records, fields)]

    def since(self, run_id: int, boot: int, counter: int) -> RecordArray:
        """Records behind (boot, counter) in order: what is new to somebody who has seen the run up to there.

        (0, -1) gives all. Back-filled records that lie before that point are not among them.
        """
        layout = self._layout(run_id)
        found = [
            records
            for number in self._boot_numbers(run_id)
            if number >= boot
            for records in self._chunks_after(run_id, number, counter if number == boot else -1, layout)
        ]
        return np.concatenate(found) if found else np.empty(0, self._dtype(run_id, None))

    def boots(self, run_id: int) -> list[Boot]:
        """The boots that the run has records of, in order."""
        rows = self._database.rows(
            "SELECT boot, min(first_counter), max(last_counter), min(first_us), max(last_us), sum(count) "
            "FROM chunks WHERE run_id = ? GROUP BY boot ORDER BY boot",
            (run_id,),
        )
        return [Boot(*tuple(row)) for row in rows]

    def fields(self, run_id: int) -> tuple[str, ...]:
        """The names of a run's record fields; only boot, counter and time_us before its first record."""
        return self._dtype(run_id, None).names or ()

    def last_counter(self, run_id: int, boot: int) -> int | None:
        """The highest counter stored, from behind which a client back-fills; None when there is no record."""
        row = self._database.row(
            "SELECT max(last_counter) AS last FROM chunks WHERE run_id = ? AND boot = ?", (run_id, boot)
        )
        return None if row is None or row["last"] is None else int(row["last"])

    def stored_intervals(self, run_id: int, boot: int) -> list[Interval]:
        """The counters that are stored, as joined intervals."""
        result: list[Interval] = []
        for row in self._headers(run_id, boot, -1):
            if row["count"] == row["last_counter"] - row["first_counter"] + 1:
                result.append((row["first_counter"], row["last_counter"]))
            else:
                result += _runs_of(self._decoded(row, self._layout(run_id), ("counter",))["counter"])
        return joined(result)

    def compact(self, run_id: int) -> None:
        """Join neighbouring small chunks, so that a run committed every second reads quickly."""
        layout = self._layout(run_id)
        for boot in self._boot_numbers(run_id):
            for group in _groups(self._headers(run_id, boot, -1)):
                self._join(run_id, boot, layout, group)

    def _append_boot(self, run_id: int, layout: str, new: RecordArray) -> int:
        """Store sorted records of one boot where they belong between and inside the chunks that are there."""
        boot, counters = int(new["boot"][0]), new["counter"].astype(np.int64)
        there = [
            row
            for row in self._headers(run_id, boot, int(counters[0]) - 1)
            if row["first_counter"] <= counters[-1]
        ]
        if not there:
            self._insert(run_id, boot, new)
            return len(new)
        firsts = np.array([row["first_counter"] for row in there])
        lasts = np.array([row["last_counter"] for row in there])
        slots = np.searchsorted(firsts, counters, "right")
        inside = (slots > 0) & (counters <= lasts[slots - 1])
        for slot in np.unique(slots[~inside]):
            self._insert(run_id, boot, new[~inside & (slots == slot)])
        added = int(np.count_nonzero(~inside))
        for slot in np.unique(slots[inside]):
            added += self._merge(run_id, boot, layout, there[slot - 1], new[inside & (slots == slot)])
        return added

    def _merge(self, run_id: int, boot: int, layout: str, row: Row, new: RecordArray) -> int:
        """Put records into the holes of one chunk; what is stored already must be the same moment."""
        keys = self._decoded(row, layout, chunks.KEY_FIELDS)
        place = np.searchsorted(keys["counter"], new["counter"])
        known = keys["counter"][place] == new["counter"]
        if (differing := keys["time_us"][place[known]] != new["time_us"][known]).any():
            counter = int(new["counter"][known][differing][0])
            raise BadEntryError(
                f"record {counter} of boot {boot} is stored in run {run_id} with another time: "
                "the board has lost its memory and counts anew; begin a new run"
            )
        if known.all():
            return 0
        merged = _in_order(np.concatenate([self._decoded(row, layout), new[~known]]))
        self._database.write("DELETE FROM chunks WHERE id = ?", (row["id"],))
        self._insert(run_id, boot, merged)
        return int(np.count_nonzero(~known))

    def _insert(self, run_id: int, boot: int, records: RecordArray) -> None:
        """Write sorted new records as chunks of at most FULL, not across wide holes."""
        wide = np.flatnonzero(np.diff(records["counter"]) > FULL) + 1
        for piece in np.split(records, wide):
            for start in range(0, len(piece), FULL):
                part = piece[start : start + FULL]
                counters, times = part["counter"], part["time_us"]
                if int(counters[-1]) > _LATEST or int(times.max()) > _LATEST:
                    raise BadEntryError(
                        f"counter or time of a telemetry record of boot {boot} is 2^63 or more"
                    )
                header = (int(counters[0]), int(counters[-1]), int(times.min()), int(times.max()), len(part))
                self._database.write(
                    "INSERT INTO chunks "
                    "(run_id, boot, first_counter, last_counter, first_us, last_us, count, data) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (run_id, boot, *header, chunks.encode(part)),
                )

    def _join(self, run_id: int, boot: int, layout: str, group: list[Row]) -> None:
        with self._database.transaction():
            parts = []
            for row in group:
                parts.append(self._decoded(row, layout))
                self._database.write("DELETE FROM chunks WHERE id = ?", (row["id"],))
            self._insert(run_id, boot, np.concatenate(parts))

    def _headers(self, run_id: int, boot: int, counter: int) -> list[Row]:
        """Chunks without their data that reach beyond a counter, in order."""
        return self._database.rows(
            "SELECT id, run_id, boot, first_counter, last_counter, first_us, last_us, count FROM chunks "
            "WHERE run_id = ? AND boot = ? AND last_counter > ? ORDER BY last_counter",
            (run_id, boot, counter),
        )

    def _chunks_after(
        self,
        run_id: int,
        boot: int,
        counter: int,
        layout: str,
        start_us: int = _EARLIEST,
        end_us: int = _LATEST,
        fields: Collection[str] | None = None,
    ) -> Iterator[RecordArray]:
        """Records behind a counter, by chunks that touch a window.

        Looks anew for each chunk, because chunks get joined meanwhile.
        """
        while True:
            row = self._database.row(
                "SELECT * FROM chunks WHERE run_id = ? AND boot = ? AND last_counter > ? AND last_us >= ? "
                "AND first_us < ? ORDER BY last_counter LIMIT 1",
                (run_id, boot, counter, start_us, end_us),
            )
            if row is None:
                return
            records = _decoded(row, row["data"], layout, fields)
            if row["first_counter"] <= counter:
                records = records[records["counter"] > counter]
            yield records
            counter = row["last_counter"]

    def _decoded(self, row: Row, layout: str, fields: Collection[str] | None = None) -> RecordArray:
        data = self._database.row("SELECT data FROM chunks WHERE id = ?", (row["id"],))
        return _decoded(row, data["data"] if data else b"", layout, fields)

    def _boot_numbers(self, run_id: int) -> list[int]:
        """The boots of a run, by one step through the index for each."""
        numbers: list[int] = []
        while True:
            row = self._database.row(
                "SELECT boot FROM chunks WHERE run_id = ? AND boot > ? ORDER BY boot LIMIT 1",
                (run_id, numbers[-1] if numbers else -1),
            )
            if row is None:
                return numbers
            numbers.append(int(row["boot"]))

    def _layout(self, run_id: int) -> str:
        row = self._database.row("SELECT layout FROM runs WHERE id = ?", (run_id,))
        return str(row["layout"]) if row and row["layout"] else _NO_LAYOUT

    def _dtype(self, run_id: int, fields: Collection[str] | None) -> np.dtype[np.void]:
        layout = self._layout(run_id)
        if layout == _NO_LAYOUT:  # no record yet, so that it is not known what they will have
            return np.dtype([(name, "<i8") for name in fields or chunks.KEY_FIELDS])
        return chunks.dtype_of(layout, fields)

    def _layout_for(self, run_id: int, records: RecordArray) -> str:
        """The run's layout, which its first records fix."""
        given, fixed = chunks.layout_of(records.dtype), self._layout(run_id)
        if fixed == _NO_LAYOUT:
            self._database.write("UPDATE runs SET layout = ? WHERE id = ?", (given, run_id))
        elif fixed != given:
            raise BadEntryError(
                f"run {run_id} was begun with other record fields than this pumpbench has: "
                "begin a new run, or go on with the version that began it"
            )
        return given


def _decoded(row: Row, data: bytes, layout: str, fields: Collection[str] | None) -> RecordArray:
    try:
        return chunks.decode(data, row["count"], layout, fields)
    except (ValueError, zlib.error, struct.error) as error:
        raise DamagedDatabaseError(
            f"records {row['first_counter']} to {row['last_counter']} of boot {row['boot']} "
            f"in run {row['run_id']} are damaged ({error})"
        ) from error


def _in_order(records: RecordArray) -> RecordArray:
    """Sorted by (boot, counter), the first of equal ones kept."""
    boots, counters = records["boot"], records["counter"]
    rising = (boots[1:] > boots[:-1]) | ((boots[1:] == boots[:-1]) & (counters[1:] > counters[:-1]))
    if rising.all():
        return records
    ordered: RecordArray = records[
        np.lexsort((counters, boots))
    ]  # stable: of equal ones the first comes first
    repeated = (ordered["boot"][1:] == ordered["boot"][:-1]) & (
        ordered["counter"][1:] == ordered["counter"][:-1]
    )
    kept: RecordArray = ordered[np.concatenate([[True], ~repeated])]
    return kept


def _runs_of(counters: NDArray[np.unsignedinteger]) -> list[Interval]:
    """Rising counters as intervals."""
    ends = np.flatnonzero(np.diff(counters) > 1)
    firsts = counters[np.concatenate([[0], ends + 1])]
    lasts = counters[np.concatenate([ends, [len(counters) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _groups(headers: list[Row]) -> Iterator[list[Row]]:
    """Neighbours that fit into one chunk together, two or more at a time."""
    group: list[Row] = []
    total = 0
    for row in headers:
        apart = group and row["first_counter"] - group[-1]["last_counter"] > FULL
        if apart or total + row["count"] > FULL:
            if len(group) > 1:
                yield group
            group, total = [], 0
        group.append(row)
        total += row["count"]
    if len(group) > 1:
        yield group


def _named(records: RecordArray, fields: Collection[str]) -> list[str]:
    return [name for name in records.dtype.names or () if name in fields]
