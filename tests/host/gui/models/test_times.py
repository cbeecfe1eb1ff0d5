"""Times of an axis in words."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.gui.models.times import STEPS_S, board_time, moment, step_for, tick_words, ticks

MIDNIGHT = 1_795_474_800.0  # 24 November 2026 in Vienna, an hour ahead of UTC


@pytest.fixture(autouse=True)
def _vienna(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Vienna")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_ticks_of_wall_time_are_at_round_local_times() -> None:
    places = ticks(MIDNIGHT - 8 * 3600, MIDNIGHT + 8 * 3600, 6 * 3600.0, wall=True)
    assert [tick_words(place, 6 * 3600.0, wall=True) for place in places] == ["18:00", "24 Nov", "06:00"]


def test_labels_are_as_fine_as_their_distance() -> None:
    assert tick_words(MIDNIGHT + 61, 1.0, wall=True) == "00:01:01"
    assert tick_words(MIDNIGHT + 0.25, 0.05, wall=True).endswith("00:00:00.250")
    assert tick_words(3661.5, 0.5, wall=False) == "01:01:01.500"
    assert tick_words(3661.0, 60.0, wall=False) == "01:01:01"
    assert tick_words(2 * 86_400.0, 86_400.0, wall=False) == "2 d"


def test_a_moment_is_told_in_full() -> None:
    assert moment(MIDNIGHT + 3661.239, wall=True) == "24 Nov 2026 01:01:01.23"
    assert moment(90_061.239, wall=False) == "1 d 01:01:01.24 (board's time)"


@given(st.floats(-1e7, 1e7), st.integers(0, 3))
def test_a_boards_time_reads_back(seconds: float, decimals: int) -> None:
    text = board_time(seconds, decimals)
    days, _, clock = text.lstrip("−").rpartition(" d ")
    hours, minutes, rest = clock.split(":")
    read = int(days or 0) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + float(rest)
    assert abs(read - abs(seconds)) <= 0.5 * 10**-decimals + 1e-6


@given(st.floats(0.01, 1e8), st.integers(1, 20))
def test_there_are_no_more_ticks_than_have_room(width_s: float, room: int) -> None:
    step = step_for(width_s, room)
    assert step in STEPS_S
    assert step == STEPS_S[-1] or len(ticks(0.0, width_s, step, wall=False)) <= room + 1
