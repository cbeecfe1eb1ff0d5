"""What the client's callbacks do at a desk: everything into the run of the moment, and on to whoever looks.

A desk records from the first moment to the last: into a program's run while there is one, else into a watch.
One run gives way to the next at a counter of the telemetry, so that each record is in exactly one of them.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from pumpbench.client import DeviceLost, Event, Gap, Records, State
from pumpbench.conduct.recording import NotRecording, Recording
from pumpbench.store.errors import StoreError
from pumplink.states import EVENT_BOOT, EVENT_PROGRAM_COMMITTED

RETRY_S = 1.0


class Listener(Protocol):
    """Who looks on. Called on the client's callback thread: to be quick, and to raise nothing."""

    def on_records(self, records: Records) -> None:
        """Telemetry, each record once."""

    def on_event(self, event: Event) -> None:
        """An event, once and in order."""

    def on_gap(self, gap: Gap) -> None:
        """Records that are missing for good."""

    def on_state(self, state: State) -> None:
        """The link changed."""


class DeskRecording:
    """The callbacks, for a desk's whole time.

    A database that cannot be written (disk full) holds the callbacks back and is tried again; the board keeps
    what it has not handed over.
    """

    def __init__(self, listener: Listener) -> None:
        self._problem: str | None = None
        self.program_changed = True
        """Whether the board's committed program may be another one than the one last read."""
        self._listener = listener
        self._looks_only = False
        self._current = Recording()
        self._next: Recording | None = None
        self._next_from = (0, 0)
        self._lock = threading.Lock()
        self._held: list[Records] | None = None
        self._ordering = threading.RLock()  # of what is held and what comes
        self._giving_up = threading.Event()

    @property
    def problem(self) -> str | None:
        """The sentence to show while the database takes nothing, None when it does."""
        return self._problem or self._current.problem

    @property
    def state(self) -> str:
        """The pump's state in the newest record of the run of the moment."""
        return self._current.state

    @property
    def records(self) -> int:
        """How many records the run of the moment has."""
        return self._current.records

    @property
    def current(self) -> Recording:
        """The recording of the run of the moment."""
        return self._current

    @contextmanager
    def held(self) -> Iterator[None]:
        """Store no record until `announce` has said where the next run begins, or the block is left."""
        with self._ordering:
            self._held = []
        try:
            yield
        finally:
            self._let_go()

    def announce(self, recording: Recording, boot: int, first_counter: int) -> None:
        """From this record on everything belongs to the next run; its events do from `move_on` on."""
        with self._lock:
            self._next, self._next_from = recording, (boot, first_counter)
        self._let_go()

    def _let_go(self) -> None:
        with self._ordering:
            held, self._held = self._held, None
            for records in held or ():
                self._share_out(records)

    def move_on(self) -> Recording:
        """The next run is the run of the moment from now on; returns the recording of the one before."""
        with self._lock:
            before = self._current
            if self._next is not None:
                self._current, self._next = self._next, None
            return before

    def look_only(self) -> None:
        """Record nothing: somebody else commands the pump, and the board acknowledges to them alone."""
        self._looks_only = True
        self._current.abandon()

    def give_up(self) -> None:
        """Wait for the database no longer: the desk is being left."""
        self._giving_up.set()
        self._current.abandon()

    # --- the client's callbacks, all on one thread ---

    def on_records(self, records: Records) -> None:
        """Show and store telemetry."""
        self._listener.on_records(records)
        with self._ordering:
            if self._held is None:
                self._share_out(records)
            else:
                self._held.append(records)

    def _share_out(self, records: Records) -> None:
        """Store each record into the run that it belongs to."""
        with self._lock:
            current, following, (boot, counter) = self._current, self._next, self._next_from
        if following is None:
            self._persist(lambda: current.on_records(records))
            return
        later = (records["boot"] > boot) | ((records["boot"] == boot) & (records["counter"] >= counter))
        self._persist(lambda: current.on_records(records[~later]))
        self._persist(lambda: following.on_records(records[later]))

    def on_event(self, event: Event) -> None:
        """Store and show an event; when this returns, the board may forget it."""
        self._persist(lambda: self._current.on_event(event))
        if event.code in (EVENT_PROGRAM_COMMITTED, EVENT_BOOT):
            self.program_changed = True
        self._listener.on_event(event)

    def on_gap(self, gap: Gap) -> None:
        """Store and show that records are missing for good."""
        self._persist(lambda: self._current.on_gap(gap))
        self._listener.on_gap(gap)

    def on_state(self, state: State) -> None:
        """Count reconnects, and tell of every change of the link."""
        self._persist(lambda: self._current.on_state(state))
        self._listener.on_state(state)

    def _persist(self, store: Callable[[], None]) -> None:
        while not self._looks_only:
            try:
                store()
            except NotRecording:
                if not self._looks_only:
                    raise
            except StoreError as error:
                self._problem = str(error)
                if self._giving_up.wait(RETRY_S):
                    raise DeviceLost(f"given up: {error}") from error
            else:
                self._problem = None
                return
