"""How another shell reaches a pump whose port this program owns: a local socket that takes stop and status.

It speaks the same frames as the port, of the frozen messages only, so that whoever wants to stop a pump does
the same thing on either. A Unix domain socket in the user's runtime folder, readable by that user alone; on
Windows a TCP port on the loopback whose number and password lie in a file there. Named after the port.
"""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import socket
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import platformdirs

from pumpbench.client import payloads
from pumpbench.client.answers import Status, Stopped
from pumpbench.client.errors import ClientError
from pumpbench.client.frames import FrameMaker, FrameSplitter
from pumplink import numbers
from pumplink.names import STATE_NAMES
from pumplink.numbers import ANSWER_BIT

UNIX = hasattr(socket, "AF_UNIX")
_PASSWORD_SIZE = 32
_IDLE_S = 10.0
_LONGEST_PLACE = 100  # bytes: what every system takes as a Unix socket's name


def _place(url: str) -> Path:
    """Where the socket (or the file that tells of it) for a port lies; links to a device are that device."""
    real = url if "://" in url else os.path.realpath(url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where the system has no runtime folder, its fallback will do
        folder = platformdirs.user_runtime_path("pumpbench", appauthor=False)
    name = hashlib.sha256(real.encode()).hexdigest()[:16] + (".sock" if UNIX else ".json")
    if UNIX and len(os.fsencode(folder / name)) > _LONGEST_PLACE:
        folder = Path("/tmp") / f"pumpbench-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / name


class LocalSocket:
    """Serves stop and status for the port `url` until closed."""

    def __init__(self, url: str, stop: Callable[[], Stopped], status: Callable[[], Status]) -> None:
        self._stop = stop
        self._status = status
        self._place = _place(url)
        self._password = b""
        self._closing = False
        self._listener = self._listen_unix() if UNIX else self._listen_tcp()
        self._bound = self._identity()
        self._thread = threading.Thread(target=self._serve, name="pumpbench-local-socket", daemon=True)
        self._thread.start()

    def _listen_unix(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX)
        # One left behind by a program that was killed is in the way. Two owners of one port there cannot be,
        # and of several programs on one virtual board the last one serves.
        self._place.unlink(missing_ok=True)
        listener.bind(str(self._place))
        self._place.chmod(0o600)
        listener.listen()
        return listener

    def _listen_tcp(self) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", 0))
        self._password = secrets.token_hex(_PASSWORD_SIZE // 2).encode()
        told = {"port": listener.getsockname()[1], "password": self._password.decode()}
        self._place.write_text(json.dumps(told))
        return listener

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            if self._closing:
                connection.close()
                return
            threading.Thread(
                target=self._talk, args=(connection,), name="pumpbench-local-talk", daemon=True
            ).start()

    def _talk(self, connection: socket.socket) -> None:
        splitter = FrameSplitter()
        maker = FrameMaker()
        with connection, contextlib.suppress(OSError):
            connection.settimeout(_IDLE_S)
            if self._password and not hmac.compare_digest(_receive_password(connection), self._password):
                return
            while data := connection.recv(4096):
                for frame in splitter.feed(data):
                    try:
                        answer = self._answer(frame.kind)
                    except ClientError:
                        return  # no answer: the asker hears the connection end
                    if answer:
                        connection.sendall(maker.make(frame.kind | ANSWER_BIT, answer))

    def _answer(self, kind: int) -> bytes:
        if kind == numbers.STOP:
            stopped = self._stop()
            values = {"state": STATE_NAMES.index(stopped.state), "delivered_nl": stopped.delivered_nl}
        elif kind == numbers.STATUS:
            status = self._status()
            values = {name: getattr(status, name) for name in status.__slots__}
            values["state"] = STATE_NAMES.index(status.state)
        else:
            return b""
        return payloads.encode(kind | ANSWER_BIT, values)

    def close(self) -> None:
        """Stop serving and remove the socket."""
        self._closing = True
        ours = self._identity() == self._bound
        # So that accept returns: closing the listener does not make it on every system, nor does the first.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        if ours:
            with contextlib.suppress(OSError):
                reach_place(self._place, 0.5).close()
        self._listener.close()
        self._thread.join(timeout=2.0)
        if ours:
            self._place.unlink(missing_ok=True)

    def _identity(self) -> int | None:
        """What tells the file at our place from one that another program on this board has put there."""
        with contextlib.suppress(OSError):
            return self._place.stat().st_ino
        return None


def _receive_password(connection: socket.socket) -> bytes:
    got = b""
    while len(got) < _PASSWORD_SIZE and (more := connection.recv(_PASSWORD_SIZE - len(got))):
        got += more
    return got


def reach(url: str, timeout_s: float) -> socket.socket | None:
    """Connect to the program that owns the port `url`; None when there is none."""
    try:
        return reach_place(_place(url), timeout_s)
    except (OSError, ValueError, KeyError):
        return None


def reach_place(place: Path, timeout_s: float) -> socket.socket:
    """Connect to the local socket at `place`; raises `OSError` when nobody serves it."""
    if UNIX:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout_s)
        try:
            connection.connect(str(place))
        except OSError:
            connection.close()
            raise
        return connection
    told = json.loads(place.read_text())
    connection = socket.create_connection(("127.0.0.1", told["port"]), timeout_s)
    connection.sendall(told["password"].encode())
    return connection
