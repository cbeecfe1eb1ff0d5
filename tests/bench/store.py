"""The store: a day at 100 Hz written, a ten-minute window read; beside one SQLite row a record."""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tests.bench.figure import Figure

from pumpbench.client.records import RECORD_DTYPE, Records
from pumpbench.store import Store

HZ = 100
DAY = 24 * 3600 * HZ
WINDOW_US = 600 * 1_000_000
WINDOWS = 25
PEER_IS = "a row a record, executemany"


def figures(quick: bool) -> list[Figure]:
    """Seconds for a day's records (quick: scaled up from an hour's), milliseconds for a window."""
    records = DAY // 24 if quick else DAY
    with tempfile.TemporaryDirectory() as folder:
        ours, ours_file = _write_ours(Path(folder) / "ours.sqlite", records)
        ours_window = _read_ours(Path(folder) / "ours.sqlite", records)
        peers, peer_file, peer_window = _peer(Path(folder) / "peer.sqlite", min(records, DAY // 24))
    scale = DAY / records
    peer_scale = DAY / min(records, DAY // 24)
    note = "store: recorded in one-second arrays, every commit flushed; the peer scaled up from one hour"
    return [
        Figure("store: write a day at 100 Hz", "s", ours * scale, peers * peer_scale, PEER_IS, "<= 60", note),
        Figure(
            "store: read a 10-minute window, slowest of 25",
            "ms",
            ours_window * 1e3,
            peer_window * 1e3,
            PEER_IS,
            "<= 50",
        ),
        Figure(
            "store: size of a record on disk",
            "bytes",
            ours_file / records,
            peer_file * peer_scale / DAY,
            PEER_IS,
        ),
    ]


def second_of_records(second: int, randomness: np.random.Generator) -> Records:
    """One second at 100 Hz and 1 mL/h, every field alive, with sensor noise at 20 Hz."""
    index = np.arange(second * HZ, (second + 1) * HZ, dtype=np.int64)
    records: Records = np.zeros(HZ, RECORD_DTYPE)
    noise = np.repeat(randomness.normal(0, 20_000, HZ // 5), 5).astype(np.int64)
    records["boot"] = records["run"] = records["state"] = 1
    records["counter"] = index
    records["time_us"] = index * (1_000_000 // HZ) + randomness.integers(0, 40, HZ)
    records["commanded_nl"] = index * 1_000_000 // (3600 * HZ)
    records["counted_nl"] = records["commanded_nl"]
    records["measured_nl"] = (index * 1_000_000 + noise) // (3600 * HZ)
    records["steps"] = index * 18 // HZ
    records["set_nl_h"] = 1_000_000
    records["flow_nl_h"] = 1_000_000 + int(randomness.integers(-500, 500))
    records["measured_nl_h"] = 1_000_000 + noise
    records["rotor_mdeg"] = index * 18 // HZ * 112 % 360_000
    records["pressure_pa"] = 12_000 + np.repeat(randomness.normal(0, 40, HZ // 5), 5).astype(np.int64)
    records["remaining_nl"] = 30_000_000 - records["counted_nl"].astype(np.int64)
    records["temperature_mc"] = 25_000 + int(randomness.integers(-20, 20))
    records["flags"] = 0x71
    return records


def _write_ours(path: Path, count: int) -> tuple[float, int]:
    seconds = _made(count)
    spent = 0.0
    with Store(path) as store:
        run = store.begin_run({"unique_id": "00", "simulated": True, "steps_per_rev": 3200})
        started = time.perf_counter()
        with store.recorder(run) as recorder:
            for start in range(0, count // HZ, len(seconds)):
                made = time.perf_counter()
                if start:
                    _make_later(seconds)
                spent += time.perf_counter() - made
                for second in seconds:
                    recorder.append(second)
        store.finish_run(run, {})
        elapsed = time.perf_counter() - started - spent
        found = store.run(run).records
    if found != count:
        raise AssertionError(f"{found} of {count} records were stored")
    return elapsed, path.stat().st_size


def _make_later(seconds: list[Records]) -> None:
    """Turn an hour into the next one."""
    for second in seconds:
        second["counter"] += np.uint64(len(seconds) * HZ)
        second["time_us"] += np.uint64(len(seconds) * 1_000_000)


def _read_ours(path: Path, count: int) -> float:
    starts = np.random.default_rng(2).integers(0, count * (1_000_000 // HZ) - WINDOW_US, WINDOWS)
    with Store(path, read_only=True) as store:
        (run,) = store.runs()
        return _slowest(lambda start: store.records(run.id, start, start + WINDOW_US), starts.tolist())


def _peer(path: Path, count: int) -> tuple[float, int, float]:
    seconds = _made(count)
    names = RECORD_DTYPE.names or ()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"CREATE TABLE records ({', '.join(f'{name} INTEGER' for name in names)})")
    connection.execute("CREATE INDEX by_time ON records (time_us)")
    insert = f"INSERT INTO records VALUES ({', '.join('?' * len(names))})"
    started = time.perf_counter()
    for second in seconds:
        connection.executemany(insert, second.tolist())
        connection.commit()
    written = time.perf_counter() - started
    last = int(seconds[-1]["time_us"][-1]) - WINDOW_US
    select = "SELECT * FROM records WHERE time_us >= ? AND time_us < ?"
    window = _slowest(
        lambda start: np.array(
            connection.execute(select, (start, start + WINDOW_US)).fetchall(), RECORD_DTYPE
        ),
        np.random.default_rng(2).integers(0, last, WINDOWS).tolist(),
    )
    connection.close()
    return written, path.stat().st_size, window


def _slowest(read: Callable[[int], Records], starts: list[int]) -> float:
    """Seconds for the slowest window, each the best of three readings: not the machine's load."""
    slowest = 0.0
    for start in starts:
        spent = []
        for _ in range(3):
            began = time.perf_counter()
            window = read(start)
            spent.append(time.perf_counter() - began)
        if abs(len(window) - 600 * HZ) > 1:
            raise AssertionError(f"the window holds {len(window)} records")
        slowest = max(slowest, min(spent))
    return slowest


def _made(count: int) -> list[Records]:
    """An hour's seconds, or fewer."""
    randomness = np.random.default_rng(1)
    return [second_of_records(second, randomness) for second in range(min(count // HZ, 3600))]
