"""What is printed, where: whole JSON alone, outputs that are closed, full, or know ASCII only."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.host.cli.conftest import Command, constant_program

from pumpbench.client import connect
from pumpbench.virtual.board import VirtualBoard

PUMPBENCH = (sys.executable, "-m", "pumpbench")
PROGRAM = constant_program("20 mL/h", "10 min", name="Müller 泵")
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and devices as POSIX has them")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "program.toml"
    file.write_text(PROGRAM, encoding="utf-8")
    return file


def test_json_answers_of_all_kinds_are_one_object_and_nothing_else(
    pumpbench: Command, board: VirtualBoard, program: Path, tmp_path: Path
) -> None:
    at, db = ("--port", board.port), ("--db", tmp_path / "lab.sqlite")
    for command in (
        ["ports"], ["info", *at], ["status", *at],
        ["reservoir", "set", program, *at], ["reservoir", "list", *at],
        ["program", "check", program], ["program", "new", tmp_path / "new.toml"], ["alarms", "list", *at],
        ["alarms", "ack", "all", *at], ["jog", "--volume", "10 uL", *at], ["calibrate", "read", *at],
        ["tube", "new", "silicone", *db], ["tube", "list", *db], ["tube", "fit", "1", *db, *at],
        ["runs", *db], ["audit", "verify", *db], ["stop", *at],
    ):  # fmt: skip
        done = pumpbench(*command, "--json")
        assert (done.code, done.err) == (0, ""), command
        assert done.out.isascii()
        assert isinstance(json.loads(done.out), dict), command


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_terminal_will_do(program: Path, encoding: str) -> None:
    done = subprocess.run(
        [*PUMPBENCH, "program", "check", program],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        check=True,
    )
    said = done.stdout.decode(encoding)
    assert said.rstrip().endswith("3.333 mL in 10:00, at most 20 mL/h")
    assert ("泵" in said) == (encoding == "utf-8")


@posix_only
@pytest.mark.parametrize("arguments", [["ports"], ["ports", "--json"], ["--help"]])
def test_a_full_disk_is_told(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PUMPBENCH, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1


@posix_only
@pytest.mark.parametrize("arguments", [["ports"], ["--help"], ["virtual"], ["monitor", "--port", "virtual"]])
def test_a_reader_that_has_had_enough_is_no_error(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PUMPBENCH, *arguments], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@posix_only
def test_a_home_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    without = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    done = subprocess.run(
        [*PUMPBENCH, "tube", "new", "silicone"],
        capture_output=True,
        text=True,
        env=without | {"HOME": str(tmp_path / "file")},
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "no place for the user's own database" in done.stderr
    assert done.stderr.count("\n") == 1


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_run_says_that_the_pump_goes_on(
    board: VirtualBoard, program: Path, tmp_path: Path, number: signal.Signals
) -> None:
    command = [*PUMPBENCH, "run", str(program), "--port", board.port, "--db", str(tmp_path / "lab.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        with connect(board.port, role="observe") as look:
            look.wait_for("running", timeout_s=60)
        run.send_signal(number)
        out, err = run.communicate()
    assert (run.returncode, out) == (130, "")
    assert err.count("\n") == 1
    assert f"`pumpbench stop --port {board.port}` stops it" in err


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_of_its_own_board_leaves_no_process_behind(
    program: Path, tmp_path: Path, number: signal.Signals
) -> None:
    truth = tmp_path / "truth.csv"
    command = [*PUMPBENCH, "run", str(program), "--port", "virtual", "--truth", str(truth)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
        assert run.stderr is not None
        while not truth.exists():
            assert run.poll() is None
        os.killpg(run.pid, number)
        # Every process of the board has this pipe too: it ends when the last of them has.
        said = run.stderr.read()
    assert said.count("\n") == (0 if number == signal.SIGKILL else 1)


def test_only_alarms_of_the_run_are_told_with_it(pumpbench: Command, program: Path, tmp_path: Path) -> None:
    program.write_text(PROGRAM.replace("10 min", "20 s"), encoding="utf-8")
    with VirtualBoard(speed=20) as board:
        at = ("--port", board.port)
        board.control.stop_input(True)
        with connect(board.port) as pump:
            while not pump.alarms():
                pump.barrier()
            board.control.stop_input(False)
            while any(alarm.present for alarm in pump.alarms()):
                pump.barrier()
        assert pumpbench("alarms", "ack", "all", *at).code == 0
        done = pumpbench("run", program, *at, "--db", tmp_path / "lab.sqlite", "--json")
    assert (done.code, done.json["alarms"]) == (0, [])


@pytest.mark.parametrize("command", ["virtual", "emulated"])
def test_a_command_that_serves_a_board_tells_the_options_as_its_own(pumpbench: Command, command: str) -> None:
    told = " ".join(pumpbench(command, "--help").out.replace("│", " ").split())
    assert "physical model, TOML" in told
    assert "virtual board only" not in told
    assert "last line" not in told  # its JSON comes first
