"""Commands to a pump, against the real firmware on a virtual board."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.host.cli.conftest import Command

from pumpbench.cli import device
from pumpbench.cli.exits import INTERRUPTED, UsageError
from pumpbench.client import connect
from pumpbench.virtual.board import VirtualBoard

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def test_info_and_status_look_without_taking_command(pumpbench: Command, board: VirtualBoard) -> None:
    with connect(board.port) as commander:
        info = pumpbench("info", "--port", board.port, "--json").json
        status = pumpbench("status", "--port", board.port, "--json").json
        assert commander.role == "command"
    assert {"board", "unique_id", "firmware", "protocol", "schema", "capabilities", "reset_cause"} <= set(
        info
    )
    assert (info["role"], info["simulated"], status["state"]) == ("observe", True, "stopped")
    assert "virtual" in pumpbench("info", "--port", board.port).out
    assert "stopped" in pumpbench("status", "--port", board.port).out


def test_a_program_goes_in_two_steps_and_runs(pumpbench: Command, board: VirtualBoard) -> None:
    at = ("--port", board.port, "--json")
    file = EXAMPLES / "ramp.toml"
    assert pumpbench("program", "show", *at).code == 4
    assert pumpbench("start", *at).code == 4
    reservoirs = pumpbench("reservoir", "set", file, *at).json["reservoirs"]
    assert reservoirs[0]["contents_nl"] == 20_000_000
    staged = pumpbench("program", "stage", file, *at).json
    assert (staged["volume_nl"], staged["reservoirs_differ"]) == (2_775_000, [])
    assert pumpbench("program", "commit", "0" * 16, *at).code == 4
    assert pumpbench("program", "commit", staged["digest"], *at).code == 0
    shown = pumpbench("program", "show", *at).json
    assert (shown["digest"], shown["program"]) == (staged["digest"], staged["program"])
    assert pumpbench("start", *at).json["state"] == "running"
    assert pumpbench("pause", *at).json["state"] == "paused"
    assert pumpbench("start", "--resume", *at).json["state"] == "running"
    bolus = pumpbench("bolus", "--volume", "10 uL", "--rate", "60 mL/h", *at)
    assert bolus.json["state"] == "running"
    assert pumpbench("stop", *at).json["delivered_nl"] >= 10_000
    assert pumpbench("status", *at).json["state"] == "stopped"


def test_staging_warns_when_the_board_has_other_reservoirs(pumpbench: Command, board: VirtualBoard) -> None:
    pumpbench("reservoir", "set", EXAMPLES / "ramp.toml", "--port", board.port)
    staged = pumpbench("program", "stage", EXAMPLES / "constant-1ml-h.toml", "--port", board.port)
    assert staged.code == 0
    assert "reservoirs differ" in staged.err
    assert "pumpbench program commit" in staged.out


def test_an_attended_program_is_held_to_its_end(pumpbench: Command, tmp_path: Path) -> None:
    file = tmp_path / "attended.toml"
    file.write_text(
        '[program]\nname = "watched"\nmode = "attended"\n'
        '[[segments]]\nkind = "constant"\nrate = "10 mL/h"\nduration = "2 s"\n'
        '[[reservoirs]]\nid = 0\ncapacity = "30 mL"\ncontents = "20 mL"\n'
    )
    with VirtualBoard(speed=1) as board:
        at = ("--port", board.port, "--json")
        pumpbench("reservoir", "set", file, *at)
        pumpbench("program", "commit", pumpbench("program", "stage", file, *at).json["digest"], *at)
        started = pumpbench("start", *at)
    assert (started.code, started.json["mode"], started.json["state"]) == (0, "attended", "finished")
    assert "the pump stops when this command ends" in started.err


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_ctrl_c_stops_a_set_up_move(pumpbench: Command, board: VirtualBoard) -> None:
    at = ("--port", board.port)
    pumpbench("reservoir", "set", EXAMPLES / "ramp.toml", *at)
    command = [sys.executable, "-m", "pumpbench", "prime", "--volume", "5 mL", "--rate", "10 mL/h", *at]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as prime:
        with connect(board.port, role="observe") as pump:
            pump.wait_for("moving", timeout_s=60)
        prime.send_signal(signal.SIGINT)
        # Python ends itself by the signal when it came in the midst of an import; shells show 130 for both.
        assert prime.wait() in (INTERRUPTED, -signal.SIGINT)
        assert prime.stderr is not None
        assert prime.stderr.read() == "pumpbench: interrupted: the pump is stopped\n"
    assert pumpbench("status", *at, "--json").json["state"] == "stopped"


@pytest.mark.parametrize(
    ("command", "state", "by", "sentence"),
    [
        ("prime", "moving", "stop", "the prime ended before its volume: somebody else stopped the pump"),
        ("bolus", "bolus", "stop", "the bolus ended before its volume: somebody else stopped the pump"),
        ("prime", "moving", "power cut", "the board restarted in the midst of the prime: only a part was"),
        ("bolus", "bolus", "power cut", "the board restarted in the midst of the bolus: only a part was"),
    ],
)
def test_what_ended_before_its_volume_is_not_told_as_done(
    pumpbench: Command, board: VirtualBoard, command: str, state: str, by: str, sentence: str
) -> None:
    at = ("--port", board.port)
    pumpbench("reservoir", "set", EXAMPLES / "ramp.toml", *at)
    line = [sys.executable, "-m", "pumpbench", command, "--volume", "5 mL", "--rate", "10 mL/h", *at]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as doing:
        with connect(board.port, role="observe") as pump:
            pump.wait_for(state, timeout_s=60)
            if by == "stop":
                pump.stop()
            else:
                board.control.power_cut()
        assert doing.wait() == 4
        assert doing.stderr is not None
        assert sentence in doing.stderr.read()


def test_set_up_moves_end_by_themselves(pumpbench: Command, board: VirtualBoard) -> None:
    at = ("--port", board.port, "--json")
    pumpbench("reservoir", "set", EXAMPLES / "ramp.toml", *at)
    for move in ("prime", "purge", "jog"):
        moved = pumpbench(move, "--volume", "50 uL", "--rate", "60 mL/h", *at).json
        assert (moved["move"], moved["state"], moved["volume_nl"]) == (move, "stopped", 50_000)
    refused = pumpbench("prime", "--volume", "50 uL", "--rate", "200 mL/h", *at)
    assert refused.code == 4
    assert "the board's limit is 120000000" in refused.err


def test_a_refill_compares_what_came_back_with_what_was_expected(
    pumpbench: Command, board: VirtualBoard
) -> None:
    at = ("--port", board.port, "--json")
    pumpbench("reservoir", "set", EXAMPLES / "ramp.toml", *at)
    filled = pumpbench("reservoir", "refill", "0", "--residual", "19 mL", "--contents", "30 mL", *at).json
    assert (filled["contents_nl"], filled["residual_difference_nl"]) == (30_000_000, -1_000_000)
    assert pumpbench("reservoir", "list", *at).json["reservoirs"][0]["refills"] == 1
    assert "30 mL" in pumpbench("reservoir", "list", "--port", board.port).out


def test_alarms_are_listed_with_what_to_do_and_acknowledged(pumpbench: Command, board: VirtualBoard) -> None:
    at = ("--port", board.port)
    assert pumpbench("alarms", "list", *at).out == "no alarms\n"
    board.control.stop_input(True)
    with connect(board.port, role="observe") as pump:
        _look_until(lambda: bool(pump.alarms()))
        board.control.stop_input(False)
        _look_until(lambda: not any(alarm.present for alarm in pump.alarms()))
    listed = pumpbench("alarms", "list", *at)
    assert "stop-input" in listed.out
    assert "release it, then acknowledge" in listed.out
    assert pumpbench("alarms", "ack", "stop-input", *at, "--json").json == {
        "acknowledged": ["stop-input"],
        "alarms": [],
    }


def _look_until(is_it: Callable[[], bool], patience_s: float = 60.0) -> None:
    until = time.monotonic() + patience_s
    while not is_it():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_tube_set_is_entered_fitted_and_calibrated(
    pumpbench: Command, board: VirtualBoard, tmp_path: Path
) -> None:
    at = ("--port", board.port, "--json")
    db = ("--db", tmp_path / "lab.sqlite")
    file, back = tmp_path / "calibration.toml", tmp_path / "back.toml"
    file.write_text(
        "[calibration]\ntube_set = 1\nmade_at = 2020-01-01T00:00:00Z\n"
        '[[points]]\nspeed = "2 rpm"\nstroke_volume = "49 uL/rev"\n'
    )
    assert pumpbench("tube", "new", "silicone 0.8 mm", "--lot", "A7", *db, "--json").json["tube_set"] == 1
    assert pumpbench("calibrate", "read", *at).json["nominal"]
    assert pumpbench("calibrate", "read", "--out", back, *at).code == 2
    wrong = pumpbench("calibrate", "write", file, *db, *at)
    assert wrong.code == 4
    assert "`pumpbench tube fit 1`" in wrong.err
    assert pumpbench("tube", "fit", "2", *db, *at).code == 2
    assert (
        pumpbench("tube", "fit", "1", *db, *at).json["unique_id"] == pumpbench("info", *at).json["unique_id"]
    )
    assert pumpbench("calibrate", "write", file, *db, *at).json["calibration_id"] == 1
    read = pumpbench("calibrate", "read", "--out", back, *at).json
    assert (read["valid"], read["stroke_pl"][0], read["speed_mdeg_s"][0]) == (True, 49_000_000, 12_000)
    assert pumpbench("calibrate", "write", back, *db, *at).code == 0
    listed = pumpbench("tube", "list", *db, "--json").json["tube_sets"][0]
    assert (listed["lot"], listed["calibrated"]) == ("A7", True)
    assert pumpbench("audit", "verify", *db, "--json").json["whole"]


def test_where_nobody_can_answer_yes_must_be_said_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="say --yes to go on all the same"):
        device.confirm("there is no calibration", yes=False)
    device.confirm("there is no calibration", yes=True)
    assert "going on because of --yes" in capsys.readouterr().err


def test_ports_names_the_virtual_board_too(pumpbench: Command) -> None:
    assert "virtual" in pumpbench("ports").out
    assert json.loads(pumpbench("ports", "--json").out)["virtual"] == "virtual"
