"""The board's numbered events: each handed out exactly once, in order, whatever the line loses or doubles.

An event that arrives out of turn waits until the ones before it have been fetched. Numbers may be missing for
good (on a full log low-priority events give way), so a complete fetch settles which numbers there are. Knows
no port and no thread.
"""

import time

from pumpbench.client.answers import Event

FETCH_PATIENCE_S = 1.0


class EventLog:
    """`next_number` is the lowest number not yet handed out; the caller has all up to `have` already."""

    def __init__(self, have: int) -> None:
        self.next_number = have + 1
        self._held: dict[int, Event] = {}
        self._complete = False
        self._asked = False
        self._retry_at = 0.0
        self._expected = 0
        self._until = 0
        self._arrived: set[int] | None = None

    def begin_session(self) -> None:
        """The link is up again: fetch what was missed."""
        self._complete = False
        self._asked = False
        self._retry_at = 0.0

    def forget(self) -> None:
        """The board's memory was wiped: its numbers begin anew."""
        self.next_number = 0
        self._held.clear()
        self._arrived = None
        self.begin_session()

    def offer(self, event: Event) -> list[Event]:
        """Take an event off the wire; returns those whose turn has come."""
        if event.number < self.next_number:
            return []
        self._held[event.number] = event
        if self._arrived is not None and event.number < self._until:
            self._arrived.add(event.number)
            self._retry_at = time.monotonic() + FETCH_PATIENCE_S
            return self._finish_fetch()
        return self._in_turn() if self._complete else []

    @property
    def settled(self) -> bool:
        """Whether everything that the board had at the last look has been handed out."""
        return self._complete and not self._held

    def next_fetch(self, now: float) -> int | None:
        """The number to fetch from, when a fetch is due."""
        if self.settled or (self._asked and now < self._retry_at):
            return None
        self._asked = True
        self._arrived = None
        self._retry_at = now + FETCH_PATIENCE_S
        return self.next_number

    def fetch_answered(self, count: int, following: int) -> list[Event]:
        """The board will send `count` events; `following` is the number of the next that will be made."""
        self._expected = count
        self._until = following
        self._arrived = set()
        return self._finish_fetch()

    def _finish_fetch(self) -> list[Event]:
        if self._arrived is None or len(self._arrived) < self._expected:
            return []
        self._arrived = None
        self._asked = False
        self._complete = True
        ready = [self._held.pop(number) for number in sorted(self._held) if number < self._until]
        self.next_number = max(self.next_number, self._until)
        return ready + self._in_turn()

    def _in_turn(self) -> list[Event]:
        ready: list[Event] = []
        while self.next_number in self._held:
            ready.append(self._held.pop(self.next_number))
            self.next_number += 1
        return ready
