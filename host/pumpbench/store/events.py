"""Events of the board, stored exactly once each.

An event is known by the board's life (see boards.py), boot, number and time: it may be sent again and again
until the board hears that it is stored, also into a later run, and is kept once.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pumpbench.store import boards
from pumpbench.store.audit import Audit
from pumpbench.store.database import Database
from pumpbench.store.errors import BadEntryError, UnknownEntryError
from pumplink import names, states

FIELDS = ("number", "boot", "run", "time_us", "code", "priority", "a", "b")

AUDITED = frozenset(
    {
        states.EVENT_ALARM_ACKNOWLEDGED,
        states.EVENT_REFILL,
        states.EVENT_RESERVOIR_SET,
        states.EVENT_PROGRAM_COMMITTED,
        states.EVENT_CALIBRATION_SET,
        states.EVENT_TUBE_FITTED,
    }
)
"""What somebody did to the board. As the board reports it, it goes into the audit trail too."""


@dataclass(frozen=True)
class Event:
    """An event as stored; the fields are those of the message ``event``."""

    number: int
    boot: int
    run: int
    time_us: int
    code: int
    priority: int
    a: int
    b: int
    received_wall_us: int

    @property
    def name(self) -> str:
        """The event's name, or its code when this pumpbench does not know it."""
        return event_name(self.code)


def event_name(code: int) -> str:
    """The name of an event's code."""
    return names.EVENT_NAMES[code] if 0 <= code < len(names.EVENT_NAMES) else f"event-{code}"


class Events:
    """The events of all runs of a database."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def add(self, run_id: int, events: Iterable[Mapping[str, Any]]) -> int:
        """Store those events that are new, all in one transaction, and return how many; durable on return."""
        with self._database.transaction():
            row = self._database.row(
                "SELECT board_id, unique_id FROM runs JOIN boards ON boards.id = board_id WHERE runs.id = ?",
                (run_id,),
            )
            if row is None:
                raise UnknownEntryError(f"there is no run {run_id}")
            return sum(
                self._add(run_id, row["board_id"], row["unique_id"], _values(event)) for event in events
            )

    def of(self, run_id: int) -> list[Event]:
        """The events of a run, in the board's order."""
        columns = ", ".join(FIELDS)
        rows = self._database.rows(
            f"SELECT {columns}, received_wall_us FROM events WHERE run_id = ? ORDER BY boot, number, time_us",
            (run_id,),
        )
        return [Event(*tuple(row)) for row in rows]

    def _add(self, run_id: int, board_id: int, unique_id: str, values: dict[str, int]) -> bool:
        inserted = self._database.write(
            f"INSERT INTO events (run_id, board_id, {', '.join(FIELDS)}, received_wall_us) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (board_id, boot, number, time_us) DO NOTHING",
            (run_id, board_id, *values.values(), time.time_ns() // 1000),
        )
        if not inserted.rowcount:
            return False
        boards.seen(self._database, board_id, values["boot"], values["time_us"])
        if values["code"] in AUDITED:
            self._audit.append(
                event_name(values["code"]), f"run {run_id}", values, who=f"reported by board {unique_id}"
            )
        return True


def _values(event: Mapping[str, Any]) -> dict[str, int]:
    values = {}
    for name in FIELDS:
        try:
            values[name] = int(event[name])
        except (KeyError, TypeError, ValueError) as error:
            raise BadEntryError(
                f"an event needs the field {name!r} as a whole number; this one is {dict(event)}"
            ) from error
    return values
