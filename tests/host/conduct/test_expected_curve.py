"""The curve of a dry run, formed a piece at a time."""

import numpy as np
import pytest

from pumpbench.client.records import RECORD_DTYPE
from pumpbench.conduct.expected_curve import MOST_POINTS, Curves, Forming

HOUR_S = 3600


def records(first_s: int, last_s: int) -> np.ndarray:
    """One a second: a flow of as many mL/h as seconds have passed, 1 nL counted a second."""
    made = np.zeros(last_s - first_s, RECORD_DTYPE)
    seconds = np.arange(first_s, last_s)
    made["time_us"] = 5_000_000 + seconds * 1_000_000
    made["counted_nl"] = 70 + seconds
    made["flow_nl_h"] = seconds * 1000
    return made


def formed(*pieces: np.ndarray) -> Curves:
    forming = Forming(HOUR_S)
    for piece in pieces:
        forming.add(piece)
    return forming.curves()


def test_nothing_has_no_points() -> None:
    assert len(formed(records(0, 0)).time_s) == 0


def test_in_pieces_it_is_what_it_is_as_a_whole() -> None:
    whole, pieces = formed(records(0, HOUR_S)), formed(records(0, 7), records(7, 1000), records(1000, HOUR_S))
    assert len(whole.time_s) == MOST_POINTS
    for name in Curves.__dataclass_fields__:
        assert np.allclose(getattr(whole, name), getattr(pieces, name))


def test_times_and_volumes_begin_at_nothing_and_each_point_is_a_mean() -> None:
    curves = formed(records(0, HOUR_S))
    assert curves.time_s[:6] == pytest.approx([0.5, 2, 3, 4, 5, 6.5])  # pieces of 1.2 s
    assert curves.commanded_ml_h[0] == pytest.approx(0.0005)
    assert curves.volume_ml[-1] == pytest.approx((HOUR_S - 1) / 1e6)


def test_a_run_that_lasts_longer_than_its_program_is_shown_to_its_end() -> None:
    assert formed(records(0, 2 * HOUR_S)).time_s[-1] == pytest.approx(2 * HOUR_S - 1)
