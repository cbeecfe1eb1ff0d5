"""The processes of a virtual board: what they print, how they end, and what they leave behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import serial
from tests.host.virtual.board.support import FIRMWARE, SECOND, Lines

from pumpbench.virtual.board import VirtualBoard
from pumpbench.virtual.control_client import ControlPort
from pumpbench.virtual.errors import BadOption, BoardDied, ControlError, NoInterpreter
from pumpbench.virtual.interpreter import find

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and processes as on POSIX")


def start(*options: str, temporary: Path) -> tuple["subprocess.Popen[str]", dict[str, object]]:
    command = [sys.executable, "-m", "pumpbench.virtual", "--json", "--firmware", str(FIRMWARE), *options]
    environment = os.environ | {"TMPDIR": str(temporary)}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert len(children) == 1
    return int(children[0])


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_first_line_describes_the_board(scratch: Path) -> None:
    process, description = start("--speed", "max", "--seed", "3", temporary=scratch)
    process.terminate()
    assert process.wait() == 0
    assert {"port", "pty", "balance_port", "control_port", "interpreter"} <= set(description)
    assert str(description["port"]).startswith("socket://127.0.0.1:")
    assert description["seed"] == 3
    assert description["speed"] == "max"
    assert description["simulated"] is True


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("speed", ["1", "max"])
@pytest.mark.parametrize("interpreter", ["micropython", "cpython"])
def test_signal_ends_it_with_code_0_and_leaves_nothing(
    number: signal.Signals, speed: str, interpreter: str, scratch: Path
) -> None:
    process, _ = start("--speed", speed, "--interpreter", interpreter, temporary=scratch)
    child = child_of(process.pid)
    process.send_signal(number)
    assert process.wait() == 0
    assert not alive(child)
    assert list(scratch.iterdir()) == []
    assert process.stderr is not None
    assert process.stderr.read() == ""


@posix_only
def test_board_ends_when_its_parent_is_killed(scratch: Path) -> None:
    process, _ = start("--speed", "max", temporary=scratch)
    child = child_of(process.pid)
    process.kill()
    process.wait()
    assert eventually(lambda: not alive(child))


@posix_only
def test_board_of_a_script_ends_when_the_script_is_killed(scratch: Path) -> None:
    script = (
        "import time; from pathlib import Path; from pumpbench.virtual.board import VirtualBoard\n"
        f"with VirtualBoard(speed='max', firmware=Path({str(FIRMWARE)!r})) as board:\n"
        "    print(board.pid, flush=True); time.sleep(600)"
    )
    environment = os.environ | {"TMPDIR": str(scratch)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        served_by = int(process.stdout.readline())
        process.kill()
    assert eventually(lambda: not alive(served_by))
    assert list(scratch.iterdir()) == []


def test_an_outsider_reaches_the_control_port_by_its_url() -> None:
    with VirtualBoard(speed="max", firmware=FIRMWARE) as board:
        with serial.serial_for_url(board.control_port, timeout=10) as control:
            control.write(b'{"advance_us": 1000, "until": null}\n')
            assert json.loads(control.readline())["reason"] == "time"
        for wrong in ("127.0.0.1:4000", "socket://127.0.0.1", "socket://127.0.0.1:1"):
            with pytest.raises(ControlError, match=wrong):
                ControlPort(wrong)


@posix_only
def test_board_whose_ports_nobody_hears_of_ends(scratch: Path) -> None:
    command = [sys.executable, "-m", "pumpbench.virtual", "--firmware", str(FIRMWARE)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "standard output cannot be written: No space left on device\n"


@posix_only
def test_parent_says_why_and_exits_3_when_the_board_dies(scratch: Path) -> None:
    process, _ = start("--speed", "1", temporary=scratch)
    os.kill(child_of(process.pid), signal.SIGKILL)
    assert process.wait() == 3
    assert process.stderr is not None
    assert "virtual board's process (micropython) ended" in process.stderr.read()


@posix_only
@pytest.mark.parametrize(
    ("served_by", "why"),
    [
        (False, r"the virtual board's process \(.*\) ended with code -9"),
        (True, "serves the board ended with code -9"),
    ],
)
def test_a_board_that_dies_in_a_block_is_told_alone_and_not_beside_the_error_that_comes_of_it(
    served_by: bool, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def use_a_board() -> None:
        with VirtualBoard(speed="max", firmware=FIRMWARE) as board:
            os.kill(board.pid if served_by else child_of(board.pid), signal.SIGKILL)
            board.advance(SECOND)

    with pytest.raises(BoardDied, match=why) as died:
        use_a_board()
    assert isinstance(died.value.__cause__, ControlError)
    assert capfd.readouterr().err == ""


@posix_only
def test_a_mistake_of_a_script_is_not_hidden_by_a_board_that_died(capfd: pytest.CaptureFixture[str]) -> None:
    def make_a_mistake() -> None:
        with VirtualBoard(speed="max", firmware=FIRMWARE) as board:
            os.kill(child_of(board.pid), signal.SIGKILL)
            board.wait()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_a_mistake()
    assert "ended with code -9" in capfd.readouterr().err


def test_too_small_a_heap_is_told_at_the_start() -> None:
    with pytest.raises(BoardDied), VirtualBoard(heapsize="40k", firmware=FIRMWARE):
        pass


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"speed": "fast"}, "speed is 'fast'"),
        ({"speed": 0}, "speed is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"truth_hz": 0}, "truth rate is 0 Hz"),
        ({"truth": Path("/nowhere/at/all.csv")}, "truth file is /nowhere/at/all.csv"),
        ({"truth": Path("/")}, "truth file is /, but that is a folder"),
        ({"interpreter": "pypy"}, "interpreter is 'pypy'"),
        ({"flash": Path("/nowhere/at/all.bin")}, "flash image is /nowhere/at/all.bin"),
        ({"firmware": Path("/nowhere/main.py")}, "firmware is /nowhere/main.py"),
    ],
)
def test_bad_option_is_named(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadOption) as refused:
        VirtualBoard(**options)  # type: ignore[arg-type]
    assert complaint in str(refused.value)


def test_bad_plant_is_told_by_its_key() -> None:
    plant = {"pump": {"rollers": 0}}
    with pytest.raises(BadOption, match="rollers"), VirtualBoard(plant=plant, firmware=FIRMWARE):
        pass


def test_bad_interpreter_and_heap_are_named(monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
    with pytest.raises(BadOption, match="interpreter is 'pypy', allowed are auto, micropython, cpython"):
        find("pypy", "1M")
    with pytest.raises(BadOption, match="heap size is '160'"):
        find("auto", "160")
    monkeypatch.setenv("PATH", str(scratch))
    monkeypatch.setattr("pumpbench.virtual.interpreter._CHECKOUT", scratch)
    with pytest.raises(NoInterpreter, match="no micropython"):
        find("micropython", "1M")
    assert find("auto", "1M").name == "cpython"


def test_interpreter_on_path_comes_first(monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
    (scratch / "micropython").write_text("#!/bin/sh\n")
    (scratch / "micropython").chmod(0o755)
    monkeypatch.setenv("PATH", str(scratch))
    assert find("auto", "160k").command == (
        str(scratch / "micropython"), "-X", "emit=native", "-X", "heapsize=160k",
    )  # fmt: skip


def test_two_boards_run_side_by_side() -> None:
    with (
        VirtualBoard(speed="max", firmware=FIRMWARE) as one,
        VirtualBoard(speed="max", firmware=FIRMWARE) as two,
        Lines(one.port) as first,
        Lines(two.port) as second,
    ):
        one.advance(SECOND)
        assert "ticks 100 " in first.ask("who")
        assert "ticks 0 " in second.ask("who")


def test_temporary_files_of_a_board_are_gone(monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setenv("TMPDIR", str(scratch))
    with VirtualBoard(speed="max", firmware=FIRMWARE):
        assert list(scratch.iterdir())
    assert list(scratch.iterdir()) == []
