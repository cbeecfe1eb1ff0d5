"""What the client's callbacks do in a run: put everything into the store."""

import threading
import time
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
        self._lock = threading.Lock()
        self._early: list[Records] = []  # what came before the run began, some of which may belong to it

    def begin(self, store: Store, run_id: int, first_counter: int = 0) -> None:
        """Record into this run, from the record `first_counter` of the board's boot on."""
        with self._lock:
            self._store, self._recorder = store, store.recorder(run_id)
            early, self._early = self._early, []
            for records in early:
                self._keep(records[records["counter"] >= first_counter])
        self._decided.set()

    @property
    def begun(self) -> bool:
        """Whether there is, or has been, a run."""
        return self._store is not None

    @property
    def problem(self) -> str | None:
        """Why records wait to be stored, None when they do not."""
        recorder = self._recorder
        return None if recorder is None or recorder.problem is None else str(recorder.problem)

    def abandon(self) -> None:
        """There will be no run."""
        self._decided.set()

    def mark_clock(self, boot: int, time_us: int) -> None:
        """Note what the wall's clock shows while the board's shows `time_us`."""
        if self._store is not None and self._recorder is not None:
            self._store.add_clock_mark(self._recorder.run_id, boot, time_us, time.time_ns() // 1000)

    def end(self, bad_frames: int) -> None:
        """Store what is left; what comes from now on is not part of the run."""
        recorder, self._recorder = self._recorder, None
        if recorder is None or self._store is None:
            return
        recorder.close()
        if bad_frames:
            self._store.count(recorder.run_id, "bad_frames", bad_frames)

    # --- the client's callbacks, all on one thread ---

    def on_records(self, records: Records) -> None:
        """Store telemetry, or hold it until it is known where the run begins."""
        with self._lock:
            if self._recorder is not None:
                self._keep(records)
            elif not self._decided.is_set():
                self._early.append(records)

    def _keep(self, records: Records) -> None:
        if self._recorder is None or not len(records):
            return
        self._recorder.append(records)
        self.records += len(records)
        self.state = STATE_NAMES[int(records["state"][-1])]

    def on_event(self, event: Event) -> None:
        """Store an event; when this returns, the board may forget it."""
        self._decided.wait()
        recorder = self._recorder
        if recorder is None:
            raise NotRecording("no run is being recorded")
        if recorder.add_event(asdict(event)) and event.code == EVENT_BOOT:
            self.resets += 1

    def on_gap(self, gap: Gap) -> None:
        """Store that records are missing for good."""
        if self._recorder is not None:
            self._recorder.add_gap(gap.boot, gap.first, gap.last, gap.reason)

    def on_state(self, state: State) -> None:
        """Count reconnects, which belong to the quality of the run's data."""
        if self._store is not None and self._recorder is not None and state == "lost":
            self._store.count(self._recorder.run_id, "reconnects")
