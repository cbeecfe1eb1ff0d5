"""What a host that was killed in mid-run still misses."""

from pathlib import Path

import numpy as np

from pumpbench.conduct.resume import last_stored
from pumpbench.store import Store

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
