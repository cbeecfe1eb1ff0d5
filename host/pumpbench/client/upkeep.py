"""What a link does for itself: fetch what is missing, acknowledge events, renew the lease of an attended run.

Runs under the link's lock. Answers come back through the session's futures.
"""

import time
from collections import deque
from concurrent.futures import Future
from typing import Any

from pumpbench.client.answers import Event
from pumpbench.client.errors import Refusal
from pumpbench.client.events import EventLog
from pumpbench.client.handover import Handover
from pumpbench.client.outcome import left_a_trace
from pumpbench.client.records import Records
from pumpbench.client.session import Ask, Session
from pumpbench.client.telemetry import TelemetryStream
from pumplink import numbers
from pumplink.states import COMMAND

ANSWER_S = 6.0
_RENEWALS = 3  # of a lease within its time
_RENEW_EVERY_S = 10.0  # at least: a virtual board's lease runs out in virtual time


class Upkeep:
    """Gives events and records to `handover` as their turn comes.

    Without `wants_events` events are not asked for, save to learn what became of a command whose answer
    was lost.
    """

    def __init__(
        self,
        session: Session,
        stream: TelemetryStream,
        handover: Handover,
        *,
        wants_records: bool,
        wants_events: bool,
        have_event: int,
    ) -> None:
        self._session = session
        self._stream = stream
        self._handover = handover
        self._wants_events = wants_events
        self._wants_records = wants_records
        self._events = EventLog(have_event)
        self._recent: deque[Event] = deque(maxlen=1024)
        self._stored_up_to = -1
        self._acked_up_to = -1
        self._ack_under_way = False
        self._lease_s = 0
        self._next_lease = 0.0

    @property
    def boot(self) -> int:
        """The boot count whose records are taken, -1 before it is known."""
        return self._stream.boot

    def begin_session(self) -> None:
        """The link is up again."""
        self._events.begin_session()

    def begin_boot(self, boot: int, wiped: bool) -> None:
        """The board has booted; `wiped` when its memory was, so that its event numbers begin anew."""
        self._stream.begin_boot(boot)
        self.put_gaps()
        if wiped:
            self._events.forget()
            self._stored_up_to = self._acked_up_to = -1

    def close(self) -> None:
        """Nothing more will come: hand over what is missing as gaps."""
        self._stream.close()
        self.put_gaps()

    # --- what arrives ---

    def take_records(self, records: Records) -> None:
        """Hand over the records that are new, and the gaps that they show."""
        fresh = self._stream.offer(records)
        if len(fresh):
            self._handover.put(fresh)
        self.put_gaps()

    def take_event(self, event: Event) -> None:
        """Hand over the events whose turn has come."""
        self._recent.append(event)
        if self._wants_events or self._session.orphans:
            self._put_events(self._events.offer(event))

    def event_stored(self, number: int) -> None:
        """The caller has the event; the board may forget it."""
        self._stored_up_to = max(self._stored_up_to, number)

    def put_gaps(self) -> None:
        """Hand over the gaps found since the last time."""
        for gap in self._stream.take_gaps():
            self._handover.put(gap)

    def _put_events(self, ready: list[Event]) -> None:
        for event in ready:
            self._handover.put(event)

    # --- what is due ---

    def keep_house(self, now: float) -> None:
        """Ask the board for what is due."""
        if self._wants_events or self._session.orphans:
            number = self._events.next_fetch(now)
            if number is not None:
                self._ask(numbers.EVENTS_FETCH, {"first": number}).add_done_callback(self._events_fetched)
        if self._session.orphans and self._events.settled:
            self._session.settle_orphans(self._took_effect)
        fetch = self._stream.next_fetch(now)
        self.put_gaps()
        if fetch:
            wanted = {"first": fetch[0], "count": fetch[1]}
            self._ask(numbers.TELEMETRY_FETCH, wanted).add_done_callback(self._records_fetched)
        if self._ack_due and not self._ack_under_way:
            self._ack_under_way = True
            up_to = self._stored_up_to
            answer = self._ask(numbers.EVENTS_ACK, {"up_to": up_to})
            answer.add_done_callback(lambda future: self._acked(up_to, future))
        if self._lease_s and now >= self._next_lease:
            self._next_lease = now + _until_renewal(self._lease_s)
            self._ask(numbers.LEASE, {"duration_s": self._lease_s}).add_done_callback(self._leased)

    def ask_for_the_end(self) -> None:
        """Ask for the records that the board has made but not yet sent."""
        first = self._stream.next_counter
        if self._wants_records and first >= 0:
            wanted = {"first": first, "count": 0xFFFF}
            self._ask(numbers.TELEMETRY_FETCH, wanted).add_done_callback(self._end_told)

    def _end_told(self, future: "Future[dict[str, Any]]") -> None:
        if future.exception() is not None:
            return
        # With nothing new it is not the answer to the fetch that is under way.
        if self._stream.end_known(future.result()["next"], time.monotonic()):
            self._records_fetched(future)

    @property
    def missing(self) -> int:
        """How many records are missing that the board may still have."""
        return self._stream.missing

    @property
    def nothing_due(self) -> bool:
        """Whether nothing is missing, unacknowledged, or under way."""
        return (
            (not self._wants_events or self._events.settled)
            and not self._stream.missing
            and not self._session.awaits
            and not self._ack_due
            and (not self._lease_s or self._next_lease > 0.0)
        )

    def _ask(self, number: int, fields: dict[str, Any]) -> "Future[dict[str, Any]]":
        return self._session.ask(number, fields, ANSWER_S).future

    def _events_fetched(self, future: "Future[dict[str, Any]]") -> None:
        if future.exception() is None:
            answer = future.result()
            self._put_events(self._events.fetch_answered(answer["count"], answer["next"]))

    def _records_fetched(self, future: "Future[dict[str, Any]]") -> None:
        error = future.exception()
        if error is None:
            answer = future.result()
            self._stream.fetch_answered(answer["first"], answer["count"], answer["oldest"])
        elif isinstance(error, Refusal):
            self._stream.fetch_refused()
        else:
            self._stream.fetch_failed()
        self.put_gaps()

    # --- acknowledging events ---

    @property
    def _ack_due(self) -> bool:
        return self._stored_up_to > self._acked_up_to and self._session.granted == COMMAND

    def _acked(self, up_to: int, future: "Future[dict[str, Any]]") -> None:
        self._ack_under_way = False
        if future.exception() is None or isinstance(future.exception(), Refusal):
            self._acked_up_to = up_to  # a board that refuses would do so again

    # --- the lease ---

    def hold_lease(self, duration_s: int) -> None:
        """Renew the lease of an attended run at a third of its time, or sooner; 0 ends that."""
        self._lease_s = duration_s
        self._next_lease = time.monotonic() + _until_renewal(duration_s)

    def renew_lease_now(self) -> None:
        """Renew it at the next occasion."""
        self._next_lease = 0.0

    def _leased(self, future: "Future[dict[str, Any]]") -> None:
        if isinstance(future.exception(), Refusal):
            self._lease_s = 0  # the run is over

    # --- commands whose answer was lost ---

    def mark(self, ask: Ask, board_us: int) -> None:
        """Note what the board had told when `ask` was made, to know later which events are younger."""
        ask.since = (self._events.next_number, self._stream.boot, board_us)

    def _took_effect(self, ask: Ask) -> bool:
        number, boot, board_us = ask.since
        younger = (
            event
            for event in self._recent
            if event.number >= number and (event.boot, event.time_us) >= (boot, board_us)
        )
        return left_a_trace(ask.number, ask.fields, younger)


def _until_renewal(lease_s: int) -> float:
    return min(lease_s / _RENEWALS, _RENEW_EVERY_S)
