"""The board's clock is mapped to the wall's through the marks, to the microsecond."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.store import ClockMap, Store

NOW_US = 1_795_000_000_000_000


@given(st.integers(-200, 200), st.integers(0, 10**12), st.lists(st.integers(0, 10**12), min_size=1))
def test_a_steady_drift_is_followed_between_marks(ppm: int, boot_us: int, times: list[int]) -> None:
    ends = np.array([0, 10**12])
    clock = ClockMap(ends, NOW_US + boot_us + ends + ends * ppm // 1_000_000)
    wall = clock.wall_us(np.array(times, np.uint64))
    expected = np.array([NOW_US + boot_us + time + time * ppm // 1_000_000 for time in times])
    assert (abs(wall - expected) <= 1).all()
    assert (abs(clock.time_us(wall) - np.array(times)) <= 2).all()


def test_outside_its_marks_the_nearest_one_counts(store: Store, run: int) -> None:
    store.add_clock_mark(run, 1, 1_000_000, NOW_US)
    store.add_clock_mark(run, 1, 2_000_000, NOW_US + 1_000_100)
    clock = store.clock_maps(run)[1]
    assert clock.wall_us(np.array([0, 3_000_000])).tolist() == [NOW_US - 1_000_000, NOW_US + 2_000_100]


def test_a_run_without_marks_has_no_wall_time(store: Store, run: int) -> None:
    assert store.clock_maps(run) == {}
