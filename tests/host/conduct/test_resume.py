"""A host that is killed in mid-run: what it still misses is fetched, and nothing is given twice."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from tests.host.conduct.conftest import constant, program

from pumpbench.client import DeviceLost, connect
from pumpbench.conduct import Job, run
from pumpbench.conduct.prepare import description, stage_and_commit
from pumpbench.conduct.resume import last_stored
from pumpbench.files import program as program_file
from pumpbench.store import Store
from pumpbench.store.errors import StoreError
from pumpbench.virtual.board import VirtualBoard

# Times the wall: the board keeps a minute of records, and within that a host has to come back.
SLOWLY = 4
RECORD = np.dtype([("boot", "<u4"), ("counter", "<u8"), ("time_us", "<u8")])


def records(*counters: int) -> "np.ndarray[tuple[int], np.dtype[np.void]]":
    made = np.zeros(len(counters), RECORD)
    made["boot"] = 3
    made["counter"] = counters
    made["time_us"] = made["counter"] * 100_000
    return made


def test_records_are_fetched_from_the_first_hole_on(tmp_path: Path) -> None:
    with Store(tmp_path / "lab.sqlite", who="tester") as store:
        run_id = store.begin_run({"unique_id": "ab", "simulated": True})
        assert last_stored(store, run_id) is None
        store.append_records(run_id, records(0, 1, 2, 3))
        assert last_stored(store, run_id) == (3, 3)
        store.append_records(run_id, records(6, 7, 9))
        assert last_stored(store, run_id) == (3, 3)
        store.add_gap(run_id, 3, 4, 5, "overwritten on the board")
        assert last_stored(store, run_id) == (3, 7)


def test_a_run_without_records_is_fetched_from_its_beginning(tmp_path: Path) -> None:
    with Store(tmp_path / "lab.sqlite", who="tester") as store:
        began = {"unique_id": "ab", "simulated": True, "boot_count": 3, "first_counter": 5}
        run_id = store.begin_run(began)
        assert last_stored(store, run_id) == (3, 4)
        store.append_records(run_id, records(8, 9))
        assert last_stored(store, run_id) == (3, 4)
        assert [(gap.first_counter, gap.last_counter) for gap in store.gaps(run_id)] == [(5, 7)]
        store.append_records(run_id, records(5, 6, 7))
        assert (last_stored(store, run_id), store.gaps(run_id)) == ((3, 9), [])


def test_a_host_killed_before_its_first_record_misses_nothing(tmp_path: Path) -> None:
    file, db = tmp_path / "program.toml", tmp_path / "lab.sqlite"
    file.write_text(program(constant("10 mL/h", "60 s")))
    wanted = program_file.load(file)
    with VirtualBoard(speed=8) as board:
        job = Job(file, port=board.port, db=db)
        with Store(db) as store, connect(board.port) as pump:
            staged = stage_and_commit(pump, wanted)
            text = file.read_text()
            meta = description(pump, store, None, wanted, text, staged.digest, {})
            store.begin_run(meta)
            pump.start(staged.digest)
        time.sleep(1)
        told = run(job)
    assert (told.run_id, told.state, told.telemetry_gaps) == (1, "finished", 0)
    with Store(db) as store:
        stored = store.records(1)
    assert stored["counter"][0] == meta["first_counter"]
    assert stored["counted_nl"][0] < 300  # less than between two records: nothing before the first is missing
    assert set(np.diff(stored["counter"].astype(np.int64))) == {1}


def test_a_link_that_is_lost_for_good_says_how_to_go_on(tmp_path: Path) -> None:
    file = tmp_path / "program.toml"
    file.write_text(program(constant("10 mL/h", "90 s")))
    with VirtualBoard(speed=8) as board:
        db = tmp_path / "lab.sqlite"
        with (
            once_recorded(db, 20, lambda: board.control.fault("unplug")),
            patch("pumpbench.conduct.watch.LINK_PATIENCE_S", 1.0),
            pytest.raises(DeviceLost, match="the same `pumpbench run` goes on recording it"),
        ):
            run(Job(file, port=board.port, db=db))


def test_a_killed_host_goes_on_with_the_same_run_and_misses_nothing(tmp_path: Path) -> None:
    file, db = tmp_path / "program.toml", tmp_path / "lab.sqlite"
    file.write_text(program(constant("10 mL/h", "90 s")))
    command = [sys.executable, "-m", "pumpbench", "run", str(file), "--db", str(db), "--json", "--port"]
    with VirtualBoard(speed=SLOWLY) as board:
        for stored in (50, 250):
            with subprocess.Popen([*command, board.port], stdout=subprocess.DEVNULL) as host:
                wait_for_records(db, stored, host)
                host.kill()
        again = subprocess.run([*command, board.port], capture_output=True, text=True, check=True)
        truth = board.control.truth()
    told = json.loads(again.stdout.splitlines()[-1])
    assert (told["run_id"], told["state"], told["telemetry_gaps"]) == (1, "finished", 0)
    assert 0 <= 250_000 - told["delivered_nl"] <= 250
    assert truth["head_nl"] <= 250_100
    with Store(db) as store:
        counters = store.records(1)["counter"].astype(np.int64)
        numbers = [event.number for event in store.events(1)]
        assert [run.status for run in store.runs()] == ["finished"]
    assert not list(tmp_path.glob("*run1.lock*"))
    assert set(np.diff(counters)) == {1}
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_run_that_a_person_resumes_after_a_reset_is_recorded_to_its_end(tmp_path: Path) -> None:
    file, db = tmp_path / "program.toml", tmp_path / "lab.sqlite"
    file.write_text(program(constant("10 mL/h", "90 s")))
    with VirtualBoard(speed=SLOWLY) as board:
        job = Job(file, port=board.port, db=db)
        with once_recorded(db, 20, board.control.power_cut):
            interrupted = run(job)
        assert (interrupted.state, interrupted.alarms) == ("interrupted", ("reset-in-run",))
        with connect(board.port) as pump:
            pump.acknowledge("reset-in-run")
            pump.start(pump.program()[0], resume=True)
        finished = run(job)
    assert (finished.run_id, finished.state) == (interrupted.run_id, "finished")
    assert finished.quality["resets"] == 1
    assert 0 <= 250_000 - finished.delivered_nl <= 250
    with Store(db) as store:
        assert [kept.status for kept in store.runs()] == ["finished"]
        assert set(store.records(finished.run_id)["boot"].tolist()) == {1, 2}


def wait_for_records(db: Path, count: int, host: "subprocess.Popen[bytes]") -> None:
    """Return once the database holds so many records of the run."""
    while host.poll() is None:
        if has_records(db, count):
            return
        time.sleep(0.1)
    raise AssertionError(f"the host ended by itself before it had {count} records")


def has_records(db: Path, count: int) -> bool:
    try:
        with Store(db, read_only=True) as store:
            return any(run.records >= count for run in store.runs())
    except StoreError:  # it is only being made
        return False


@contextmanager
def once_recorded(db: Path, count: int, act: Callable[[], None]) -> Iterator[None]:
    """Let something happen as soon as the database holds so many records of what is run meanwhile."""
    over = threading.Event()

    def wait() -> None:
        while not has_records(db, count):
            if over.wait(0.1):
                return
        act()

    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        yield
    finally:
        over.set()
        waiting.join()
