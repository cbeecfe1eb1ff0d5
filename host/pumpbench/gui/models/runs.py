"""Runs in words: the list, one run's details, the audit trail. Reads the store, so never on the thread that
draws.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pumpbench.gui.models.event_words import priority_word, sentence_of_event
from pumpbench.gui.models.times import board_time
from pumpbench.store import ClockMap, Event, Run, Store
from pumpbench.units import VOLUME, format_clock

NOTHING = "–"
ANY = "any"
STATUSES = (ANY, "recording", "interrupted", "finished", "closed")
_SYMBOLS = {
    "recording": "●",
    "interrupted": "✕",
    "closed": "□",
    "finished": "✔",
    "stopped": "■",
    "alarm-stop": "▲",
}
_AUDIT_SHOWN = 2000

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RunFilter:
    """Which runs are listed. `name` and `board` are parts in any case; dates are local, both included."""

    name: str = ""
    board: str = ""
    status: str = ANY
    simulated: bool | None = None
    since: date | None = None
    until: date | None = None
    watches: bool = False


@dataclass(frozen=True)
class RunRow:
    """One run in the list."""

    id: int
    name: str
    status: str
    """As the store has it."""
    told: str
    """How it ended or stands, with a symbol."""
    started: str
    delivered: str
    records: str
    board: str
    simulated: bool
    watch: bool
    unique_id: str
    virtual: bool
    """Whether its board was started for it, and ended with it."""

    def cells(self) -> tuple[str, ...]:
        """What the table shows."""
        kind = "SIMULATED" if self.simulated else ""
        return (
            str(self.id), self.name, self.told, self.started, self.delivered, self.records, self.board, kind
        )  # fmt: skip


HEADINGS = ("Run", "Name", "Status", "Started", "Delivered", "Records", "Board", "")


@dataclass(frozen=True)
class Details:
    """One run in words. Each event and gap is a row of cells."""

    row: RunRow
    facts: Pairs
    verdict: str
    remarks: tuple[str, ...]
    events: tuple[tuple[str, ...], ...]
    gaps: tuple[tuple[str, ...], ...]


EVENT_HEADINGS = ("Time", "Priority", "What happened")
GAP_HEADINGS = ("Boot", "From record", "To record", "Missing", "Why")


@dataclass(frozen=True)
class AuditTrail:
    """The trail's newest entries, the newest first, and whether the whole of it is unbroken."""

    whole: bool
    verdict: str
    rows: tuple[tuple[str, ...], ...]


AUDIT_HEADINGS = ("Entry", "When", "Who", "What", "Of", "Details")


def find(store: Store, wanted: RunFilter) -> list[RunRow]:
    """The runs that fit, the newest first. Raises ``StoreError``."""
    runs = store.runs(
        status=None if wanted.status == ANY else wanted.status,
        name=wanted.name.strip() or None,
        simulated=wanted.simulated,
        since_wall_us=None if wanted.since is None else _midnight_us(wanted.since),
        until_wall_us=None if wanted.until is None else _midnight_us(wanted.until + timedelta(days=1)),
    )
    board = wanted.board.strip().lower()
    rows = [row_of(run) for run in runs]
    return [
        row
        for row in rows
        if (wanted.watches or not row.watch)
        and (board in row.board.lower() or board in row.unique_id.lower())
    ]


def row_of(run: Run) -> RunRow:
    """A run as the list has it."""
    summary = run.summary or {}
    ended = summary.get("state") if run.status == "finished" else None
    word = str(ended or run.status)
    delivered = summary.get("delivered_nl")
    return RunRow(
        run.id,
        run.name,
        run.status,
        f"{_SYMBOLS.get(word, '·')} {word}",
        _minute(run.started_wall_us),
        NOTHING if delivered is None else VOLUME.format(delivered),
        f"{run.records:,}".replace(",", " "),
        f"{run.meta.get('board') or 'board'} {run.unique_id[:8]}",
        run.simulated,
        bool(run.meta.get("watch")),
        run.unique_id,
        bool(run.meta.get("conditions")),
    )


def details(store: Store, run_id: int) -> Details:
    """All that is known of a run but its telemetry. Raises ``StoreError``."""
    run, quality, maps = store.run(run_id), store.quality(run_id), store.clock_maps(run_id)
    return Details(
        row_of(run),
        _facts(run, store),
        quality.verdict,
        tuple(quality.remarks),
        tuple(_event_cells(event, maps) for event in store.events(run_id)),
        tuple(
            (str(gap.boot), str(gap.first_counter), str(gap.last_counter), str(gap.missing), gap.reason)
            for gap in store.gaps(run_id)
        ),
    )


def _facts(run: Run, store: Store) -> Pairs:
    summary, meta = run.summary or {}, run.meta
    found: dict[str, object] = {
        "Run": f"{run.id}, {run.name}",
        "Simulated": "yes, by a model instead of a pump" if run.simulated else "no",
        "Who": run.who,
        "Started": _minute(run.started_wall_us),
        "Ended": None if run.ended_wall_us is None else _minute(run.ended_wall_us),
        "How it ended": summary.get("reason") or summary.get("state") or run.status,
        "Delivered": _volume(summary.get("delivered_nl")),
        "Asked for": _volume(meta.get("requested_nl")),
        "Took": None if "elapsed_s" not in summary else format_clock(summary["elapsed_s"]),
        "Alarms": ", ".join(summary["alarms"]) or "none" if "alarms" in summary else None,
        "Board": f"{meta.get('board') or 'board'} {run.unique_id}",
        "Firmware": f"{meta['firmware']}, {str(meta.get('firmware_hash'))[:16]}"
        if meta.get("firmware")
        else None,
        "Tube set": run.tube_set,
        "Calibration": run.calibration,
        "Program's digest": meta.get("program_digest"),
        "Bundle's SHA-256": run.bundle_sha256,
        "Database": store.path,
    }
    return tuple((name, str(value)) for name, value in found.items() if value not in (None, ""))


def _event_cells(event: Event, maps: dict[int, ClockMap]) -> tuple[str, ...]:
    import numpy as np  # needed here alone

    clock = maps.get(event.boot)
    if clock is None:
        when = f"boot {event.boot}, {board_time(event.time_us / 1e6)}"
    else:
        when = _second(int(clock.wall_us(np.array([event.time_us]))[0]))
    return (when, priority_word(event.priority), sentence_of_event(event))


def audit_trail(store: Store) -> AuditTrail:
    """The audit trail, verified. Raises ``StoreError``."""
    verdict = store.audit.verify()
    last, link = store.audit.head()
    entries = store.audit.entries(max(1, last - _AUDIT_SHOWN + 1))
    rows = tuple(
        (str(entry.number), _second(entry.at_wall_us), entry.who, entry.action, entry.subject, entry.details)
        for entry in reversed(entries)
    )
    if not verdict.whole:
        return AuditTrail(False, verdict.sentence, rows)
    return AuditTrail(
        True, f"{verdict.sentence}: {verdict.entries} entries, the last one is {last}:{link}", rows
    )


def _volume(nl: int | None) -> str | None:
    return None if nl is None else VOLUME.format(nl)


def _midnight_us(day: date) -> int:
    return round(datetime.combine(day, time()).timestamp() * 1e6)


def _minute(wall_us: int) -> str:
    return datetime.fromtimestamp(wall_us / 1e6).isoformat(" ", "minutes")


def _second(wall_us: int) -> str:
    return datetime.fromtimestamp(wall_us / 1e6).isoformat(" ", "seconds")
