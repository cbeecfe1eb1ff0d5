"""The board's clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.host.virtual.plant.bench import make

from pumpbench.virtual.plant.clock import Clock

HOUR_US = 3_600_000_000
TIMES = st.integers(0, 10**14)
ERRORS = st.floats(-1000, 1000)


@pytest.mark.parametrize("error_ppm", [0.0, 20.0, -50.0, 0.5])
def test_error_makes_the_board_count_more_or_less(error_ppm: float) -> None:
    clock = make(clock={"error_ppm": error_ppm}).clock
    assert clock.board_us(HOUR_US) - HOUR_US == round(error_ppm * 3600)


@given(ERRORS, TIMES, st.integers(1, 10**7))
def test_the_boards_time_never_runs_back(error_ppm: float, time_us: int, span_us: int) -> None:
    clock = Clock(error_ppm)
    assert clock.board_us(time_us) <= clock.board_us(time_us + span_us)


@given(ERRORS, TIMES)
def test_true_time_is_the_first_at_which_the_board_shows_a_time(error_ppm: float, board_us: int) -> None:
    clock = Clock(error_ppm)
    true_us = clock.true_us(board_us)
    assert clock.board_us(true_us) >= board_us
    assert true_us == 0 or clock.board_us(true_us - 1) < board_us
