"""Emulated boards for tests: a booted one to share, and a prompt that is driven by grants.

Where the emulator is not built, tests that ask for one are skipped and say why.
"""

import contextlib
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import pytest

from pumpbench.emulated import parts
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.virtual.errors import VirtualBoardError

_STEP_US = 2_000
_RAW = b"raw REPL; CTRL-B to exit\r\n>"


def why_not() -> str | None:
    """Return why no board can be emulated here, None when it can."""
    try:
        parts.folder()
        parts.node()
    except VirtualBoardError as error:
        return str(error)
    return None


needs_emulator = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


class PromptError(AssertionError):
    """The board did not answer in time, or a script on it failed."""


class Prompt:
    """The board's prompt (raw REPL). Time moves by grants alone: the same calls bring the same cycles.

    It must be the only one that grants time while it is open.
    """

    def __init__(self, board: EmulatedBoard) -> None:
        self.board = board
        self._socket: socket.socket | None = None
        self._sent = 0

    def __enter__(self) -> "Prompt":
        self.board.advance(1)
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._socket is not None:
            self._socket.close()

    def connect(self) -> None:
        """Open the port (again) and enter the raw prompt; what ran there is interrupted."""
        if self._socket is not None:
            self._socket.close()
        self._wait_for_ports()
        parts_of_url = urlsplit(self.board.repl_port)
        self._socket = socket.create_connection((parts_of_url.hostname, parts_of_url.port), timeout=60)
        self._sent = self._told()["bytes"]
        while not self._told()["open"]:
            pass
        self.send(b"\r\x03\x02")
        self.read_until(b">>> ")
        self.send(b"\x01")
        self.read_until(_RAW)

    def soft_reset(self) -> None:
        """Let MicroPython begin anew: nothing that ran before is left."""
        self.send(b"\x04")
        self.read_until(_RAW)

    def send(self, data: bytes) -> None:
        """Send bytes; they are in the bench's hands when this returns."""
        assert self._socket is not None
        self._socket.sendall(data)
        self._sent += len(data)
        while self._told()["bytes"] < self._sent:
            pass

    def read_until(self, end: bytes, most_ms: int = 10_000) -> bytes:
        """Let time pass until the board has sent `end`; return all that it sent."""
        assert self._socket is not None
        got = bytearray()
        self._socket.setblocking(False)
        for _ in range(most_ms * 1000 // _STEP_US):
            if end in got:
                return bytes(got)
            self.board.advance(_STEP_US)
            with contextlib.suppress(BlockingIOError):
                while data := self._socket.recv(65536):
                    got += data
        if end in got:
            return bytes(got)
        raise PromptError(f"{end!r} did not come in {most_ms} ms, only {bytes(got[-500:])!r}")

    def start(self, script: str) -> None:
        """Run a script without waiting for it."""
        self.send(script.encode() + b"\x04")

    def run(self, script: str, most_ms: int = 10_000) -> str:
        """Run a script to its end; return what it printed."""
        self.start(script)
        got = self.read_until(b"\x04>", most_ms)
        printed, failed = got[got.index(b"OK") + 2 :].split(b"\x04")[:2]
        if failed:
            raise PromptError(failed.decode())
        return printed.decode().replace("\r\n", "\n")

    def _told(self) -> Any:
        return self.board.peek("chip")["repl"]

    def _wait_for_ports(self) -> None:
        """A port that is not shown turns connections away."""
        for _ in range(1000):
            if self._told()["shown"]:
                return
            self.board.advance(10_000)
        raise PromptError("the board shows no port")


@pytest.fixture(scope="session")
def booted() -> Iterator[EmulatedBoard]:
    """A board at its prompt, shared by tests that leave it as they found it; skips without an emulator."""
    missing = why_not()
    if missing is not None:
        pytest.skip(missing)
    with EmulatedBoard(seed=1) as board:
        yield board


@pytest.fixture
def prompt(booted: EmulatedBoard) -> Iterator[Prompt]:
    """The shared board's prompt, after a soft reset."""
    with Prompt(booted) as prompt:
        prompt.soft_reset()
        booted.peek("marks")
        yield prompt
