"""The columns of an export: the record's fields, and what the export adds."""

import numpy as np
from numpy.typing import NDArray

from pumpbench.store.chunks import Records
from pumpbench.store.clock import ClockMap
from pumplink import names
from pumplink.messages import RECORD

TELEMETRY_UNITS: dict[str, str] = {
    "boot": "count",
    "run": "number",
    "counter": "count",
    **{field[0]: str(field[2]).removesuffix(", low word") for field in RECORD},
    "wall_time_utc": "UTC",
    "state_name": "word",
    "missing_records": "count; more than 0 in a row that stands for a gap",
    "simulated": "true or false",
}
"""Unit of each column of telemetry."""

GAP_FIELDS = ("boot", "counter")
"""The fields that a gap's row has; its other ones are empty."""


def state_names(states: NDArray[np.integer]) -> NDArray[np.str_]:
    """The state of each record in words."""
    known = names.STATE_NAMES
    words = np.array([*known, *(f"state-{number}" for number in range(len(known), 256))])
    found: NDArray[np.str_] = words[states]
    return found


def wall_times(records: Records, maps: dict[int, ClockMap]) -> NDArray[np.datetime64]:
    """Wall time of records of one boot; not-a-time when that boot's clock has no marks."""
    clock = maps.get(int(records["boot"][0]))
    if clock is None:
        return np.full(len(records), np.datetime64("NaT", "us"))
    return clock.wall_us(records["time_us"]).view("datetime64[us]")
