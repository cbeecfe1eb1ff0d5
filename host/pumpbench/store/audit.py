"""The audit trail: who did what and when, append-only, each entry's hash over the one before it.

``hash = SHA-256(previous + "\n" + canonical JSON of [number, at_wall_us, who, action, subject, details])``,
in hexadecimal, where ``previous`` is the hash of the entry before (64 zeros for the first).

The trail cannot be changed by SQL while its triggers stand. Somebody who edits the file can take them away,
but not without breaking a link that ``verify`` names, unless he computes all later hashes anew; against that,
every export states the number and hash of its moment, which ``verify`` takes as an anchor.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pumpbench.store.database import Database, Row
from pumpbench.store.text import canonical, sha256

FIRST_PREVIOUS = "0" * 64
_PAGE = 1000


@dataclass(frozen=True)
class Entry:
    """One entry of the trail."""

    number: int
    at_wall_us: int
    who: str
    action: str
    subject: str
    details: str
    """A JSON object."""
    previous: str
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What ``verify`` found: the trail is whole, or its first broken link."""

    entries: int
    """How many entries were found good, from the first on."""
    broken: str | None = None
    """None, or 'changed', 'missing', 'reordered', 'truncated', 'added'."""
    number: int | None = None
    """The entry at which it shows."""
    sentence: str = "the audit trail is whole"

    @property
    def whole(self) -> bool:
        """True when no link is broken."""
        return self.broken is None


def entry_hash(
    previous: str, number: int, at_wall_us: int, who: str, action: str, subject: str, details: str
) -> str:
    """The hash of an entry; ``details`` is its JSON text as stored."""
    return sha256(f"{previous}\n{canonical([number, at_wall_us, who, action, subject, details])}")


class Audit:
    """The audit trail of a database. ``who`` is the person on whose behalf entries are made."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self.who = who

    def append(
        self, action: str, subject: str = "", details: Mapping[str, Any] | None = None, who: str | None = None
    ) -> int:
        """Add an entry and return its number."""
        text = canonical(dict(details or {}))
        person = self.who if who is None else who
        with self._database.transaction():
            number, previous = self.head()
            at = time.time_ns() // 1000
            link = entry_hash(previous, number + 1, at, person, action, subject, text)
            self._database.write(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (number + 1, at, person, action, subject, text, previous, link),
            )
        return number + 1

    def head(self) -> tuple[int, str]:
        """Number and hash of the last entry: the anchor to keep elsewhere. (0, zeros) when there is none."""
        row = self._database.row("SELECT number, hash FROM audit_head")
        return (row["number"], row["hash"]) if row else (0, FIRST_PREVIOUS)

    def entries(self, first: int = 1, count: int | None = None) -> list[Entry]:
        """Entries from ``first`` on, in their order."""
        limit = -1 if count is None else count
        rows = self._database.rows(
            "SELECT * FROM audit WHERE number >= ? ORDER BY number LIMIT ?", (first, limit)
        )
        return [_entry(row) for row in rows]

    def verify(self, anchor: tuple[int, str] | None = None) -> Verdict:
        """Check every link, and against an anchor (number, hash) noted earlier; name the first broken one."""
        good, previous = 0, FIRST_PREVIOUS
        while page := self.entries(good + 1, _PAGE):
            for entry in page:
                if entry.number != good + 1:
                    return _broken(good, "missing", good + 1, "is missing")
                if fault := self._fault(entry, previous):
                    return _broken(good, *fault)
                if anchor is not None and entry.number == anchor[0] and entry.hash != anchor[1]:
                    return _broken(
                        good, "changed", entry.number, "is not the one that was noted as the anchor"
                    )
                good, previous = entry.number, entry.hash
        return self._verify_end(good, previous, anchor)

    def _verify_end(self, good: int, last: str, anchor: tuple[int, str] | None) -> Verdict:
        number, link = self.head()
        expected = max(number, anchor[0] if anchor else 0)
        if good < expected:
            return _broken(good, "truncated", good + 1, f"and all up to {expected} were cut off")
        if good > number or last != link:
            return _broken(
                number, "added", good, "was added, or its successors cut off, behind the trail's back"
            )
        return Verdict(good)

    def _fault(self, entry: Entry, previous: str) -> tuple[str, int, str] | None:
        if _rehash(entry, entry.number) == entry.hash:
            if entry.previous == previous:
                return None
            return "changed", entry.number, "does not follow from the one before it"
        for other in range(1, self.head()[0] + 1):
            if _rehash(entry, other) == entry.hash:
                return "reordered", entry.number, f"was written as entry {other}"
        return "changed", entry.number, "was changed after it was written"


def _rehash(entry: Entry, number: int) -> str:
    return entry_hash(
        entry.previous, number, entry.at_wall_us, entry.who, entry.action, entry.subject, entry.details
    )


def _broken(good: int, kind: str, number: int, what: str) -> Verdict:
    return Verdict(good, kind, number, f"audit entry {number} {what}")


def _entry(row: Row) -> Entry:
    return Entry(*tuple(row))
