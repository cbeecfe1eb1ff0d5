"""The laboratory's store, one SQLite file: runs, telemetry, events, tube sets, calibrations, audit trail."""

import getpass
import platform
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pumpbench.store import boards
from pumpbench.store.audit import Audit
from pumpbench.store.calibrations import Calibrations
from pumpbench.store.chunks import Records as RecordArray
from pumpbench.store.clock import Clock, ClockMap
from pumpbench.store.database import Database
from pumpbench.store.errors import RunNotOpenError
from pumpbench.store.events import Event, Events
from pumpbench.store.gaps import Gap, Gaps
from pumpbench.store.place import default_path
from pumpbench.store.quality import Quality, quality_of
from pumpbench.store.recorder import Recorder
from pumpbench.store.records import Boot, Records
from pumpbench.store.runs import CLOSED, FINISHED, Run, Runs
from pumpbench.store.tubes import TubeSets


class Store:
    """An open database. Close it, or use it in a ``with`` block.

    ``path`` is the user's default place when None; a new file is made unless ``read_only``. ``who`` is the
    person whom the audit trail names, the one logged in when None. Several threads may use one Store; several
    processes may open one file, also while one of them records. Errors are those of
    ``pumpbench.store.errors``.
    """

    def __init__(
        self, path: str | Path | None = None, *, read_only: bool = False, who: str | None = None
    ) -> None:
        self.path = default_path() if path is None else Path(path)
        self.read_only = read_only
        self._database = Database(self.path, read_only=read_only)
        self.audit = Audit(self._database, this_person() if who is None else who)
        self.tubes = TubeSets(self._database, self.audit)
        self.calibrations = Calibrations(self._database, self.audit)
        self._records = Records(self._database)
        self._gaps = Gaps(self._database, self._records)
        self._events = Events(self._database, self.audit)
        self._clock = Clock(self._database)
        self._runs = Runs(self._database, self.audit, self._records, self.tubes, self.calibrations)
        if not read_only:
            self._runs.tidy_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Runs that were begun here and not ended are interrupted from now on."""
        self._runs.release_all()
        self._database.close()

    # --- runs ---

    def begin_run(self, meta: Mapping[str, Any]) -> int:
        """Begin a run, held by this process until it is ended or the store closed; returns its id.

        ``meta`` must have ``unique_id`` (the board's, hexadecimal text) and ``simulated`` (bool). These keys
        have a meaning, all others are kept as they are:

        - ``boot_count``, ``time_us``: the board's at this moment (not of an old hello); they tell a board
          that lost its memory, whose event numbers begin again.
        - ``name`` of the run, ``who`` ran it, ``tube_set`` (number), ``calibration`` (id), ``steps_per_rev``.
        - ``first_counter``: of the board's telemetry in that boot, from which records belong to the run.
        - for the bundle: ``board``, ``capabilities``, ``firmware``, ``firmware_hash``, ``protocol``,
          ``schema``, ``program_digest``, ``program_text`` (the file), ``conditions`` (a dict).
        """
        return self._runs.begin(meta)

    def resume_run(self, run_id: int, *, boot_count: int | None = None, time_us: int | None = None) -> None:
        """Go on recording an interrupted run.

        With the board's boot count and time since boot it is refused (RunNotOpenError) when the board lost
        its memory.
        """
        self._runs.resume(run_id, boot_count, time_us)

    def finish_run(self, run_id: int, summary: Mapping[str, Any]) -> None:
        """End a run with its summary; nothing can be added afterwards."""
        self._runs.end(run_id, FINISHED, summary)

    def leave_run(self, run_id: int) -> None:
        """Record a run no longer, without an end: it is interrupted, to be resumed by whoever comes."""
        self._runs.release(run_id)

    def close_run(self, run_id: int, reason: str) -> None:
        """End an interrupted run that nobody will resume."""
        self._runs.end(run_id, CLOSED, {"reason": reason})

    def run(self, run_id: int) -> Run:
        """The run of this id. Raises UnknownEntryError."""
        return self._runs.get(run_id)

    def runs(
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
        """Runs that fit all that is given, the newest first; ``name`` is a part of the name, in any case."""
        return self._runs.find(
            status=status,
            unique_id=unique_id,
            simulated=simulated,
            name=name,
            tube_set=tube_set,
            since_wall_us=since_wall_us,
            until_wall_us=until_wall_us,
            limit=limit,
        )

    def latest_run(self) -> Run | None:
        """The run that began last, or None."""
        found = self._runs.find(limit=1)
        return found[0] if found else None

    # --- writing into a run ---

    def recorder(self, run_id: int) -> Recorder:
        """A buffer that commits a run's records at least each second; see ``Recorder``."""
        return Recorder(self, run_id)

    def append_records(self, run_id: int, records: RecordArray) -> int:
        """Store records (a structured array with at least boot, counter, time_us); returns how many were new.

        Any order, any repeats: each (boot, counter) is kept once. Durable on return.
        """
        if not len(records):
            return 0
        with self._database.transaction():
            board = self._held_board(run_id)
            added = self._records.append(run_id, records)
            boot = int(records["boot"].max())
            boards.seen(self._database, board, boot, int(records["time_us"][records["boot"] == boot].max()))
        return added

    def add_event(self, run_id: int, event: Mapping[str, Any]) -> bool:
        """Store an event (fields of the message ``event``) once; True when it was new. Durable on return."""
        return self.add_events(run_id, [event]) == 1

    def add_events(self, run_id: int, events: Iterable[Mapping[str, Any]]) -> int:
        """Store several events together; returns how many were new. Durable on return."""
        with self._database.transaction():
            self._held_board(run_id)
            return self._events.add(run_id, events)

    def add_gap(self, run_id: int, boot: int, first_counter: int, last_counter: int, reason: str) -> None:
        """Record that the board no longer has these records, and why."""
        with self._database.transaction():
            self._held_board(run_id)
            self._gaps.add(run_id, boot, first_counter, last_counter, reason)

    def add_clock_mark(self, run_id: int, boot: int, time_us: int, wall_us: int) -> None:
        """Note that the board's clock showed time_us when the wall's showed wall_us (since 1970-01-01 UTC).

        Not for a simulated board at a speed of its own: its clock has no wall time.
        """
        with self._database.transaction():
            self._held_board(run_id)
            self._clock.add_mark(run_id, boot, time_us, wall_us)

    def count(self, run_id: int, name: str, more: int = 1) -> None:
        """Count something the link had to mend: 'reconnects' and 'bad_frames' go into the run's quality."""
        with self._database.transaction():
            self._held_board(run_id)
            self._database.write(
                "INSERT INTO link_counts VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET value = value + excluded.value",
                (run_id, name, more),
            )

    def compact(self, run_id: int) -> None:
        """Join a run's small chunks; the recorder and ``finish_run`` do this by themselves."""
        self._records.compact(run_id)

    # --- reading a run ---

    def records(
        self,
        run_id: int,
        start_us: int | None = None,
        end_us: int | None = None,
        *,
        boot: int | None = None,
        fields: Collection[str] | None = None,
    ) -> RecordArray:
        """Records with start_us <= time_us < end_us (board's clock), of one boot or of each, in order."""
        self._runs.get(run_id)
        return self._records.read(run_id, start_us, end_us, boot=boot, fields=fields)

    def iter_records(
        self,
        run_id: int,
        start_us: int | None = None,
        end_us: int | None = None,
        *,
        boot: int | None = None,
        fields: Collection[str] | None = None,
    ) -> Iterator[RecordArray]:
        """As ``records``, in pieces of bounded size that never hold two boots."""
        self._runs.get(run_id)
        return self._records.iterate(run_id, start_us, end_us, boot=boot, fields=fields)

    def records_since(self, run_id: int, boot: int = 0, counter: int = -1) -> RecordArray:
        """Records behind (boot, counter): what is new to somebody who has read up to there."""
        self._runs.get(run_id)
        return self._records.since(run_id, boot, counter)

    def last_counter(self, run_id: int, boot: int) -> int | None:
        """The highest counter stored of a boot, behind which a client back-fills; None when there is none."""
        return self._records.last_counter(run_id, boot)

    def boots(self, run_id: int) -> list[Boot]:
        """What the run holds of each boot of its board."""
        return self._records.boots(run_id)

    def fields(self, run_id: int) -> tuple[str, ...]:
        """The names of the run's record fields; only boot, counter and time_us before the first record."""
        return self._records.fields(run_id)

    def events(self, run_id: int) -> list[Event]:
        """The run's events in the board's order."""
        self._runs.get(run_id)
        return self._events.of(run_id)

    def gaps(self, run_id: int) -> list[Gap]:
        """What is missing in the run: recorded gaps that were not filled, and holes that nobody recorded."""
        self._runs.get(run_id)
        return self._gaps.of(run_id)

    def clock_maps(self, run_id: int) -> dict[int, ClockMap]:
        """By boot, the map from the board's clock to wall time; empty without clock marks."""
        return self._clock.maps(run_id)

    def link_counts(self, run_id: int) -> dict[str, int]:
        """What ``count`` has counted."""
        rows = self._database.rows("SELECT name, value FROM link_counts WHERE run_id = ?", (run_id,))
        return {row["name"]: row["value"] for row in rows}

    def quality(self, run_id: int) -> Quality:
        """The run's data quality."""
        self._runs.get(run_id)
        return quality_of(run_id, self._records, self._gaps, self._events, self.link_counts(run_id))

    def export(
        self, run_id: int, form: str, out: str | Path, progress: Callable[[int, int], None] | None = None
    ) -> list[Path]:
        """Write a run as 'csv', 'parquet' or 'mcap'; returns the files.

        ``progress`` is told (records done, of all).
        Nothing half done is left when it fails. Raises ExportError.
        """
        from pumpbench.store.export import export_run  # the exporters read the store, so they come after it

        return export_run(self, run_id, form, Path(out), progress)

    def _held_board(self, run_id: int) -> int:
        """The board of a run that this process records."""
        if not self._runs.held(run_id):
            run = self._runs.get(run_id)
            raise RunNotOpenError(f"run {run_id} is {run.status}, so nothing can be added to it here")
        row = self._database.row("SELECT board_id FROM runs WHERE id = ?", (run_id,))
        return int(row["board_id"]) if row else 0


def this_person() -> str:
    """Who is logged in, and where."""
    try:
        return f"{getpass.getuser()}@{platform.node()}"
    except (OSError, KeyError):  # a user id without a name, as in containers
        return f"unknown@{platform.node()}"
