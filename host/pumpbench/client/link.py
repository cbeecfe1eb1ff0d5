"""The link to one board, as its callers see it: they ask, stop, wait for a barrier, and close.

Callers' threads only queue requests and write what the port takes. The thread that owns the port
(`port_thread`) greets the board (`connection`), keeps in touch (`heartbeat`), gives out what arrives
(`dispatch`), asks for what is missing (`upkeep`), and brings a lost link back (`comeback`). Callbacks run on
the hand-over thread (`handover`).
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from typing import Any

import numpy as np

from pumpbench.client.answers import Info, Stopped
from pumpbench.client.comeback import Comeback
from pumpbench.client.connection import Connection, silent
from pumpbench.client.dispatch import Dispatch
from pumpbench.client.errors import AnswerTimeout, DeviceLost, NoDevice
from pumpbench.client.handover import Callbacks, Handover, State
from pumpbench.client.outbox import Outbox
from pumpbench.client.patience import Patience
from pumpbench.client.port import PortClosed, open_port
from pumpbench.client.port_thread import REPEAT_MANUAL_S, REPEAT_S, PortThread
from pumpbench.client.records import Records, decode_summaries
from pumpbench.client.session import Ask, Session
from pumpbench.client.telemetry import TelemetryStream
from pumpbench.client.upkeep import Upkeep
from pumplink import numbers
from pumplink.states import COMMAND

REST_S = 3.0  # a barrier waits so long at most for what is missing ...
END_REST_S = 1.0  # ... and at least so long for the latest
BYE_S = 0.5


class Link:
    """One board, known by its unique id, on whatever port it shows up."""

    def __init__(
        self,
        url: str,
        role: int,
        callbacks: Callbacks,
        *,
        have: tuple[int, int] | None,
        have_event: int,
        manual: bool,
        reconnect: bool,
        other_ports: Callable[[str, str], Iterator[str]],
    ) -> None:
        self._manual = manual
        self._outbox = Outbox()
        self._session = Session(role, self._outbox.add, repeat_s=REPEAT_MANUAL_S if manual else REPEAT_S)
        self._handover = Handover(callbacks, stored=self._event_stored, drained=self._wake)
        self.upkeep = Upkeep(
            self._session,
            TelemetryStream(have),
            self._handover,
            wants_records=callbacks.on_records is not None,
            wants_events=callbacks.on_event is not None,
            have_event=have_event,
        )
        self.connection = Connection(
            url, self._session, self._outbox, self.upkeep, self._handover, reconnect=reconnect
        )
        self._changed = self.connection.changed
        self._dispatch = Dispatch(self.connection, self.upkeep)
        self._comeback = Comeback(self.connection, other_ports, manual=manual)
        self._thread = PortThread(
            self.connection, self._dispatch, self._comeback, self.upkeep, self._handover, manual=manual
        )
        self._barrier = threading.Lock()

    def start(self, timeout_s: float) -> None:
        """Open the port and shake hands; raises `NoDevice`."""
        connection = self.connection
        try:
            connection.take_port(open_port(self.url), timeout_s)
            self._thread.start()
            with self._changed:
                up = self._changed.wait_for(lambda: connection.phase == "up" or connection.ended, timeout_s)
                if not up or connection.ended:
                    raise connection.ended or NoDevice(f"{self.url}: {silent(timeout_s)}")
        except BaseException:
            self.close()
            raise

    # --- who is there ---

    @property
    def url(self) -> str:
        """The port's URL; after a loss it may be another one."""
        return self.connection.url

    @property
    def info(self) -> Info | None:
        """What the board said of itself; None before it has."""
        return self.connection.info

    @property
    def role(self) -> int:
        """The role that the board gave."""
        return self._session.granted

    @property
    def repeats(self) -> int:
        """Requests that were sent again."""
        return self._session.repeats

    # --- asking and stopping ---

    def ask(self, number: int, values: Mapping[str, Any], timeout_s: float) -> Ask:
        """Send a request; its future gets the answer."""
        with self._changed:
            self.connection.check_open()
            ask = self._session.ask(number, values, timeout_s)
            self.upkeep.mark(ask, self.connection.heartbeat.board_us)
        self._push()
        return ask

    def stop(self, timeout_s: float) -> Stopped:
        """Write the stop frame ahead of everything and repeat it until it is answered.

        With the link down it is the first thing that the board hears when it is back, even after this call
        has given up waiting.
        """
        self.connection.check_open()
        answer = self.connection.stops.add()
        self.connection.write_stop()
        with self._changed:
            self.upkeep.hold_lease(0)
            if self._session.give_up_moves():
                self.connection.write_stop()  # one may have been sent again behind the first stop
        self._wake()
        try:
            return answer.result(timeout_s)
        except TimeoutError:
            if self.connection.identified:
                raise AnswerTimeout("the pump did not answer stop in time: it may still be running") from None
            raise DeviceLost(
                "the link to the pump is down: stop will be sent as soon as it is back; until then use the "
                "pump's own stop input or its power",
                False,
            ) from None

    def take_over(self, timeout_s: float) -> None:
        """Take the command from whoever has it; raises `AnswerTimeout`."""
        with self._changed:
            self.connection.check_open()
            self._session.take_over()
            self.connection.greet_again()
        self._wake()
        with self._changed:
            if not self._changed.wait_for(self._commands, timeout_s):
                raise self.connection.ended or AnswerTimeout("the pump did not give the command in time")

    def _commands(self) -> bool:
        return self.connection.phase == "up" and self._session.granted == COMMAND

    def summaries(self, first: int, count: int, timeout_s: float) -> Records:
        """Ask for one-minute summaries and return them, by number; `AnswerTimeout` when some do not come."""
        found: list[Records] = []
        with self._changed:
            self._dispatch.summaries = found
        expected = self.ask(
            numbers.SUMMARY_FETCH, {"first": first, "count": count}, timeout_s
        ).future.result()
        with self._changed:
            complete = self._changed.wait_for(
                lambda: self.connection.ended is not None or sum(map(len, found)) >= expected["count"],
                timeout_s,
            )
            self._dispatch.summaries = None
        if not complete or self.connection.ended:
            raise self.connection.ended or AnswerTimeout("not all of the one-minute summaries came")
        return np.unique(np.concatenate(found)) if found else decode_summaries(b"")

    # --- the barrier ---

    def barrier(self, timeout_s: float) -> int:
        """Return the board's time once everything that it made before has gone through the callbacks.

        In manual mode it also renews the lease, acknowledges events, and tries once to bring a lost link
        back.
        """
        with self._barrier:
            if self._manual:
                self._comeback.try_once()
            ask = self.ask(numbers.TIME_SYNC, {"host_us": 0}, timeout_s)
            board_us: int = ask.future.result()["time_us"]
            with self._changed:
                self._thread.catching_up = True
                if self._manual:
                    self.upkeep.renew_lease_now()
            patience = Patience(REST_S)
            self._wait_for_rest(patience)
            with self._changed:
                self.upkeep.ask_for_the_end()
            self._push()
            self._wait_for_rest(Patience(max(patience.left_s, END_REST_S)))
            self._thread.catching_up = False
            return board_us

    def _wait_for_rest(self, patience: Patience) -> None:
        """Wait until nothing is under way or missing and all is handed over, for so long at most."""
        for turn_s in patience:
            self._wake()
            with self._changed:
                self._changed.wait_for(self._at_rest, turn_s)
            self._handover.wait_until_drained()
            with self._changed:
                if self._at_rest() and self._handover.idle:
                    return

    def _at_rest(self) -> bool:
        return bool(self.connection.ended or self.upkeep.nothing_due)

    # --- the end ---

    def close(self) -> None:
        """End the session, hand over what is left, give the port back."""
        connection = self.connection
        with self._changed:
            if connection.closing:
                return
            connection.closing = True
            bye = None
            if connection.phase == "up" and self._session.granted == COMMAND and self._session.fits:
                bye = self._session.ask(numbers.BYE, {}, BYE_S)
            self._changed.notify_all()
        self._push()
        if bye is not None:
            futures.wait([bye.future], BYE_S)
        self._thread.finish()
        connection.end(DeviceLost("the connection to the pump was closed", False))
        self.upkeep.close()
        self._handover.put(State("closed", f"connection to {self.url} closed"))
        self._handover.close()

    def check(self) -> None:
        """Raise what a callback raised, as `CallbackFailed`."""
        self._handover.check()

    # --- between the threads ---

    def _event_stored(self, number: int) -> None:
        self.upkeep.event_stored(number)
        self._wake()

    def _push(self) -> None:
        try:
            self._outbox.flush()
        except PortClosed:
            self._wake()  # the link's thread finds the same when it reads
        if self._outbox.pending or not self._handover.has_room:
            self._wake()

    def _wake(self) -> None:
        self.connection.wake()
