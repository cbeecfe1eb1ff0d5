"""Frames on their way to the port, the stop frame ahead of everything."""

import threading
import time
from collections import deque

from pumpbench.client.frames import FrameMaker
from pumpbench.client.port import Port
from pumplink.frame import STOP_FRAME
from pumplink.numbers import BOLUS, MOVE, START

MOVES = (START, BOLUS, MOVE)
_STOP_PATIENCE_S = 0.25


class Outbox:
    """Queued frames for the port that is attached; any thread may add, flush and stop, one at a time.

    A port that takes only part of a frame gets the rest when it has room.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._port: Port | None = None
        self._maker = FrameMaker()
        self._frames: deque[tuple[int, bytes]] = deque()  # message number, frame
        self._sent = 0  # bytes of the first frame that the port has taken

    @property
    def pending(self) -> bool:
        """Whether something waits for room."""
        return bool(self._frames)

    def attach(self, port: Port) -> None:
        """Write to this port from now on."""
        with self._lock:
            self._port = port

    def detach(self) -> None:
        """The port is gone, and with it what was queued."""
        with self._lock:
            self._port = None
            self._frames.clear()
            self._sent = 0

    def add(self, kind: int, payload: bytes) -> None:
        """Queue a message."""
        with self._lock:
            self._frames.append((kind, self._maker.make(kind, payload)))

    def flush(self) -> None:
        """Write what the port takes now. Raises `PortClosed`."""
        with self._lock:
            while self._frames and self._port:
                _, frame = self._frames[0]
                self._sent += self._port.write(memoryview(frame)[self._sent :])
                if self._sent < len(frame):
                    return
                self._frames.popleft()
                self._sent = 0

    def write_stop(self) -> None:
        """Write the stop frame at once, even in the middle of another frame. Raises `PortClosed`.

        The stop frame begins with a zero, which ends what was begun; that frame is sent again from its start,
        unless it asks the pump to move: such frames are dropped.
        Waits a quarter of a second at most for a port that takes nothing; the caller repeats.
        """
        with self._lock:
            if self._port is None:
                return
            self._sent = 0
            self._frames = deque(waiting for waiting in self._frames if waiting[0] not in MOVES)
            at = 0
            until = time.monotonic() + _STOP_PATIENCE_S
            while at < len(STOP_FRAME) and time.monotonic() < until:
                taken = self._port.write(memoryview(STOP_FRAME)[at:])
                at += taken
                if not taken:
                    time.sleep(0.001)
