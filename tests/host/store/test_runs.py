"""Runs are begun, resumed, ended and found; a killed recorder's run is seen as interrupted."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.host.store.samples import begun, event, records_of

from pumpbench.store import Store, default_path
from pumpbench.store.errors import BadEntryError, RunNotOpenError, UnknownEntryError
from pumpbench.store.runlock import lock_path

RECORDING = """
import sys, time
import numpy as np
from pumpbench.store import Store
store = Store(sys.argv[1])
run = store.begin_run({"unique_id": "0badcafe", "simulated": True})
dtype = [("boot", "<u4"), ("counter", "<u8"), ("time_us", "<u8")]
with store.recorder(run) as recorder:
    for counter in range(10**9):
        recorder.append(np.array([(1, counter, counter * 10_000)], dtype))
        if counter % 100 == 0:
            recorder.add_event({"number": counter // 100, "boot": 1, "run": 1, "time_us": counter * 10_000,
                                "code": 7, "priority": 0, "a": 0, "b": 0})
        print(counter, time.time(), flush=True)
        time.sleep(0.002)
"""


HELD_UP_S = 0.05  # between two lines: ten times as long as usual


def killed_recorder(path: Path, seconds: float) -> tuple[int, int]:
    """Record in a process of its own and kill it; the last counters before the last second, and in all.

    Only time in which the process was not held up counts: while it stands still it commits nothing.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", RECORDING, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told, awake_s = [process.stdout.readline()], 0.0
    while awake_s < seconds:
        told.append(process.stdout.readline())
        awake_s += awake_between(told[-2], told[-1])
    with Store(path, read_only=True) as reader:  # while the other process records
        assert [run.status for run in reader.runs()] == ["recording"]
    os.kill(process.pid, signal.SIGKILL)
    output = process.stdout.read()
    process.wait()
    told += [line for line in output.splitlines() if line.count(" ") == 1 and line.count(".") == 1]
    last, awake_s = len(told) - 1, 0.0
    while awake_s < 1:
        last -= 1
        awake_s += awake_between(told[last], told[last + 1])
    return int(told[last].split()[0]), int(told[-1].split()[0])


def awake_between(line: str, following: str) -> float:
    return min(float(following.split()[1]) - float(line.split()[1]), HELD_UP_S)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX signal")
def test_a_kill_loses_at_most_the_last_second_and_the_run_can_be_resumed(path: Path) -> None:
    a_second_ago, last = killed_recorder(path, 2.3)
    with Store(path) as store:
        (run,) = store.runs()
        assert run.status == "interrupted"
        kept = store.last_counter(run.id, 1)
        assert kept is not None
        assert kept >= a_second_ago
        assert len(store.records(run.id)) == kept + 1
        assert len(store.events(run.id)) >= kept // 100
        assert store.audit.verify().whole
        store.resume_run(run.id, boot_count=1, time_us=last * 10_000)
        assert store.run(run.id).status == "recording"
        numbers = np.arange(kept + 1, last + 1)
        missed = np.zeros(len(numbers), store.records(run.id).dtype)
        missed["boot"], missed["counter"], missed["time_us"] = 1, numbers, numbers * 10_000
        store.append_records(run.id, missed)
        store.finish_run(run.id, {})
        assert store.gaps(run.id) == []
        assert store.run(run.id).records == last + 1


def test_a_run_can_be_resumed_while_another_program_looks_whether_it_is_recorded(path: Path) -> None:
    with Store(path) as store:
        run = begun(store)
    looking = sqlite3.connect(lock_path(path, run), isolation_level=None, check_same_thread=False)
    looking.execute("BEGIN")
    looking.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    threading.Timer(0.3, looking.close).start()
    with Store(path) as store:
        store.resume_run(run)
        assert store.run(run).status == "recording"


def test_a_run_goes_from_recording_to_finished(store: Store, path: Path) -> None:
    run = begun(store, who="Ada", rate_hz=10)
    assert store.run(run).status == "recording"
    with Store(path, read_only=True) as reader:
        assert reader.run(run).status == "recording"
    store.finish_run(run, {"delivered_nl": 5})
    found = store.run(run)
    assert (found.status, found.summary, found.who) == ("finished", {"delivered_nl": 5}, "Ada")
    assert found.meta["rate_hz"] == 10
    assert [entry.action for entry in store.audit.entries()] == ["run started", "run finished"]
    assert not list(path.parent.glob("*.lock"))


def test_what_a_killed_process_left_is_removed_but_no_lock_that_is_held(store: Store, path: Path) -> None:
    held = begun(store)
    killed = Path(f"{path}-run{held + 1}.lock")
    for left in (killed, Path(f"{killed}-journal")):
        left.touch()
    with Store(path) as other:
        assert other.run(held).status == "recording"
    assert not list(path.parent.glob(f"{killed.name}*"))
    assert list(path.parent.glob("*.lock"))


