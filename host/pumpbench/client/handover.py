"""Hands records, events, gaps and states to the caller's callbacks, in order, on a thread of its own.

The thread that owns the port never waits for a callback. What is not yet handed over is bounded: above the
bound `has_room` says no, the link stops reading the port, and the board keeps the rest. Nothing is dropped.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pumpbench.client.answers import Event
from pumpbench.client.errors import CallbackFailed
from pumpbench.client.records import Records
from pumpbench.client.telemetry import Gap

BOUND = 200_000  # records not yet handed over, about 19 MB
AT_ONCE = 20_000  # records in one call


class State(str):
    """A change of the link: "connected", "lost" or "closed"; `detail` says more in a sentence."""

    detail: str

    def __new__(cls, name: str, detail: str) -> "State":
        """Make a state that compares equal to its name."""
        state = super().__new__(cls, name)
        state.detail = detail
        return state


Item = Records | Event | Gap | State


@dataclass(frozen=True)
class Callbacks:
    """What the caller wants to be told."""

    on_records: Callable[[Records], object] | None = None
    on_event: Callable[[Event], object] | None = None
    on_gap: Callable[[Gap], object] | None = None
    on_state: Callable[[State], object] | None = None


class Handover:
    """Starts its thread at once.

    `stored` gets an event's number when the callback for it has returned; `drained` is called when there is
    room again.
    """

    def __init__(
        self, callbacks: Callbacks, stored: Callable[[int], None], drained: Callable[[], None]
    ) -> None:
        self._callbacks: dict[type, Callable[[Any], object] | None] = {
            np.ndarray: callbacks.on_records,
            Event: callbacks.on_event,
            Gap: callbacks.on_gap,
            State: callbacks.on_state,
        }
        self._stored = stored
        self._drained = drained
        self._changed = threading.Condition()
        self._items: deque[Item] = deque()
        self._held = 0
        self._busy = False
        self._closing = False
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="pumpbench-callbacks", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Queue an item; never waits."""
        if self._callbacks[type(item)] is None or self._error:
            return
        with self._changed:
            self._items.append(item)
            self._held += _weight(item)
            self._changed.notify_all()

    @property
    def has_room(self) -> bool:
        """Whether more may be read from the port."""
        return self._held < BOUND

    @property
    def idle(self) -> bool:
        """Whether everything has been handed over."""
        return not self._items and not self._busy

    def wait_until_drained(self) -> None:
        """Return when everything queued so far has been handed over; raises `CallbackFailed`."""
        if threading.current_thread() is not self._thread:
            with self._changed:
                self._changed.wait_for(lambda: self.idle)
        self.check()

    def check(self) -> None:
        """Raise `CallbackFailed` when a callback has raised."""
        if self._error is not None:
            raise CallbackFailed(f"a callback failed: {self._error}") from self._error

    def close(self) -> None:
        """Hand over what is left and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._items or self._closing)
                if not self._items:
                    return
                item = self._next()
                self._busy = True
                room_made = self._held < BOUND <= self._held + _weight(item)
            if room_made:
                self._drained()
            callback = self._callbacks[type(item)]
            if callback is None:
                continue
            try:
                callback(item)
            except Exception as error:  # noqa: BLE001  whatever it is, the caller gets it from `check`
                self._fail(error)
            else:
                if isinstance(item, Event):
                    self._stored(item.number)

    def _next(self) -> Item:
        item = self._items.popleft()
        if isinstance(item, np.ndarray):
            arrays = [item]
            held = len(item)
            while self._items and isinstance(following := self._items[0], np.ndarray) and held < AT_ONCE:
                self._items.popleft()
                arrays.append(following)
                held += len(following)
            item = np.concatenate(arrays) if len(arrays) > 1 else item
        self._held -= _weight(item)
        return item

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._error = error
            self._items.clear()
            self._held = 0
        self._drained()


def _weight(item: Item) -> int:
    return len(item) if isinstance(item, np.ndarray) else 1
