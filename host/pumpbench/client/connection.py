"""Who is at the port: nobody, somebody who is being greeted, or our board, known by its unique id.

Phases: *down* (no port), *greeting* (hello is under way; nothing else is believed, it may be another board),
*up*.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from pumpbench.client import payloads
from pumpbench.client.answers import Info
from pumpbench.client.errors import ClientError, DeviceLost, NoDevice
from pumpbench.client.handover import Handover, State
from pumpbench.client.heartbeat import Heartbeat
from pumpbench.client.outbox import Outbox
from pumpbench.client.port import Port, PortClosed
from pumpbench.client.records import StreamDecoder
from pumpbench.client.session import Session
from pumpbench.client.stops import Stops
from pumpbench.client.upkeep import Upkeep
from pumplink import numbers

GREETING_S = 3.0


class Connection:
    """The port and what is known of the board behind it.

    `changed` is notified of every change; its lock is the link's, and is held by who changes anything here.
    """

    def __init__(
        self,
        url: str,
        session: Session,
        outbox: Outbox,
        upkeep: Upkeep,
        handover: Handover,
        *,
        reconnect: bool,
    ) -> None:
        self.url = url
        self.on_other_port: Callable[[], None] = lambda: None  # called when `url` has become another one
        self.changed = threading.Condition(threading.RLock())
        self.session = session
        self.outbox = outbox
        self.stops = Stops()
        self.heartbeat = Heartbeat(session, self.greet_again)
        self.decoder = StreamDecoder()
        self.port: Port | None = None
        self.phase = "down"
        self.identified = False  # whether what is at the port is known to be our board
        self.info: Info | None = None
        self.reconnects = 0
        self.closing = False
        self.ended: ClientError | None = None
        self._upkeep = upkeep
        self._handover = handover
        self._reconnect = reconnect
        self._told_up = False
        self._greeting_until = 0.0
        self._patience_s = 0.0
        self._next_hello = 0.0
        self._fresh_nonce_tried = False

    def check_open(self) -> None:
        """Raise why nothing can be asked any more."""
        if self.ended:
            raise self.ended
        if self.closing:
            raise DeviceLost("the connection to the pump was closed", False)

    def wake(self) -> None:
        """Make the thread that waits at the port look around, from any thread."""
        port = self.port
        if port is not None:
            port.wake()

    def write_stop(self) -> None:
        """Write the stop frame now, if our board is there; from any thread."""
        if self.identified:
            self.stops.sent()
            with contextlib.suppress(PortClosed):  # the link's thread finds out, comes back and sends it
                self.outbox.write_stop()

    # --- greeting ---

    def take_port(self, port: Port, patience_s: float) -> None:
        """Greet whoever is at `port`."""
        with self.changed:
            self.port = port
            self.decoder.restart()
            self.outbox.attach(port)
            self._fresh_nonce_tried = False
            self.identified = False
            self._begin_greeting(patience_s)

    def greet_again(self) -> None:
        """The board restarted behind an open port, or the session is gone: shake hands anew."""
        if self.phase == "up":
            self._begin_greeting(GREETING_S)

    def _begin_greeting(self, patience_s: float) -> None:
        now = time.monotonic()
        self.phase = "greeting"
        self._patience_s = patience_s
        self._greeting_until = now + patience_s
        self._next_hello = now
        self.session.up = False

    def greet(self, now: float) -> float:
        """Say hello when it is due; returns when the next one is. Raises `PortClosed` when nobody answers."""
        if now >= self._greeting_until:
            raise PortClosed(silent(self._patience_s))
        if now >= self._next_hello:
            self.session.greet()
            self._next_hello = now + self.session.repeat_s
        return self._next_hello

    def welcome(self, answer: dict[str, Any]) -> None:
        """Take the answer to hello; raises `PortClosed` when it is another board's."""
        first = self.info is None
        unique_id = bytes(answer["unique_id"]).hex()
        if self.info is not None and unique_id != self.info.unique_id:
            self._leave_alone(answer["session"])
            raise PortClosed(f"another board ({unique_id}) answers")
        self._follow_boot(answer["boot_count"], answer["time_us"])
        self.identified = True
        if self.stops:
            self.write_stop()
        self.session.welcome(answer)
        if self.session.displaced and not first and not self._fresh_nonce_tried:
            self._fresh_nonce_tried = True
            self.session.change_nonce()
            self._begin_greeting(GREETING_S)
            return
        self.info = Info.from_hello(answer, self.session.fits)
        self._upkeep.begin_session()
        self.phase = "up"
        self._told_up = True
        self.heartbeat.restart(time.monotonic())
        if not first:
            self.reconnects += 1
        self._handover.put(State("connected", f"{self.info.board} {unique_id} at {self.url}"))

    def _leave_alone(self, session: int) -> None:
        self.outbox.add(numbers.BYE, payloads.encode(numbers.BYE, {"session": session, "request": 1}))
        self.outbox.flush()

    def _follow_boot(self, boot: int, time_us: int) -> None:
        before = (self._upkeep.boot, self.heartbeat.board_us)
        wiped = self.info is not None and (boot, time_us) < before
        if wiped or boot != self._upkeep.boot:
            self._upkeep.begin_boot(boot, wiped)
            self.heartbeat.clock.restart()
        self.heartbeat.board_us = time_us

    # --- losing ---

    def lose(self, reason: str) -> None:
        """The port is gone, or nobody answers there; without `reconnect` that is the end."""
        with self.changed:
            self.identified = False
            self.session.up = False
            self._drop_port()
            if self.info is None:
                self.ended = NoDevice(reason)
            elif self._told_up:
                self._told_up = False
                self._handover.put(State("lost", reason))
                if not self._reconnect:
                    self.end(DeviceLost(f"the link to the pump was lost: {reason}"))
            self.changed.notify_all()

    def end(self, error: ClientError) -> None:
        """Nothing more will come: everyone who waits is told."""
        with self.changed:
            self.ended = self.ended or error
            self.session.close()
            self.stops.give_up(error)
            self._drop_port()
            self.changed.notify_all()

    def _drop_port(self) -> None:
        port, self.port = self.port, None
        self.phase = "down"
        self.outbox.detach()
        if port is not None:
            port.close()


def silent(waited_s: float) -> str:
    """The sentence for a port where nobody has answered."""
    return f"no pump answered within {waited_s:.0f} s; is it a board with the pumpbench firmware?"
