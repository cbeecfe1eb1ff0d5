"""The thread that owns the port: reads, dispatches, does what is due, and brings a lost link back.

In manual mode the link sends nothing of its own accord but during a barrier, so that on a virtual board,
whose time stands still between grants, two runs are the same byte for byte.
"""

import threading
import time

from pumpbench.client.comeback import TURN_S, Comeback
from pumpbench.client.connection import Connection
from pumpbench.client.dispatch import Dispatch
from pumpbench.client.errors import DeviceLost
from pumpbench.client.handover import Handover
from pumpbench.client.port import Port, PortClosed
from pumpbench.client.upkeep import Upkeep

REPEAT_S = 0.3  # an unanswered request is sent again
REPEAT_MANUAL_S = 2.0  # on a line that has shown no damage: what is sent must not hang on the machine's load


class PortThread:
    """Alone in reading the port. `catching_up` is set for the time of a barrier."""

    def __init__(
        self,
        connection: Connection,
        dispatch: Dispatch,
        comeback: Comeback,
        upkeep: Upkeep,
        handover: Handover,
        *,
        manual: bool,
    ) -> None:
        self.catching_up = False
        self._connection = connection
        self._session = connection.session
        self._dispatch = dispatch
        self._comeback = comeback
        self._upkeep = upkeep
        self._handover = handover
        self._manual = manual
        self._done = False
        self._thread = threading.Thread(target=self._run, name="pumpbench-link", daemon=True)

    def start(self) -> None:
        """Begin; the connection has its port."""
        self._thread.start()

    def finish(self) -> None:
        """End the thread and wait for that."""
        self._done = True
        self._connection.wake()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        connection = self._connection
        attempt = 0
        try:
            while not connection.ended and not self._done:
                try:
                    if connection.port is None:
                        self._comeback.attempt(attempt)
                        attempt += 1
                    else:
                        self._turn(connection.port)
                        if connection.phase == "up":
                            attempt = 0
                except PortClosed as error:
                    connection.lose(f"{connection.url}: {error}")
        finally:
            if not self._done:
                connection.end(DeviceLost("the link to the pump has ended"))

    def _turn(self, port: Port) -> None:
        connection = self._connection
        with connection.changed:
            due = self._service(time.monotonic())
        connection.outbox.flush()
        wait_s = min(TURN_S, due - time.monotonic())
        if port.wait(wait_s, read=self._may_read, write=connection.outbox.pending):
            items = connection.decoder.feed(port.read())
            if connection.decoder.splitter.bad_frames:
                self._session.repeat_s = REPEAT_S
            with connection.changed:
                if items:
                    connection.heartbeat.heard()
                for item in items:
                    self._dispatch.take(item)
        with connection.changed:
            connection.changed.notify_all()

    @property
    def _may_read(self) -> bool:
        """With no room for records, the port is read for answers alone: the board keeps the rest."""
        up = self._connection.phase == "up"
        return self._handover.has_room or not up or self._session.awaits or bool(self._connection.stops)

    def _service(self, now: float) -> float:
        """Do what is due; returns when the next thing is."""
        connection = self._connection
        due = self._session.service(now)
        if connection.phase == "greeting":
            return min(due, connection.greet(now))
        if connection.stops and now >= connection.stops.next_at:
            connection.write_stop()
        if self._session.fits and not connection.closing:
            if not self._manual:
                connection.heartbeat.beat(now, listening=self._handover.has_room)
            if not self._manual or self.catching_up or self._session.orphans:
                self._upkeep.keep_house(now)
        return min(due, connection.stops.next_at) if connection.stops else due
