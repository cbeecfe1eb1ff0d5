"""Every error that can be expected is one sentence on standard error and an exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.host.cli.conftest import Command

from pumpbench.cli import exits
from pumpbench.client import errors as client
from pumpbench.expected import sentence_of
from pumpbench.files.errors import CannotRead
from pumpbench.store.errors import DamagedDatabaseError
from pumpbench.virtual import errors as virtual

ROOT = Path(__file__).resolve().parents[3]
RAMP = ROOT / "examples" / "ramp.toml"
TRIAL = ROOT / "examples" / "trials" / "general-5ml-h.toml"
NOWHERE = "socket://127.0.0.1:1"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["chek"], 2, "`pumpbench --help` lists them"),
        (["program"], 2, "Missing command; `pumpbench program` has new, check, stage, commit, show"),
        (["audit", "x"], 2, "No such command 'x'; `pumpbench audit` has verify"),
        (["flash", "--board", "pico"], 2, "pico: is neither a board nor a file that ends in .toml"),
        (["tune", "--plot", "/no/x.svg", "--port", "virtual"], 2, "--plot /no/x.svg: there is no folder /no"),
        (["tune", "--seed", "7", "--port", NOWHERE], 2, "--seed is for a virtual board"),
        (["trial", "run", TRIAL, "--out", RAMP, "--port", "virtual"], 2, "is a file; a trial needs a folder"),
        (["run"], 2, "Missing argument"),
        (["run", "none.toml"], 2, "none.toml: there is no such file"),
        (["run", RAMP, "--port", "virtual", "--speed", "fast"], 2, "speed is 'fast'"),
        (["run", RAMP, "--port", NOWHERE, "--seed", "1"], 2, "--seed is for a virtual board"),
        (["run", RAMP, "--port", "virtual", "--plant", "none.toml"], 2, "no such file"),
        (["virtual", "--speed", "-1"], 2, "speed is -1.0"),
        (["virtual", "--interpreter", "ruby"], 2, "ruby"),
        (["program", "check", ROOT], 2, "is a folder"),
        (["program", "commit", "xyz"], 2, "is no digest"),
        (["prime", "--volume", "0.5"], 2, '--volume "0.5" has no unit; write it like "30 mL"'),
        (["prime", "--volume", "0 mL"], 2, '--volume "0 mL" is nothing'),
        (["bolus", "--volume", "1 mL", "--rate", "1 mL"], 2, "is a volume, but a flow rate is wanted"),
        (["prime", "--volume", "1 mL", "--reservoir", "4"], 2, "--reservoir"),
        (["alarms", "ack", "fire"], 2, 'there is no alarm "fire"'),
        (["reservoir", "set", ROOT / "pyproject.toml"], 2, "unknown key"),
        (["runs", "--db", "none.sqlite"], 2, "none.sqlite"),
        (["export", "1", "--db", "none", "--format", "csv", "--out", "x"], 2, "there is no database"),
        (["export", "1", "--format", "xls", "--out", "x"], 2, "'xls' is not one of"),
        (["audit", "verify", "--db", ROOT / "pyproject.toml"], 2, "pyproject.toml"),
        (["audit", "verify", "--anchor", "7"], 2, '--anchor "7" is not'),
        (["stop", "--port", "virtual"], 2, "name the port that the running one printed"),
        (["info", "--port", NOWHERE], 3, NOWHERE),
        (["stop", "--port", "/dev/none"], 3, "/dev/none"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_in_one_sentence(
    pumpbench: Command, arguments: list[object], code: int, said: str
) -> None:
    outcome = pumpbench(*arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CannotRead("x", "y"), 2),
        (DamagedDatabaseError("x"), 2),
        (virtual.NoInterpreter("x"), 2),
        (client.NoDevice("x"), 3),
        (client.DeviceLost("x"), 3),
        (client.AnswerTimeout("x"), 3),
        (virtual.BoardDied("x"), 3),
        (client.Mismatch("x"), 4),
        (client.ReadBackDiffers("x"), 4),
        (exits.PumpError("x"), 4),
        (ValueError("x"), None),
    ],
)
def test_each_family_of_errors_has_its_exit_code(error: Exception, code: int | None) -> None:
    assert exits.code_of(error) == code


def test_an_error_in_a_callback_counts_as_what_caused_it() -> None:
    error = client.CallbackFailed("a callback failed")
    error.__cause__ = DamagedDatabaseError("x")
    assert exits.code_of(error) == exits.BAD_USAGE
    assert sentence_of(error) == "x"


def test_python_m_pumpbench_is_the_same_command() -> None:
    command = [sys.executable, "-m", "pumpbench", "program", "check", "none.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "pumpbench: none.toml: there is no such file\n"


def test_help_is_shown_without_a_command_and_imports_nothing_heavy() -> None:
    script = (
        "import sys; from pumpbench.cli.main import execute; code = execute([]);"
        "heavy = [name for name in ('numpy', 'sqlite3', 'serial', 'asyncio') if name in sys.modules];"
        "print(heavy, code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "never on a patient" in " ".join(done.stdout.split())
    assert done.stdout.splitlines()[-1] == "[] 0"


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_virtual_tells_its_ports_in_json_and_ends_with_0_when_told_to(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "pumpbench", "virtual", "--json", "--seed", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as board:
        assert board.stdout is not None
        told = json.loads(board.stdout.readline())
        assert {"port", "pty", "balance_port", "control_port", "interpreter"} <= set(told)
        board.send_signal(number)
        assert board.wait() == 0


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_monitor_prints_lines_and_ends_cleanly_on_ctrl_c() -> None:
    command = [sys.executable, "-m", "pumpbench", "monitor", "--port", "virtual", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as monitor:
        assert monitor.stdout is not None
        assert monitor.stderr is not None
        told = json.loads(monitor.stdout.readline())
        time.sleep(0.1)
        monitor.send_signal(signal.SIGINT)
        assert (monitor.wait(), monitor.stderr.read()) == (0, "")
    assert (told["state"], told["simulated"]) == ("stopped", True)
