"""Commands that a running or a held pump refuses: what they say to the person at the shell."""

from pathlib import Path

import pytest
from tests.host.cli.conftest import Command, constant_program

from pumpbench.client import Refusal, connect
from pumpbench.virtual.board import VirtualBoard
from pumplink import states

PROGRAM = constant_program("5 mL/h", "1 h", name="long")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "long.toml"
    file.write_text(PROGRAM)
    return file


def test_what_a_running_or_a_paused_pump_refuses_is_told_in_words_of_the_command(
    pumpbench: Command, board: VirtualBoard, program: Path, tmp_path: Path
) -> None:
    at = ("--port", board.port)
    none = pumpbench("start", *at)
    assert (none.code, none.err) == (
        4,
        "pumpbench: reading the program refused: there is no committed program on the board; stage and "
        "commit one first\n",
    )
    pumpbench("reservoir", "set", program, *at)
    digest = pumpbench("program", "stage", program, *at, "--json").json["digest"]
    pumpbench("program", "commit", digest, *at)
    assert pumpbench("start", *at).code == 0
    calibrate = ("calibrate", "run", "--out", tmp_path / "out", "--balance", board.balance_port)
    for command, wanted in (
        (("start",), "start"),
        (("program", "commit", digest), "committing a program"),
        (("reservoir", "set", program), "setting a reservoir"),
        (("prime", "--volume", "0.1 mL"), "the set-up move"),
        (calibrate, "setting a reservoir"),
    ):
        done = pumpbench(*command, *at)
        assert (done.code, done.out) == (4, "")
        assert done.err == f"pumpbench: {wanted} refused: the pump is running; stop it first\n"
    pumpbench("pause", *at)
    assert pumpbench("pause", *at).err == "pumpbench: pause refused: the pump is paused\n"
    held = pumpbench("start", *at).err
    assert held == "pumpbench: start refused: the pump is paused; resume it, or stop it first\n"
    assert pumpbench("status", *at, "--json").json["state"] == "paused"


def test_a_program_still_reads_the_request_and_the_code(
    pumpbench: Command, board: VirtualBoard, program: Path
) -> None:
    pumpbench("reservoir", "set", program, "--port", board.port)
    with connect(board.port) as pump:
        pump.move("jog", reservoir=0, volume_nl=500_000, rate_nl_h=1_000_000)
        with pytest.raises(Refusal) as refused:
            pump.move("prime", reservoir=0, volume_nl=1000, rate_nl_h=1_000_000)
    assert (refused.value.request, refused.value.code, refused.value.value) == (
        "move",
        states.REFUSED_STATE,
        states.MOVING,
    )
