"""What a test sees of the client: what its callbacks got, and what other threads have done so far."""

import time
from collections.abc import Callable
from typing import TypedDict

from pumpbench.client import Event, Gap, Records, State

PATIENCE_S = 60.0  # for what does come, on a machine that may stand still for a while


class Callbacks(TypedDict):
    on_records: Callable[[Records], object]
    on_event: Callable[[Event], object]
    on_gap: Callable[[Gap], object]
    on_state: Callable[[State], object]


class Seen:
    """Collects what the callbacks get."""

    def __init__(self) -> None:
        self.counters: list[int] = []
        self.events: list[Event] = []
        self.gaps: list[Gap] = []
        self.states: list[State] = []

    def records(self, records: Records) -> None:
        self.counters += records["counter"].tolist()

    def callbacks(self) -> Callbacks:
        return {
            "on_records": self.records,
            "on_event": self.events.append,
            "on_gap": self.gaps.append,
            "on_state": self.states.append,
        }


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for what another thread does."""
    patience = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < patience, f"still waiting until {what}"
        time.sleep(0.005)