def test_a_run_left_open_is_interrupted_until_it_is_closed(path: Path) -> None:
    with Store(path) as store:
        run = begun(store)
    with Store(path) as store:
        assert store.run(run).status == "interrupted"
        store.close_run(run, "the board was taken away")
        assert store.run(run).status == "closed"
        assert store.run(run).summary == {"reason": "the board was taken away"}


def test_a_finished_run_takes_nothing_more(store: Store, run: int) -> None:
    store.finish_run(run, {})
    for attempt in (
        lambda: store.append_records(run, records_of(1, [0])),
        lambda: store.add_event(run, event(1)),
        lambda: store.add_gap(run, 1, 0, 1, "?"),
        lambda: store.resume_run(run),
        lambda: store.finish_run(run, {}),
    ):
        with pytest.raises(RunNotOpenError, match=f"run {run} .*finished"):
            attempt()


def test_a_run_is_recorded_by_one_program_only(store: Store, run: int, path: Path) -> None:
    with Store(path) as other:
        with pytest.raises(RunNotOpenError, match="another program"):
            other.resume_run(run)
        with pytest.raises(RunNotOpenError, match="another program"):
            other.finish_run(run, {})
        with pytest.raises(RunNotOpenError, match="is recording"):
            other.append_records(run, records_of(1, [0]))


def test_a_board_that_lost_its_memory_cannot_resume(path: Path) -> None:
    with Store(path) as store:
        run = begun(store, boot_count=3, time_us=0)
        store.append_records(run, records_of(3, range(1000)))
    with Store(path) as store:
        with pytest.raises(RunNotOpenError, match="lost its memory"):
            store.resume_run(run, boot_count=1, time_us=5_000_000)
        store.resume_run(run, boot_count=4, time_us=1)


@pytest.mark.parametrize(
    ("meta", "named"),
    [
        ({"simulated": True}, "unique_id"),
        ({"unique_id": "00"}, "simulated"),
        ({"unique_id": "00", "simulated": 1}, "simulated"),
    ],
)
def test_a_run_needs_its_board_and_whether_it_is_simulated(
    store: Store, meta: dict[str, Any], named: str
) -> None:
    with pytest.raises(BadEntryError, match=f"'{named}'"):
        store.begin_run(meta)
    assert store.runs() == []


def test_a_run_with_a_tube_set_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(UnknownEntryError, match="no tube set 9"):
        begun(store, tube_set=9)


def test_runs_are_found_by_what_is_known_of_them(store: Store) -> None:
    tube = store.tubes.new("silicone 0.5 mm")
    first = begun(store, name="HAI 14 days", tube_set=tube)
    second = store.begin_run({"unique_id": "beef", "simulated": False, "name": "ramp"})
    store.finish_run(first, {})
    assert [run.id for run in store.runs()] == [second, first]
    assert [run.id for run in store.runs(simulated=False)] == [second]
    assert [run.id for run in store.runs(name="hai")] == [first]
    assert [run.id for run in store.runs(status="recording")] == [second]
    assert [run.id for run in store.runs(tube_set=tube, unique_id="0badcafe")] == [first]
    assert [run.id for run in store.runs(limit=1)] == [second]
    started = store.run(second).started_wall_us
    assert [run.id for run in store.runs(since_wall_us=started)] == [second]
    assert [run.id for run in store.runs(until_wall_us=started)] == [first]
    latest = store.latest_run()
    assert latest is not None
    assert latest.id == second


def test_the_bundle_binds_what_was_run(store: Store) -> None:
    tube = store.tubes.new("silicone", "L1")
    calibration = store.calibrations.add(tube, {"points": 1}, [[1, 2]], {})
    known = {
        "firmware_hash": b"\x01\x02",
        "program_text": "[program]",
        "program_digest": "aa",
        "conditions": {"t_c": 21},
    }
    first, second = (
        store.run(begun(store, tube_set=tube, calibration=calibration, **known, **more))
        for more in ({}, {"firmware": "9.9.9"})
    )
    assert first.bundle["firmware"]["firmware_hash"] == "0102"
    assert first.bundle["calibration"]["sha256"] == store.calibrations.get(calibration).sha256
    assert first.bundle["tube_set"]["lot"] == "L1"
    assert len(first.bundle["program"]["text_sha256"]) == 64
    assert first.bundle["simulated"] is True
    assert first.bundle_sha256 != second.bundle_sha256
    started = [entry for entry in store.audit.entries() if entry.action == "run started"]
    assert first.bundle_sha256 in started[0].details


def test_without_a_path_the_database_is_in_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    with Store() as store:
        assert store.path == default_path()
        assert store.path.exists()
