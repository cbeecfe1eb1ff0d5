"""The board's clock and the wall's: marks of both at one moment, and the map between them."""

import numpy as np
from numpy.typing import NDArray

from pumpbench.store.database import Database


class ClockMap:
    """Wall time of one boot's clock: linear between marks, at the nearest marks' distance outside them."""

    def __init__(self, time_us: NDArray[np.int64], wall_us: NDArray[np.int64]) -> None:
        self._time_us = time_us
        self._ahead_us = wall_us - time_us

    def wall_us(self, time_us: NDArray[np.integer]) -> NDArray[np.int64]:
        """Microseconds since 1970-01-01 UTC, for times since boot in microseconds."""
        times = time_us.astype(np.int64)
        # The difference is interpolated, not the sum: a float holds it to the microsecond relative to the
        # first.
        ahead = np.interp(times, self._time_us, self._ahead_us - self._ahead_us[0])
        wall: NDArray[np.int64] = times + self._ahead_us[0] + np.rint(ahead).astype(np.int64)
        return wall

    def time_us(self, wall_us: NDArray[np.integer]) -> NDArray[np.int64]:
        """Times since boot, for microseconds since 1970-01-01 UTC: `wall_us` the other way round."""
        walls = wall_us.astype(np.int64)
        marked = self._time_us + self._ahead_us
        ahead = np.interp(walls - marked[0], marked - marked[0], self._ahead_us - self._ahead_us[0])
        times: NDArray[np.int64] = walls - self._ahead_us[0] - np.rint(ahead).astype(np.int64)
        return times


class Clock:
    """The clock marks of all runs of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_mark(self, run_id: int, boot: int, time_us: int, wall_us: int) -> None:
        """Note that the board's clock showed time_us when the wall's showed wall_us (since 1970 UTC)."""
        with self._database.transaction():
            self._database.write(
                "INSERT OR REPLACE INTO clock_marks (run_id, boot, time_us, wall_us) VALUES (?, ?, ?, ?)",
                (run_id, boot, time_us, wall_us),
            )

    def maps(self, run_id: int) -> dict[int, ClockMap]:
        """The map of each boot that has marks; empty when the run's records have no wall time."""
        rows = self._database.rows(
            "SELECT boot, time_us, wall_us FROM clock_marks WHERE run_id = ? ORDER BY boot, time_us",
            (run_id,),
        )
        marks: dict[int, list[tuple[int, int]]] = {}
        for row in rows:
            marks.setdefault(row["boot"], []).append((row["time_us"], row["wall_us"]))
        return {
            boot: ClockMap(*(np.array(column, np.int64) for column in zip(*pairs, strict=True)))
            for boot, pairs in marks.items()
        }
