"""The thread that owns the port: reads, dispatches, keeps the link alive and brings it back.

Phases: *down* (no port), *greeting* (hello is under way; nothing else is believed, it may be another board),
*up*. Callers' threads only queue requests and write what the port takes; callbacks run on the hand-over
thread.

In manual mode the link sends nothing of its own accord but during `barrier`, so that on a virtual board,
whose time stands still between grants, two runs are the same byte for byte.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from concurrent.futures import Future
from typing import Any

import numpy as np

from pumpbench.client import payloads
from pumpbench.client.answers import Event, Info, Stopped
from pumpbench.client.clock import ClockMap
from pumpbench.client.errors import AnswerTimeout, ClientError, DeviceLost, NoDevice
from pumpbench.client.frames import Frame
from pumpbench.client.handover import Callbacks, Handover, State
from pumpbench.client.outbox import Outbox
from pumpbench.client.port import Port, PortClosed, open_port
from pumpbench.client.records import Records, StreamDecoder, decode_summaries
from pumpbench.client.session import Ask, Session
from pumpbench.client.stops import Stops
from pumpbench.client.telemetry import TelemetryStream
from pumpbench.client.upkeep import ANSWER_S, Upkeep
from pumplink import numbers
from pumplink.errors import LayoutError
from pumplink.numbers import ANSWER_BIT
from pumplink.states import COMMAND

TURN_S = 0.1  # the thread looks at its timers at least so often
HEARTBEAT_S = 2.0
UNANSWERED = 3  # heartbeats in which nothing at all was heard: the link is lost
GREETING_S = 3.0
RETRY_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # pauses between attempts to come back; the last one stays
REST_S = 3.0
REPEAT_S = 0.3  # an unanswered request is sent again
REPEAT_MANUAL_S = 2.0  # on a line that has shown no damage: what is sent must not hang on the machine's load
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
        self.url = url
        self.info: Info | None = None
        self.clock = ClockMap()
        self.decoder = StreamDecoder()
        self.reconnects = 0
        self.on_other_port: Callable[[], None] = lambda: None
        self.round_trip_s: float | None = None
        self._manual = manual
        self._reconnect = reconnect
        self._other_ports = other_ports
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._outbox = Outbox()
        self._session = Session(role, self._outbox.add, repeat_s=REPEAT_MANUAL_S if manual else REPEAT_S)
        self._stream = TelemetryStream(have)
        self._handover = Handover(callbacks, stored=self._event_stored, drained=self._wake)
        self.upkeep = Upkeep(
            self._session,
            self._stream,
            self._handover,
            wants_records=callbacks.on_records is not None,
            wants_events=callbacks.on_event is not None,
            have_event=have_event,
        )
        self._port: Port | None = None
        self._phase = "down"
        self._phase_until = 0.0
        self._patience_s = 0.0
        self._identified = False  # whether what is at the port is known to be our board
        self._told_up = False
        self._next_hello = 0.0
        self._fresh_nonce_tried = False
        self._stops = Stops()
        self._next_heartbeat = 0.0
        self._unanswered = 0
        self._barrier = threading.Lock()
        self._wanted_back = False  # in manual mode a lost link comes back in a barrier alone
        self._board_us = 0
        self._catching_up = False
        self._summaries: list[Records] | None = None
        self._closing = False
        self._done = False
        self._ended: ClientError | None = None
        self._thread = threading.Thread(target=self._run, name="pumpbench-link", daemon=True)

    # --- the caller's side ---

    def start(self, timeout_s: float) -> None:
        """Open the port and shake hands; raises `NoDevice`."""
        try:
            self._take_port(open_port(self.url), timeout_s)
            self._thread.start()
            with self._changed:
                up = self._changed.wait_for(lambda: self._phase == "up" or self._ended, timeout_s)
                if not up or self._ended:
                    raise self._ended or NoDevice(f"{self.url}: {_silent(timeout_s)}")
        except BaseException:
            self.close()
            raise

    @property
    def role(self) -> int:
        """The role that the board gave."""
        return self._session.granted

    @property
    def repeats(self) -> int:
        """Requests that were sent again."""
        return self._session.repeats

    def ask(self, number: int, values: Mapping[str, Any], timeout_s: float) -> Ask:
        """Send a request; its future gets the answer."""
        with self._lock:
            self._check_open()
            ask = self._session.ask(number, values, timeout_s)
            self.upkeep.mark(ask, self._board_us)
        self._push()
        return ask

    def stop(self, timeout_s: float) -> Stopped:
        """Write the stop frame ahead of everything and repeat it until it is answered.

        With the link down it is the first thing that the board hears when it is back, even after this call
        has given up waiting.
        """
        self._check_open()
        answer = self._stops.add()
        self._write_stop()
        with self._lock:
            self.upkeep.hold_lease(0)
            if self._session.give_up_moves():
                self._write_stop()  # one may have been sent again behind the first stop
        self._wake()
        try:
            return answer.result(timeout_s)
        except TimeoutError:
            if self._identified:
                raise AnswerTimeout("the pump did not answer stop in time: it may still be running") from None
            raise DeviceLost(
                "the link to the pump is down: stop will be sent as soon as it is back; until then use the "
                "pump's own stop input or its power",
                False,
            ) from None

    def _write_stop(self) -> None:
        if self._identified:
            self._stops.sent()
            with contextlib.suppress(PortClosed):  # the link's thread finds out, comes back and sends it
                self._outbox.write_stop()

    def barrier(self, timeout_s: float) -> int:
        """Return the board's time once everything that it made before has gone through the callbacks.

        In manual mode it also renews the lease, acknowledges events, and tries once to bring a lost link
        back.
        """
        with self._barrier:
            if self._manual:
                self._try_to_come_back()
            ask = self.ask(numbers.TIME_SYNC, {"host_us": 0}, timeout_s)
            board_us: int = ask.future.result()["time_us"]
            with self._lock:
                self._catching_up = True
                if self._manual:
                    self.upkeep.renew_lease_now()
            self._wait_for_rest()
            with self._lock:
                self.upkeep.ask_for_the_end()
            self._push()
            self._wait_for_rest()
            self._catching_up = False
            return board_us

    def _try_to_come_back(self) -> None:
        """With the link down, try the port once. Raises `DeviceLost` when the board is not there yet."""
        with self._changed:
            if self._phase != "down" or self._ended:
                return
            self._wanted_back = True
            self._changed.notify_all()
            self._changed.wait_for(self._has_tried)
            if self._phase == "down":
                raise self._ended or DeviceLost(f"the link to the pump at {self.url} is down")

    def _has_tried(self) -> bool:
        tried = not self._wanted_back and self._phase != "greeting"
        return bool(tried or self._ended or self._closing)

    def _wait_for_rest(self) -> None:
        """Wait, some seconds at most, until nothing is under way or missing and all is handed over."""
        until = time.monotonic() + REST_S
        while True:
            self._wake()
            with self._changed:
                self._changed.wait_for(self._at_rest, until - time.monotonic())
            self._handover.wait_until_drained()
            with self._lock:
                if (self._at_rest() and self._handover.idle) or time.monotonic() >= until:
                    return

    def _at_rest(self) -> bool:
        return bool(self._ended or self.upkeep.nothing_due)

    def summaries(self, first: int, count: int, timeout_s: float) -> Records:
        """Ask for one-minute summaries and return them, by number; `AnswerTimeout` when some do not come."""
        found: list[Records] = []
        with self._changed:
            self._summaries = found
        expected = self.ask(
            numbers.SUMMARY_FETCH, {"first": first, "count": count}, timeout_s
        ).future.result()
        with self._changed:
            complete = self._changed.wait_for(
                lambda: self._ended is not None or sum(map(len, found)) >= expected["count"], timeout_s
            )
            self._summaries = None
        if not complete or self._ended:
            raise self._ended or AnswerTimeout("not all of the one-minute summaries came")
        return np.unique(np.concatenate(found)) if found else decode_summaries(b"")

    def close(self) -> None:
        """End the session, hand over what is left, give the port back."""
        with self._changed:
            if self._closing:
                return
            self._closing = True
            bye = None
            if self._phase == "up" and self._session.granted == COMMAND and self._session.fits:
                bye = self._session.ask(numbers.BYE, {}, BYE_S)
            self._changed.notify_all()
        self._push()
        if bye is not None:
            futures.wait([bye.future], BYE_S)
        self._done = True
        self._wake()
        if self._thread.is_alive():
            self._thread.join()
        self._end(DeviceLost("the connection to the pump was closed", False))
        self._stream.close()
        self.upkeep.put_gaps()
        self._handover.put(State("closed", f"connection to {self.url} closed"))
        self._handover.close()

    def check(self) -> None:
        """Raise what a callback raised, as `CallbackFailed`."""
        self._handover.check()

    def _event_stored(self, number: int) -> None:
        self.upkeep.event_stored(number)
        self._wake()

    def _check_open(self) -> None:
        if self._ended:
            raise self._ended
        if self._closing:
            raise DeviceLost("the connection to the pump was closed", False)

    def _push(self) -> None:
        try:
            self._outbox.flush()
        except PortClosed:
            self._wake()  # the link's thread finds the same when it reads
        if self._outbox.pending or not self._handover.has_room:
            self._wake()

    def _wake(self) -> None:
        port = self._port
        if port is not None:
            port.wake()

    # --- the thread ---

    def _run(self) -> None:
        attempt = 0
        try:
            while not self._ended and not self._done:
                try:
                    if self._port is None:
                        self._come_back(attempt)
                        attempt += 1
                    else:
                        self._turn(self._port)
                        if self._phase == "up":
                            attempt = 0
                except PortClosed as error:
                    self._lose(f"{self.url}: {error}")
        finally:
            if not self._done:
                self._end(DeviceLost("the link to the pump has ended"))

    def _turn(self, port: Port) -> None:
        with self._lock:
            due = self._service(time.monotonic())
        self._outbox.flush()
        may_read = self._handover.has_room or self._phase != "up" or self._session.awaits or bool(self._stops)
        wait_s = min(TURN_S, due - time.monotonic())
        if port.wait(wait_s, read=may_read, write=self._outbox.pending):
            items = self.decoder.feed(port.read())
            if self.decoder.splitter.bad_frames:
                self._session.repeat_s = REPEAT_S
            with self._changed:
                if items:
                    self._unanswered = 0
                for item in items:
                    self._dispatch(item)
        with self._changed:
            self._changed.notify_all()

    def _service(self, now: float) -> float:
        """Do what is due; returns when the next thing is."""
        due = self._session.service(now)
        if self._phase == "greeting":
            if now >= self._phase_until:
                raise PortClosed(_silent(self._patience_s))
            if now >= self._next_hello:
                self._session.greet()
                self._next_hello = now + self._session.repeat_s
            return min(due, self._next_hello)
        if self._stops and now >= self._stops.next_at:
            self._write_stop()
        if self._session.fits and not self._closing:
            if not self._manual:
                self._keep_alive(now)
            if not self._manual or self._catching_up or self._session.orphans:
                self.upkeep.keep_house(now)
        return min(due, self._stops.next_at) if self._stops else due

    def _keep_alive(self, now: float) -> None:
        if now >= self._next_heartbeat:
            if self._unanswered >= UNANSWERED and self._handover.has_room:
                raise PortClosed("the pump is silent")
            self._unanswered += 1
            self._next_heartbeat = now + HEARTBEAT_S
            sent_s = time.time()
            ask = self._session.ask(numbers.TIME_SYNC, {"host_us": int(sent_s * 1e6)}, ANSWER_S)
            ask.future.add_done_callback(lambda future: self._synced(ask, sent_s, future))

    def _synced(self, ask: Ask, sent_s: float, future: "Future[dict[str, Any]]") -> None:
        if future.exception() is not None:
            return
        board_us = future.result()["time_us"]
        if board_us < self._board_us:
            self._greet_again()
            return
        self._board_us = board_us
        self.round_trip_s = ask.round_trip_s
        self.clock.add(sent_s, time.time(), board_us)

    # --- what arrives ---

    def _dispatch(self, item: Records | Frame) -> None:
        if isinstance(item, Frame):
            with contextlib.suppress(LayoutError):  # from a board that does not fit: as good as not sent
                self._dispatch_frame(item)
        elif self._phase == "up" and self._session.fits:
            self.upkeep.take_records(item)
            if int(item["boot"].max()) > self._stream.boot:
                self._greet_again()

    def _dispatch_frame(self, frame: Frame) -> None:
        if frame.kind == numbers.HELLO | ANSWER_BIT:
            if self._phase == "greeting":
                answer = payloads.decode(frame.kind, frame.payload)
                if answer["nonce"] == self._session.nonce:
                    self._welcome(answer)
        elif not self._identified:
            return
        elif frame.kind == numbers.STOP | ANSWER_BIT:
            self._stops.answered(Stopped.from_answer(payloads.decode(frame.kind, frame.payload)))
        elif self._phase != "up":
            return
        elif frame.kind == numbers.EVENT:
            if self._session.fits:
                self._take_event(frame.payload)
        elif frame.kind == numbers.SUMMARY:
            if self._summaries is not None:
                self._summaries.append(decode_summaries(frame.payload))
        elif frame.kind & ANSWER_BIT and not self._session.take(frame.kind, frame.payload):
            self._greet_again()

    def _take_event(self, payload: bytes) -> None:
        values = payloads.decode(numbers.EVENT, payload)
        if values["boot"] > self._stream.boot >= 0:
            self._greet_again()
        event = Event(unique_id=self.info.unique_id if self.info else "", **values)
        self.upkeep.take_event(event)

    # --- greeting, losing, coming back ---

    def _take_port(self, port: Port, patience_s: float) -> None:
        with self._lock:
            self._port = port
            self.decoder.restart()
            self._outbox.attach(port)
            self._fresh_nonce_tried = False
            self._identified = False
            self._begin_greeting(patience_s)

    def _begin_greeting(self, patience_s: float) -> None:
        now = time.monotonic()
        self._phase = "greeting"
        self._patience_s = patience_s
        self._phase_until = now + patience_s
        self._next_hello = now
        self._session.up = False

    def _greet_again(self) -> None:
        """The board restarted behind an open port, or the session is gone: shake hands anew."""
        if self._phase == "up":
            self._begin_greeting(GREETING_S)

    def _welcome(self, answer: dict[str, Any]) -> None:
        first = self.info is None
        unique_id = bytes(answer["unique_id"]).hex()
        if self.info is not None and unique_id != self.info.unique_id:
            self._outbox.add(
                numbers.BYE, payloads.encode(numbers.BYE, {"session": answer["session"], "request": 1})
            )
            self._outbox.flush()
            raise PortClosed(f"another board ({unique_id}) answers")
        self._follow_boot(answer["boot_count"], answer["time_us"])
        self._identified = True
        if self._stops:
            self._write_stop()
        self._session.welcome(answer)
        if self._session.displaced and not first and not self._fresh_nonce_tried:
            self._fresh_nonce_tried = True
            self._session.change_nonce()
            self._begin_greeting(GREETING_S)
            return
        self.info = Info.from_hello(answer, self._session.fits)
        self.upkeep.begin_session()
        now = time.monotonic()
        self._phase = "up"
        self._told_up = True
        self._unanswered = 0
        self._next_heartbeat = now
        if not first:
            self.reconnects += 1
        self._handover.put(State("connected", f"{self.info.board} {unique_id} at {self.url}"))

    def _follow_boot(self, boot: int, time_us: int) -> None:
        wiped = self.info is not None and (boot, time_us) < (self._stream.boot, self._board_us)
        if wiped or boot != self._stream.boot:
            self.upkeep.begin_boot(boot, wiped)
            self.clock.restart()
        self._board_us = time_us

    def _lose(self, reason: str) -> None:
        with self._changed:
            port, self._port = self._port, None
            self._phase = "down"
            self._identified = False
            self._session.up = False
            self._outbox.detach()
            if port is not None:
                port.close()
            if self.info is None:
                self._ended = NoDevice(reason)
            elif self._told_up:
                self._told_up = False
                self._handover.put(State("lost", reason))
                if not self._reconnect:
                    self._end(DeviceLost(f"the link to the pump was lost: {reason}"))
            self._changed.notify_all()

    def _come_back(self, attempt: int) -> None:
        """Try the port of before and, every other time, the others."""
        if self._manual:
            self._come_back_when_wanted()
            return
        if attempt:
            self._pause(RETRY_S[min(attempt, len(RETRY_S)) - 1])
        if self._closing or self.info is None:
            return
        if attempt % 2:
            before, self.url = self.url, next(self._other_ports(self.url, self.info.unique_id), self.url)
            if self.url != before:
                self.on_other_port()
        with contextlib.suppress(NoDevice):
            self._take_port(open_port(self.url), GREETING_S)

    def _come_back_when_wanted(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._wanted_back or self._closing, TURN_S)
            self._session.service(time.monotonic())
            if not self._wanted_back or self._closing:
                return
        with contextlib.suppress(NoDevice):
            self._take_port(open_port(self.url), GREETING_S)
        with self._changed:
            self._wanted_back = False
            self._changed.notify_all()

    def _pause(self, pause_s: float) -> None:
        until = time.monotonic() + pause_s
        with self._changed:
            while not self._closing and (left := until - time.monotonic()) > 0:
                self._changed.wait(min(TURN_S, left))
                self._session.service(time.monotonic())

    def _end(self, error: ClientError) -> None:
        """Nothing more will come: everyone who waits is told."""
        with self._changed:
            self._ended = self._ended or error
            self._session.close()
            self._stops.give_up(error)
            port, self._port = self._port, None
            self._phase = "down"
            self._outbox.detach()
            if port is not None:
                port.close()
            self._changed.notify_all()


def _silent(waited_s: float) -> str:
    return f"no pump answered within {waited_s:.0f} s; is it a board with the pumpbench firmware?"
