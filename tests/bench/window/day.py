"""A day of telemetry at 100 Hz, to be fed to whatever draws it."""

from collections.abc import Iterator

import numpy as np
from tests.bench.store import HZ, second_of_records

from pumpbench.client import Records

TEN_MINUTES = 600 * HZ


def telemetry(records: int, start: int = 0, at_once: int = 8192) -> Iterator[Records]:
    """So many records from the counter `start` on, in pieces: ten minutes of made ones, over and over."""
    randomness = np.random.default_rng(1)
    made = np.concatenate([second_of_records(second, randomness) for second in range(TEN_MINUTES // HZ)])
    counter = start
    while counter < start + records:
        place = counter % TEN_MINUTES
        length = min(at_once, TEN_MINUTES - place, start + records - counter)
        piece: Records = made[place : place + length].copy()
        shift = counter - place
        piece["counter"] += np.uint64(shift)
        piece["time_us"] += np.uint64(shift * (1_000_000 // HZ))
        shift_nl = shift * 1_000_000 // (3600 * HZ)
        for name in ("commanded_nl", "counted_nl", "measured_nl"):
            piece[name] += np.array(shift_nl, piece[name].dtype)
        yield piece
        counter += length
