"""The whole main job from the command line, and what can be done with its records."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.host.cli.conftest import Command, constant_program

from pumpbench.virtual.board import VirtualBoard

PROGRAM = constant_program("20 mL/h", "90 s")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "short.toml"
    file.write_text(PROGRAM)
    return file


def test_a_run_is_recorded_listed_and_exported(pumpbench: Command, program: Path, tmp_path: Path) -> None:
    db = ("--db", tmp_path / "lab.sqlite")
    done = pumpbench("run", program, "--port", "virtual", "--speed", "max", "--seed", "5", *db, "--json")
    told = done.json
    assert (done.code, done.err) == (0, "")
    assert (told["requested_nl"], told["telemetry_gaps"]) == (500_000, 0)
    assert told["delivered_nl"] == pytest.approx(500_000, rel=1e-3)
    assert told["telemetry_records"] >= 900
    assert (told["simulated"], told["alarms"]) == (True, [])
    listed = pumpbench("runs", *db, "--json").json["runs"]
    assert [(run["run_id"], run["name"], run["status"]) for run in listed] == [
        (told["run_id"], "short", "finished")
    ]
    assert "simulated" in pumpbench("runs", *db).out
    out = tmp_path / "run.csv"
    exported = pumpbench("export", told["run_id"], *db, "--format", "csv", "--out", out, "--json")
    assert str(out) in exported.json["files"]
    assert out.stat().st_size > 0
    assert pumpbench("export", 99, *db, "--format", "csv", "--out", out).code == 2
    assert pumpbench("audit", "verify", *db).code == 0


def test_a_run_that_an_alarm_stops_says_so_and_keeps_its_records(
    pumpbench: Command, program: Path, tmp_path: Path
) -> None:
    plant = tmp_path / "plant.toml"
    plant.write_text('[[faults]]\nkind = "occlusion"\nat_s = 10\n')
    done = pumpbench(
        "run",
        program,
        "--port",
        "virtual",
        "--speed",
        "max",
        "--plant",
        plant,
        "--db",
        tmp_path / "d",
        "--json",
    )
    assert done.code == 4
    assert done.json["alarms"] == ["occlusion"]
    assert "an alarm stopped the run after" in done.err
    assert "(occlusion: the line takes up what the head delivers" in done.err
    assert "it is recorded as run 1" in done.err


def test_what_the_board_refuses_leaves_no_run_that_waits_to_be_gone_on_with(
    pumpbench: Command, board: VirtualBoard, program: Path, tmp_path: Path
) -> None:
    db = ("--db", tmp_path / "lab.sqlite")
    at = ("--port", board.port, *db)
    program.write_text(PROGRAM.replace("[[segments]]", 'telemetry_rate = "1000 Hz"\n[[segments]]'))
    done = pumpbench("run", program, *at)
    assert (done.code, done.out) == (4, "")
    assert "rate_hz is 1000, the board's limit is 100" in done.err
    assert pumpbench("runs", *db, "--json").json["runs"] == []
    board.control.stop_input(True)
    while not pumpbench("alarms", "list", "--port", board.port, "--json").json["alarms"]:
        pass
    program.write_text(PROGRAM)
    done = pumpbench("run", program, *at)
    assert (done.code, done.out) == (4, "")
    assert "the alarm stop-input is latched; acknowledge it first" in done.err
    assert [run["status"] for run in pumpbench("runs", *db, "--json").json["runs"]] == ["closed"]


def test_a_faulty_program_starts_nothing(pumpbench: Command, program: Path, tmp_path: Path) -> None:
    program.write_text(PROGRAM.replace('"20 mL/h"', '"20"'))
    db = tmp_path / "lab.sqlite"
    done = pumpbench("run", program, "--port", "virtual", "--db", db)
    assert (done.code, db.exists()) == (2, False)
    assert '[[segments]] 1, rate = "20": has no unit' in done.err


@pytest.mark.skipif(os.name != "posix", reason="the local socket is asked through a pseudo-terminal's name")
def test_stop_and_status_reach_a_pump_whose_port_a_run_holds(
    pumpbench: Command, program: Path, tmp_path: Path
) -> None:
    program.write_text(PROGRAM.replace("90 s", "1 h"))
    serve = [sys.executable, "-m", "pumpbench", "virtual", "--json"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as board:
        assert board.stdout is not None
        told = json.loads(board.stdout.readline())
        port = told["pty"]
        command = [sys.executable, "-m", "pumpbench", "run", str(program), "--json"]
        command += ["--port", port, "--db", str(tmp_path / "lab.sqlite")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            while run.poll() is None:
                if pumpbench("status", "--port", told["port"], "--json").json["state"] == "running":
                    break
            assert pumpbench("status", "--port", port, "--json").json["state"] == "running"
            assert pumpbench("stop", "--port", port, "--json").json["state"] == "stopped"
            out, err = run.communicate()
        board.send_signal(signal.SIGTERM)
        assert board.wait() == 0
    assert run.returncode == 4
    assert json.loads(out.splitlines()[-1])["state"] == "stopped"
    assert "the run was stopped after" in err
