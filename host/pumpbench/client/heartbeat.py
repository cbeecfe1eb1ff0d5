"""Whether the board is still there, and what time it has: a `time_sync` every other second."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from pumpbench.client.clock import ClockMap
from pumpbench.client.port import PortClosed
from pumpbench.client.session import Ask, Session
from pumpbench.client.upkeep import ANSWER_S
from pumplink import numbers

EVERY_S = 2.0
UNANSWERED = 3  # heartbeats in which nothing at all was heard: the link is lost


class Heartbeat:
    """Runs under the link's lock. `went_back` is called when the board's time is less than it was."""

    def __init__(self, session: Session, went_back: Callable[[], None]) -> None:
        self.clock = ClockMap()
        self.board_us = 0
        self.round_trip_s: float | None = None
        self._session = session
        self._went_back = went_back
        self._next = 0.0
        self._unanswered = 0

    def restart(self, now: float) -> None:
        """The link is up: beat at once."""
        self._unanswered = 0
        self._next = now

    def heard(self) -> None:
        """Something came from the board, whatever it was."""
        self._unanswered = 0

    def beat(self, now: float, *, listening: bool) -> None:
        """Ask for the board's time when it is due.

        Raises `PortClosed` when the board is silent, unless nobody is `listening` to it.
        """
        if now < self._next:
            return
        if self._unanswered >= UNANSWERED and listening:
            raise PortClosed("the pump is silent")
        self._unanswered += 1
        self._next = now + EVERY_S
        sent_s = time.time()
        ask = self._session.ask(numbers.TIME_SYNC, {"host_us": int(sent_s * 1e6)}, ANSWER_S)
        ask.future.add_done_callback(lambda future: self._synced(ask, sent_s, future))

    def _synced(self, ask: Ask, sent_s: float, future: "Future[dict[str, Any]]") -> None:
        if future.exception() is not None:
            return
        board_us = future.result()["time_us"]
        if board_us < self.board_us:
            self._went_back()
            return
        self.board_us = board_us
        self.round_trip_s = ask.round_trip_s
        self.clock.add(sent_s, time.time(), board_us)
