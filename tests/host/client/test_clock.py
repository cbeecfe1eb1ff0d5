from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pumpbench.client.clock import ClockMap


def test_knows_nothing_before_the_first_exchange() -> None:
    clock = ClockMap()
    assert not clock.ready
    with pytest.raises(LookupError):
        clock.to_wall_s(0)


@settings(max_examples=50)
@given(st.floats(-200, 200), st.lists(st.floats(1e-4, 5e-2), min_size=30, max_size=60), st.randoms())
def test_finds_offset_and_drift_to_within_a_round_trip(
    drift_ppm: float, trips_s: list[float], random: Random
) -> None:
    clock = ClockMap()
    rate = 1.0 + drift_ppm * 1e-6
    for index, trip_s in enumerate(trips_s):
        sent_s = 1.7e9 + 2.0 * index
        board_s = (sent_s + trip_s * random.random() - 1.7e9) * rate + 5.0
        clock.add(sent_s, sent_s + trip_s, int(board_s * 1e6))
    wall_s = 1.7e9 + len(trips_s)
    board_us = int(((wall_s - 1.7e9) * rate + 5.0) * 1e6)
    assert abs(clock.to_wall_s(board_us) - wall_s) <= max(trips_s) + 1e-5


def test_a_drift_is_carried_on_past_the_last_exchange() -> None:
    clock = ClockMap()
    for second in range(0, 120, 2):
        clock.add(1.7e9 + second, 1.7e9 + second + 2e-4, int((second + 1e-4) * 1e6 * (1 + 80e-6)))
    an_hour_later_us = int(3600 * 1e6 * (1 + 80e-6))
    assert clock.to_wall_s(an_hour_later_us) == pytest.approx(1.7e9 + 3600, abs=2e-3, rel=0)


def test_begins_anew_when_the_wall_clock_was_set() -> None:
    clock = ClockMap()
    for second in range(20):
        clock.add(1000.0 + second, 1000.001 + second, second * 1_000_000)
    clock.add(5000.0, 5000.001, 20_000_000)
    assert clock.to_wall_s(20_000_000) == pytest.approx(5000.0005, abs=1e-3)
