"""How a lost board is found again: by trying its port and others, ever more slowly.

In manual mode nothing is tried but when the caller wants the board back.
"""

import contextlib
import time
from collections.abc import Callable, Iterator

from pumpbench.client.connection import GREETING_S, Connection
from pumpbench.client.errors import DeviceLost, NoDevice
from pumpbench.client.port import open_port

TURN_S = 0.1  # the link's thread looks at its timers at least so often
RETRY_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # pauses between attempts; the last one stays


class Comeback:
    """`other_ports` gives the ports beside a URL where the board of a unique id answers."""

    def __init__(
        self, connection: Connection, other_ports: Callable[[str, str], Iterator[str]], *, manual: bool
    ) -> None:
        self._connection = connection
        self._other_ports = other_ports
        self._manual = manual
        self._wanted = False  # by a caller, in manual mode

    # --- on the link's thread, without its lock ---

    def attempt(self, number: int) -> None:
        """Try the port of before and, every other time, the others; `number` counts from 0 since the loss."""
        if self._manual:
            self._attempt_when_wanted()
            return
        connection = self._connection
        if number:
            self._pause(RETRY_S[min(number, len(RETRY_S)) - 1])
        if connection.closing or connection.info is None:
            return
        # A virtual board never changes its port, and another one of the same seed has the same id.
        if number % 2 and not connection.info.simulated:
            before = connection.url
            connection.url = next(self._other_ports(before, connection.info.unique_id), before)
            if connection.url != before:
                connection.on_other_port()
        self._try_port()

    def _attempt_when_wanted(self) -> None:
        connection = self._connection
        with connection.changed:
            connection.changed.wait_for(lambda: self._wanted or connection.closing, TURN_S)
            connection.session.service(time.monotonic())
            if not self._wanted or connection.closing:
                return
        self._try_port()
        with connection.changed:
            self._wanted = False
            connection.changed.notify_all()

    def _try_port(self) -> None:
        with contextlib.suppress(NoDevice):
            self._connection.take_port(open_port(self._connection.url), GREETING_S)

    def _pause(self, pause_s: float) -> None:
        connection = self._connection
        until = time.monotonic() + pause_s
        with connection.changed:
            while not connection.closing and (left := until - time.monotonic()) > 0:
                connection.changed.wait(min(TURN_S, left))
                connection.session.service(time.monotonic())

    # --- on a caller's thread, in manual mode ---

    def try_once(self) -> None:
        """With the link down, try the port once. Raises `DeviceLost` when the board is not there yet."""
        connection = self._connection
        with connection.changed:
            if connection.phase != "down" or connection.ended:
                return
            self._wanted = True
            connection.changed.notify_all()
            connection.changed.wait_for(self._has_tried)
            if connection.phase == "down":
                raise connection.ended or DeviceLost(f"the link to the pump at {connection.url} is down")

    def _has_tried(self) -> bool:
        connection = self._connection
        tried = not self._wanted and connection.phase != "greeting"
        return bool(tried or connection.ended or connection.closing)
