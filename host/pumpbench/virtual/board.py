"""Start a virtual board from a script or a test, and stop it; an emulated one is started the same way."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pumpbench.expected import is_expected
from pumpbench.virtual.control_client import ControlPort
from pumpbench.virtual.errors import BadOption, BoardDied, VirtualBoardError
from pumpbench.virtual.interpreter import find
from pumpbench.virtual.options import DEFAULT_HEAPSIZE, BoardOptions

_GOODBYE_S = 5.0
_TERMINATED = -signal.SIGTERM if os.name == "posix" else 1
# Ctrl-C in a terminal is for the program that uses the board, which may still have something to tell it.
_ASIDE: dict[str, Any] = (
    {"start_new_session": True}
    if os.name == "posix"
    else {"creationflags": 0x200}  # a process group of its own
)


def _kinds(error: type[VirtualBoardError]) -> dict[str, type[VirtualBoardError]]:
    """What a board's process can say is wrong, by name."""
    found = {error.__name__: error}
    for kind in error.__subclasses__():
        found |= _kinds(kind)
    return found


class BoardProcess:
    """A board in processes of its own, for the time of a ``with`` block. It ends with this process too,
    however that ends.

    Attributes:
        description: the JSON object that the board's process printed first.
        port: the link, a pyserial URL. pty: the link's pseudo-terminal, None where there is none.
        balance_port, control_port: pyserial URLs.
        control: a connection to the control port.

    Raises:
        VirtualBoardError: one of its kinds: it cannot begin like that.
        BoardDied: it ended before it was ready, or by itself later: then in place of the expected error with
            which the block ends because of it.
    """

    def __init__(self, command: list[str], plant: Mapping[str, Any]) -> None:
        self._command = command
        self._plant = plant

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None, text=True, **_ASIDE
        )
        try:
            self.description: dict[str, Any] = self._introduction()
            self.port: str = self.description["port"]
            self.pty: str | None = self.description["pty"]
            self.balance_port: str = self.description["balance_port"]
            self.control_port: str = self.description["control_port"]
            self.control = ControlPort(self.control_port)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.control.close()
        died = self._end()
        if not died:
            return
        if error is not None and is_expected(error):  # it comes of that
            raise BoardDied(died) from error
        print(died, file=sys.stderr)

    def advance(self, us: int, until: str | None = None) -> dict[str, Any]:
        """Let virtual time pass; see `ControlPort.advance`."""
        return self.control.advance(us, until)

    @property
    def pid(self) -> int:
        """The process that serves the board; SIGTERM ends it with code 0."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether that process is over."""
        return self._process.poll() is not None

    def wait(self) -> int:
        """Return the exit code of that process once it has ended."""
        return self._process.wait()

    def _introduction(self) -> dict[str, Any]:
        """Tell the process what the plant is; return what it says of itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended already: its exit code says so below
            self._process.stdin.write(json.dumps(dict(self._plant)) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            raise BoardDied(f"the board did not start: its process ended with code {code}")
        told: dict[str, Any] = json.loads(line)
        if "error" in told:
            raise _kinds(VirtualBoardError).get(told["kind"], BadOption)(told["error"])
        return told

    def _end(self) -> str:
        """Return why the board ended by itself, "" when it did not."""
        self._process.terminate()
        try:
            code = self._process.wait(_GOODBYE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            code = _TERMINATED
        assert self._process.stdout is not None
        last = self._process.stdout.read().splitlines()[-1:]
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        if last and "error" in (told := json.loads(last[0])):  # else it is the description, unread
            return str(told["error"])
        if code in (0, _TERMINATED):
            return ""
        return f"the process that serves the board ended with code {code}"


class VirtualBoard(BoardProcess):
    """A virtual board (see `BoardProcess`; `BoardOptions` for the options).

    Raises:
        BadOption, NoInterpreter: it cannot begin like that; what can be known before is told at once.
        BoardDied: it ended before it was ready.
    """

    def __init__(
        self,
        speed: float | str = 1.0,
        seed: int | None = None,
        plant: Mapping[str, Any] | None = None,
        truth: Path | None = None,
        truth_hz: float = 10.0,
        interpreter: str = "auto",
        flash: Path | None = None,
        heapsize: str = DEFAULT_HEAPSIZE,
        firmware: Path | None = None,
        board: Mapping[str, int] | None = None,
    ) -> None:
        options = BoardOptions(
            speed, seed, plant or {}, truth, truth_hz, interpreter, flash, heapsize, firmware, board or {}
        )
        find(interpreter, heapsize)
        super().__init__(_command(options), options.plant)


def with_values(command: list[str], values: Mapping[str, object | None]) -> list[str]:
    """Return `command` with every option that has a value."""
    for flag, value in values.items():
        if value is not None:
            command += [flag, str(value)]
    return command


def _command(options: BoardOptions) -> list[str]:
    command = [
        sys.executable, "-m", "pumpbench.virtual", "--attached",
        "--speed", str(options.speed), "--truth-rate", str(options.truth_hz),
        "--interpreter", options.interpreter, "--heapsize", options.heapsize,
        "--board", json.dumps(dict(options.board)),
    ]  # fmt: skip
    return with_values(
        command,
        {
            "--seed": options.seed,
            "--truth": options.truth,
            "--flash-image": options.flash,
            "--firmware": options.firmware,
        },
    )
