"""Records, events and runs to fill a store with."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from pumpbench.client.records import RECORD_DTYPE, Records
from pumpbench.store import Store

PERIOD_US = 10_000


def records_of(boot: int, counters: Iterable[int]) -> Records:
    """Records at 100 Hz whose fields can be told from their counter."""
    numbers = np.array(list(counters), np.int64)
    records: Records = np.zeros(len(numbers), RECORD_DTYPE)
    records["boot"], records["counter"] = boot, numbers
    records["time_us"] = numbers * PERIOD_US
    records["counted_nl"] = numbers * 3
    records["measured_nl"] = -numbers
    records["steps"] = numbers * 8
    records["set_nl_h"] = 50_000
    records["pressure_pa"] = 12_000 - numbers % 7
    records["state"] = 1
    return records


def event(number: int, code: int = 7, boot: int = 1, **more: int) -> dict[str, int]:
    """An event of a board, one second apart."""
    plain = {"run": 1, "time_us": number * 1_000_000, "code": code, "priority": 0, "a": 0, "b": 0}
    return {"number": number, "boot": boot, **plain, **more}


def begun(store: Store, **meta: Any) -> int:
    """A run of a simulated board that was just begun."""
    return store.begin_run({"unique_id": "0badcafe", "simulated": True, "name": "sample", **meta})


def keys(records: Records) -> list[tuple[int, int]]:
    """(boot, counter) of each record."""
    return list(zip(records["boot"].tolist(), records["counter"].tolist(), strict=True))
