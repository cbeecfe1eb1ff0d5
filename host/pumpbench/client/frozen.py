"""Stop, status and release without a session: by frozen messages alone, on any firmware, whoever owns it.

The program that owns the port is asked first, through its local socket; when there is none, the port is
opened.
"""

import socket
import time
from collections.abc import Callable
from typing import Any

from pumpbench.client import local_socket, payloads
from pumpbench.client.answers import Released, Status, Stopped
from pumpbench.client.errors import AnswerTimeout, NoDevice
from pumpbench.client.frames import FrameMaker, FrameSplitter
from pumpbench.client.port import PortClosed, open_port
from pumplink import numbers
from pumplink.frame import STOP_FRAME
from pumplink.numbers import ANSWER_BIT

_REPEAT_S = 0.2


def stop(url: str, timeout_s: float = 3.0) -> Stopped:
    """Stop the pump at `url` at once. Raises `NoDevice` or `AnswerTimeout`."""
    return Stopped.from_answer(_exchange(url, numbers.STOP, STOP_FRAME, timeout_s))


def status(url: str, timeout_s: float = 3.0) -> Status:
    """Look at the pump at `url`. Raises `NoDevice` or `AnswerTimeout`."""
    return Status.from_answer(
        _exchange(url, numbers.STATUS, FrameMaker().make(numbers.STATUS, b""), timeout_s)
    )


def release(url: str, timeout_s: float = 3.0) -> Released:
    """Ask the pump at `url` to restart to its REPL; nobody else may have the port. Raises `NoDevice`,
    `AnswerTimeout`.
    """
    frame = FrameMaker().make(numbers.PORT_RELEASE, b"")
    return Released.from_answer(_ask_port(url, numbers.PORT_RELEASE, frame, timeout_s))


def _exchange(url: str, number: int, frame: bytes, timeout_s: float) -> dict[str, Any]:
    owner = local_socket.reach(url, timeout_s)
    if owner is not None:
        with owner:
            answer = _ask_owner(owner, number, frame)
        if answer is not None:
            return answer
    try:
        return _ask_port(url, number, frame, timeout_s)
    except NoDevice as error:
        if owner is None:
            raise
        raise AnswerTimeout(
            f"the program that has {url} open did not get an answer from the pump: it may still be running"
        ) from error


def _ask_owner(owner: socket.socket, number: int, frame: bytes) -> dict[str, Any] | None:
    try:
        owner.sendall(frame)
        return _await(lambda: owner.recv(4096) or None, number)
    except OSError:
        return None


def _ask_port(url: str, number: int, frame: bytes, timeout_s: float) -> dict[str, Any]:
    port = open_port(url)
    try:
        until = time.monotonic() + timeout_s
        next_send = 0.0

        def receive() -> bytes | None:
            nonlocal next_send
            now = time.monotonic()
            if now >= until:
                return None
            if now >= next_send:
                port.write(b"\0" + frame)
                next_send = now + _REPEAT_S
            ready = port.wait(min(next_send, until) - now, read=True, write=False)
            return port.read() if ready else b""

        answer = _await(receive, number)
    except PortClosed as error:
        raise NoDevice(f"{url}: {error}") from error
    finally:
        port.close()
    if answer is None:
        raise AnswerTimeout(f"{url}: no pump answered within {timeout_s:.0f} s")
    return answer


def _await(receive: Callable[[], bytes | None], number: int) -> dict[str, Any] | None:
    splitter = FrameSplitter()
    while (data := receive()) is not None:
        for found in splitter.feed(data):
            if found.kind == number | ANSWER_BIT:
                return payloads.decode(found.kind, found.payload)
    return None
