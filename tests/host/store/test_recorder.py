"""The recorder takes records at once, commits them soon, and loses none."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.host.store.samples import begun, event, records_of

from pumpbench.store import Recorder, Store, recorder
from pumpbench.store.errors import StoreError, WriteError


def test_records_are_committed_by_themselves(store: Store, run: int, path: Path) -> None:
    with store.recorder(run) as taking, Store(path, read_only=True) as reader:
        taking.append(records_of(1, range(5)))
        deadline = time.monotonic() + 60
        while reader.last_counter(run, 1) != 4 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert reader.last_counter(run, 1) == 4


def test_closing_commits_what_is_left(store: Store, run: int) -> None:
    with store.recorder(run) as taking:
        for counter in range(100):
            taking.append(records_of(1, [counter]))
    assert taking.committed == 100
    assert len(store.records(run)) == 100
    with pytest.raises(StoreError, match="closed"):
        taking.append(records_of(1, [100]))


def test_records_are_copied_so_that_a_caller_may_use_its_array_again(store: Store, run: int) -> None:
    records = records_of(1, range(3))
    with store.recorder(run) as taking:
        taking.append(records)
        records["counter"] += 50
    assert store.records(run)["counter"].tolist() == [0, 1, 2]


def test_many_threads_may_append_at_once(store: Store, run: int) -> None:
    def append_all(taking: Recorder, first: int) -> None:
        for start in range(first, first + 2100, 7):
            taking.append(records_of(1, range(start, start + 7)))

    with store.recorder(run) as taking:
        threads = [
            threading.Thread(target=append_all, args=(taking, first)) for first in range(0, 8400, 2100)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert store.records(run)["counter"].tolist() == list(range(8400))


def test_an_array_larger_than_the_buffer_goes_through_it(store: Store, run: int) -> None:
    count = 3 * recorder.CAPACITY
    with store.recorder(run) as taking:
        taking.append(records_of(1, range(count)))
        assert taking._waiting_count <= recorder.CAPACITY
    assert store.run(run).records == count


def test_events_are_stored_before_they_may_be_acknowledged(store: Store, run: int, path: Path) -> None:
    with store.recorder(run) as taking, Store(path, read_only=True) as reader:
        assert taking.add_event(event(1))
        assert len(reader.events(run)) == 1


def test_a_full_disk_keeps_the_records_until_there_is_room(store: Store, run: int) -> None:
    pages = store._database.rows("PRAGMA page_count")[0][0]
    taking = store.recorder(run)
    store._database.write(f"PRAGMA max_page_count = {pages}")
    taking.append(records_of(1, range(50_000)))
    with pytest.raises(WriteError, match="the disk is full"):
        taking.flush()
    assert taking.problem is not None
    with pytest.raises(WriteError, match="the disk is full"):
        taking.append(records_of(1, range(50_000, 50_000 + 10 * recorder.CAPACITY)))
    assert taking._waiting_count <= recorder.CAPACITY
    store._database.write("PRAGMA max_page_count = 1000000")
    taking.close()
    assert taking.problem is None
    kept = store.records(run)["counter"]
    assert len(kept) >= 50_000
    assert store.gaps(run) == []


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_file_that_may_not_grow_gives_one_sentence_and_the_database_stays_whole(tmp_path: Path) -> None:
    script = """
import resource, sys
from pumpbench.store import Store
from pumpbench.store.errors import StoreError
from tests.host.store.samples import begun, event, records_of
store = Store(sys.argv[1])
run = begun(store)
store.append_records(run, records_of(1, range(100)))
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
try:
    for start in range(100, 10**7, 5000):
        store.append_records(run, records_of(1, range(start, start + 5000)))
except StoreError as error:
    print(error)
else:
    raise SystemExit("the limit was not met")
"""
    path = tmp_path / "small.sqlite"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, cwd=root, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "small.sqlite" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    with Store(path) as store:
        (run,) = store.runs()
        found = store.records(run.id)["counter"]
        assert found.tolist() == list(range(len(found)))
        assert len(found) >= 100


def test_a_recorder_of_a_run_that_is_not_open_says_so(store: Store) -> None:
    run = begun(store)
    store.finish_run(run, {})
    taking = store.recorder(run)
    taking.append(records_of(1, [0]))
    with pytest.raises(StoreError, match="finished"):
        taking.close()
