"""What a `LiveBuffer` is given beside telemetry as it comes: the wall's clock, and what was before."""

import threading
from collections.abc import Callable

from PyQt6.QtCore import QObject

from pumpbench.conduct.snapshot import Snapshot
from pumpbench.expected import sentence_of
from pumpbench.gui.board_link import BoardLink
from pumpbench.gui.live import LiveBuffer
from pumpbench.gui.models.bins import FIELDS
from pumpbench.gui.worker import Worker
from pumpbench.store import Store


class LiveFeed(QObject):
    """Listens for the link. A run that is gone on with is filled up from the database."""

    def __init__(
        self,
        live: LiveBuffer,
        link: BoardLink,
        store: Store,
        say: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._store = store
        self._say = say
        self._first_look = True
        self._pump = object()  # another one for each pump that is connected
        self._changing_pump = threading.Lock()
        self._history = Worker("history", self)
        link.add_listener(live, self._begin)
        link.snapshot_changed.connect(self._look)

    def close(self) -> None:
        """End the thread; waits for it."""
        self._pump = object()
        self._history.close()

    def _begin(self) -> None:
        with self._changing_pump:
            self._pump = object()
            self._first_look = True
            self._live.clear()

    def _look(self, snapshot: Snapshot) -> None:
        self._live.simulated = snapshot.info.simulated
        if snapshot.wall_s is not None:
            status = snapshot.status
            self._live.mark_clock(snapshot.info.boot_count, status.time_us, round(snapshot.wall_s * 1e6))
        run = snapshot.run
        if not self._first_look or run is None:
            return
        self._first_look = False
        if run.records and not run.watch:
            pump, run_id = self._pump, run.id
            self._history.do(
                lambda: self._fill(pump, run_id), lambda _: None, lambda error: self._say(sentence_of(error))
            )

    def _fill(self, pump: object, run_id: int) -> None:
        for event in self._store.events(run_id):
            self._live.on_event(event)
        for records in self._store.iter_records(run_id, fields=FIELDS):
            with self._changing_pump:
                if pump is not self._pump:
                    return
                self._live.on_records(records)
