"""A buffer between the client's thread and the disk.

Records are taken at once and committed by a thread of the recorder's own every half second, and earlier when
a chunk's worth has come, so a kill at any moment loses less than a second. The buffer is bounded: when the
disk is slower than the records, ``append`` waits, which holds back a simulated board and never drops
anything.
"""

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from pumpbench.store.chunks import Records as RecordArray
from pumpbench.store.errors import StoreError
from pumpbench.store.records import FULL

if TYPE_CHECKING:
    from pumpbench.store.store import Store

COMMIT_EVERY_S = 0.5
CAPACITY = 8 * FULL
"""Records that may wait for a commit."""
_COMPACT_EVERY = 256  # commits: so many small chunks at most before they are joined


class Recorder:
    """Records one run of a store until it is closed. Safe to use from several threads.

    When a commit fails (disk full) its records are kept and it is tried again; ``problem`` says so meanwhile.
    Once the buffer is full as well, ``append`` raises that error.
    """

    def __init__(self, store: "Store", run_id: int) -> None:
        self._store = store
        self.run_id = run_id
        self.problem: StoreError | None = None
        """Why the last commit failed; None when it did not."""
        self.committed = 0
        """New records stored so far."""
        self._waiting: list[RecordArray] = []
        self._waiting_count = 0
        self._changed = threading.Condition()
        self._committing = threading.Lock()
        self._closing = False
        self._commits = 0
        self._thread = threading.Thread(target=self._work, name=f"recorder of run {run_id}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, records: RecordArray) -> None:
        """Take records (copied); waits while the buffer is full. Raises StoreError when the disk is, too."""
        for start in range(0, len(records), FULL):
            self._put(records[start : start + FULL].copy())

    def add_event(self, event: Mapping[str, Any]) -> bool:
        """Store an event at once: on return it may be acknowledged to the board. True when it was new."""
        return self._store.add_event(self.run_id, event)

    def add_gap(self, boot: int, first_counter: int, last_counter: int, reason: str) -> None:
        """Record that the board no longer has these records, and why."""
        self._store.add_gap(self.run_id, boot, first_counter, last_counter, reason)

    def flush(self) -> None:
        """Commit what has been taken so far. Raises StoreError when that fails; the records are kept."""
        self._commit()
        if self.problem is not None:
            raise self.problem

    def close(self) -> None:
        """Commit what is left and end. Raises StoreError when that fails. The run stays open."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        self.flush()

    def _put(self, part: RecordArray) -> None:
        with self._changed:
            while self._waiting_count + len(part) > CAPACITY and not self._closing:
                if self.problem is not None:
                    raise self.problem
                self._changed.notify_all()
                self._changed.wait(COMMIT_EVERY_S)
            if self._closing:
                raise StoreError(f"the recorder of run {self.run_id} is closed")
            self._waiting.append(part)
            self._waiting_count += len(part)
            if self._waiting_count >= FULL:
                self._changed.notify_all()

    def _work(self) -> None:
        try:
            while not self._closing:
                with self._changed:
                    self._changed.wait_for(self._due, COMMIT_EVERY_S)
                self._commit()
        finally:  # also after an error that is none of the store's: nobody must wait for a dead thread
            with self._changed:
                self._closing = True
                self._changed.notify_all()

    def _due(self) -> bool:
        return self._closing or (self._waiting_count >= FULL and self.problem is None)

    def _commit(self) -> None:
        with self._committing:
            with self._changed:
                taken = list(self._waiting)
            try:
                self._store_all(taken)
            except StoreError as error:
                self.problem = error
                return
            self.problem = None
            with self._changed:
                del self._waiting[: len(taken)]
                self._waiting_count -= sum(len(part) for part in taken)
                self._changed.notify_all()

    def _store_all(self, taken: list[RecordArray]) -> None:
        if not taken:
            return
        self.committed += self._store.append_records(self.run_id, np.concatenate(taken))
        self._commits += 1
        if self._commits % _COMPACT_EVERY == 0:
            self._store.compact(self.run_id)
