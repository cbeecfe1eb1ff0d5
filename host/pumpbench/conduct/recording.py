"""What the client's callbacks do in a run: put everything into the store."""

import threading
from dataclasses import asdict

from pumpbench.client import Event, Gap, Records, State
from pumpbench.store import Recorder, Store
from pumplink.names import STATE_NAMES
from pumplink.states import EVENT_BOOT


class NotRecording(Exception):  # noqa: N818
    """The run never began, so an event was not stored; the board keeps it for the next host."""


class Recording:
    """Holds events back until the run has begun, so that none is acknowledged that is not stored."""

    def __init__(self) -> None:
        self.state = ""
        """The pump's state in the newest record."""
        self.records = 0
        self.resets = 0
        self._store: Store | None = None
        self._recorder: Recorder | None = None
        self._decided = threading.Event()

    def begin(self, store: Store, run_id: int) -> None:
        """Record into this run from now on."""
        self._store, self._recorder = store, store.recorder(run_id)
        self._decided.set()

    def abandon(self) -> None:
        """There will be no run."""
        self._decided.set()

    def flush(self) -> None:
        """Put what has come so far onto the disk."""
        if self._recorder is not None:
            self._recorder.flush()

    def close(self) -> None:
        """Store what is left."""
        if self._recorder is not None:
            self._recorder.close()

    # --- the client's callbacks, all on one thread ---

    def on_records(self, records: Records) -> None:
        """Store telemetry; what comes before the run is not part of it."""
        if self._recorder is None or not len(records):
            return
        self._recorder.append(records)
        self.records += len(records)
        self.state = STATE_NAMES[int(records["state"][-1])]

    def on_event(self, event: Event) -> None:
        """Store an event; when this returns, the board may forget it."""
        self._decided.wait()
        if self._recorder is None:
            raise NotRecording("no run was begun")
        if self._recorder.add_event(asdict(event)) and event.code == EVENT_BOOT:
            self.resets += 1

    def on_gap(self, gap: Gap) -> None:
        """Store that records are missing for good."""
        if self._recorder is not None:
            self._recorder.add_gap(gap.boot, gap.first, gap.last, gap.reason)

    def on_state(self, state: State) -> None:
        """Count reconnects, which belong to the quality of the run's data."""
        if self._store is not None and self._recorder is not None and state == "lost":
            self._store.count(self._recorder.run_id, "reconnects")
