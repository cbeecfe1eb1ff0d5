"""What `logs` and `repl` make of a board that is at MicroPython's prompt, over its socket."""

import os
import pty
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.host.cli.conftest import Command
from tests.support.emulated import needs_emulator

from pumpbench.emulated.board import EmulatedBoard
from pumpbench.flashing import repl
from pumpbench.flashing.places import Places

_PATIENCE_S = 20.0
_CTRL_X = b"\x18"
_LOCAL = 3  # of what tcgetattr returns


@pytest.fixture
def bare() -> Iterator[EmulatedBoard]:
    with EmulatedBoard(seed=1) as board:
        yield board


def at_prompt(board: EmulatedBoard, code: str) -> None:
    prompt = repl.enter(Places(board.repl_port), _PATIENCE_S)
    assert prompt is not None
    with prompt:
        prompt.run(code)


@needs_emulator
def test_logs_tells_a_bare_board_from_a_firmware_without_errors_and_from_one_that_broke_off(
    pumpbench: Command, bare: EmulatedBoard
) -> None:
    logs = ("logs", "--port", bare.repl_port)
    done = pumpbench(*logs)
    assert (done.code, done.out) == (3, "")
    assert done.err == (
        f"pumpbench: {bare.repl_port}: the board is at MicroPython's prompt and has no pump firmware; "
        "`pumpbench flash` puts it there\n"
    )
    at_prompt(bare, "open('/fw.txt', 'w').write('a')")
    done = pumpbench(*logs)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{bare.repl_port}: the board is at its prompt, and its firmware has noted no error\n"
    at_prompt(bare, "open('/crash.txt', 'w').write('ValueError: no')")
    assert pumpbench(*logs, "--json").json == {"crash": "ValueError: no"}


@needs_emulator
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (b"print(6*7)\r", b"42\r\n"),
        (b"import machine; machine.reset()\r", b"the board has ended the connection"),
    ],
)
def test_the_prompt_of_a_board_at_a_socket_can_be_typed_at(
    bare: EmulatedBoard, typed: bytes, shown: bytes
) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "pumpbench", "repl", "--port", bare.repl_port])
    said = read_until(terminal, b"to exit this shell")
    while termios.tcgetattr(terminal)[_LOCAL] & termios.ICANON:  # until then keys are not passed on as typed
        pass
    os.write(terminal, typed)
    said += read_until(terminal, shown)
    os.write(terminal, _CTRL_X)
    said += read_until(terminal, b"the board restarts with its pump stopped")
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"Traceback" not in said


def read_until(terminal: int, end: bytes) -> bytes:
    """Read what is shown up to `end`; a terminal that everybody has left ends it with an `OSError`."""
    said = b""
    while end not in said:
        said += os.read(terminal, 4096)
    return said


def test_the_prompt_is_refused_to_a_program(pumpbench: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        done = pumpbench("repl", "--port", "socket://127.0.0.1:1")
    assert (done.code, done.err) == (
        2,
        "pumpbench: `pumpbench repl` is for typing at: start it from a terminal\n",
    )
