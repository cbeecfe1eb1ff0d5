"""``trial sweep``: real virtual trials in processes and through a real Dask cluster."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.host.cli.conftest import Command
from tests.host.trials.conduct.test_run import protocol


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """Two pumps, one of them 2 % large."""
    folder = tmp_path / "plants"
    folder.mkdir()
    (folder / "good.toml").write_text("")
    (folder / "large.toml").write_text("[pump]\nstroke_volume_ul_per_rev = 51.0\n")
    return folder


def test_a_sweep_gives_the_same_in_processes_and_through_a_cluster(
    pumpbench: Command, tmp_path: Path, plants: Path
) -> None:
    file, out = protocol(tmp_path), tmp_path / "out"
    command = ("trial", "sweep", file, "--plants", plants, "--seeds", "2", "--json")
    here = pumpbench(*command, "--jobs", 2, "--out", out)
    assert here.code == 0, here.err
    found = here.json
    assert (found["trials"], found["failed"], found["simulated"]) == (2, [], True)
    good, large = found["plants"]
    assert (good["plant"], large["plant"]) == ("good", "large")
    # The flow sensor takes part of the 2 % back.
    assert large["mean_error_percent"]["mean"] > good["mean_error_percent"]["mean"] + 0.3
    assert found["intervals"]["count"] == 2
    assert (out / "large" / "2" / "result.json").exists()

    # All that is finished is taken from the folder, and nothing is carried out again.
    kept = (out / "sweep.jsonl").read_text()
    again = pumpbench(*command, "--jobs", 1, "--out", out)
    assert again.json == found
    assert (out / "sweep.jsonl").read_text() == kept

    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.ERROR
    ) as cluster:
        there = pumpbench(*command, "--scheduler", cluster.scheduler_address)
    assert there.code == 0, there.err
    assert there.json == found


def test_people_get_a_table_that_says_simulated(pumpbench: Command, tmp_path: Path, plants: Path) -> None:
    (plants / "large.toml").unlink()
    told = pumpbench("trial", "sweep", protocol(tmp_path), "--plants", plants, "--seeds", "3", "--jobs", 1)
    assert told.code == 0, told.err
    assert "1, simulated" in told.out
    assert "mean error A" in told.out
    assert "Ep(max)" in told.out


def test_trials_that_cannot_be_carried_out_are_told_with_code_4(
    pumpbench: Command, tmp_path: Path, plants: Path
) -> None:
    out = tmp_path / "out"
    (out / "good" / "1").mkdir(parents=True)  # somebody else's
    (plants / "large.toml").unlink()
    command = ("trial", "sweep", protocol(tmp_path), "--plants", plants, "--seeds", "1", "--json")
    told = pumpbench(*command, "--out", out, "--jobs", 1)
    assert told.code == 4
    assert "1 of 1 trials were not carried out; the first, good with seed 1: " in told.err
    assert "holds another trial" in told.err
    assert json.loads(told.out)["failed"][0]["plant"] == "good"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--seeds", "5..1"], 2, '--seeds "5..1" goes back from 5 to 1'),
        (["--jobs", 0], 2, '"0" is not a whole number from 1'),
        (["--jobs", 2, "--scheduler", "tcp://127.0.0.1:1"], 2, "a scheduler has its own workers"),
        (["--plants", "nowhere"], 2, "--plants nowhere is no folder"),
        (["--plants", Path(__file__).parent], 2, "holds no plant file"),
        (["--scheduler", "tcp://127.0.0.1:1"], 3, "no Dask scheduler answers at tcp://127.0.0.1:1"),
    ],
)
def test_what_cannot_be_is_refused_before_a_trial_begins(
    pumpbench: Command,
    tmp_path: Path,
    plants: Path,
    options: list[object],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pumpbench.trials.sweep.cluster.CONNECT_S", 0.5)
    told = pumpbench("trial", "sweep", protocol(tmp_path), "--plants", plants, *options, "--json")
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1)
    assert said in told.err


def test_a_bad_plant_file_is_told_before_a_trial_begins(
    pumpbench: Command, tmp_path: Path, plants: Path
) -> None:
    (plants / "broken.toml").write_text("[pump]\nstroke = 3\n")
    told = pumpbench("trial", "sweep", protocol(tmp_path), "--plants", plants, "--json")
    assert (told.code, told.out) == (2, "")
    assert "broken.toml: [pump] stroke: unknown key" in told.err


def processes_of(session: int) -> list[str]:
    """The processes of a session that live; not those that nobody has reaped."""
    command = ["ps", "-ww", "-s", str(session), "-o", "stat=,args="]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return [process for process in found if not process.startswith("Z")]


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_a_sweep_that_is_interrupted_leaves_no_process_and_goes_on_later(
    pumpbench: Command, tmp_path: Path, plants: Path
) -> None:
    out = tmp_path / "out"
    (plants / "large.toml").unlink()
    command = ["trial", "sweep", str(protocol(tmp_path)), "--plants", str(plants), "--out", str(out)]
    begun = [sys.executable, "-m", "pumpbench", *command, "--seeds", "1..50", "--jobs", "2"]
    with subprocess.Popen(begun, stderr=subprocess.PIPE, text=True, start_new_session=True) as sweep:
        while not (out / "sweep.jsonl").exists():
            assert sweep.poll() is None
            time.sleep(0.1)
        sweep.send_signal(signal.SIGTERM)
        assert sweep.stderr is not None
        said = sweep.stderr.read()
        assert (sweep.wait(), said) == (130, "")
    until = time.monotonic() + 30
    while alive := processes_of(sweep.pid):  # a board sees by itself that nobody is there any more
        assert time.monotonic() < until, alive
        time.sleep(0.1)
    finished = len((out / "sweep.jsonl").read_text().splitlines())
    assert finished < 50
    again = pumpbench(*command, "--seeds", f"1..{finished + 1}", "--jobs", 1, "--json")
    assert again.json["trials"] == finished + 1


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_ctrl_c_while_the_processes_begin_is_left_to_the_command(tmp_path: Path, plants: Path) -> None:
    """A terminal interrupts all of them, also those that still import what they need."""
    command = ["trial", "sweep", str(protocol(tmp_path)), "--plants", str(plants), "--seeds", "1..99"]
    begun = [sys.executable, "-m", "pumpbench", *command, "--jobs", "2"]
    with subprocess.Popen(begun, stderr=subprocess.PIPE, text=True, start_new_session=True) as sweep:
        while len(workers := workers_of(sweep.pid)) < 2:
            assert sweep.poll() is None
            time.sleep(0.01)
        for worker in workers:
            os.kill(worker, signal.SIGINT)
        time.sleep(0.5)
        assert workers_of(sweep.pid) == workers
        os.killpg(sweep.pid, signal.SIGINT)
        assert sweep.stderr is not None
        said = sweep.stderr.read()
        assert (sweep.wait(), said) == (130, "")


def workers_of(session: int) -> list[int]:
    """The numbers of a sweep's processes that carry trials out."""
    command = ["ps", "-ww", "-s", str(session), "-o", "pid=,stat=,args="]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    fields = [line.split(maxsplit=2) for line in found if "spawn_main" in line]
    return [int(pid) for pid, stat, _ in fields if not stat.startswith("Z")]
