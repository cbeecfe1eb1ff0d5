"""Where a program is and until when."""

import pytest

from pumpbench.client import Program, Reservoir, Segment
from pumpbench.gui.models.forecast import running_dry, seconds_of, spot_of, volume_of

CONSTANT = Segment("constant", 0, rate_nl_h=1_000_000, duration_s=3600)
RAMP = Segment("ramp", 0, rate_nl_h=0, to_rate_nl_h=2_000_000, duration_s=3600)
PAUSE = Segment("pause", 0, duration_s=600)
BOLUS = Segment("bolus", 1, rate_nl_h=10_000_000, volume_nl=100_000)
KEEP_OPEN = Segment("keep-open", 0, duration_s=3600)
PROGRAM = Program("all kinds", (CONSTANT, RAMP, PAUSE, BOLUS, KEEP_OPEN), keep_open_nl_h=50_000, repeat=3)
ONCE_NL, ONCE_S = 2_150_000, 3600 + 3600 + 600 + 36 + 3600


def reservoir(index: int, contents_nl: int, empty_at_nl: int = 0) -> Reservoir:
    return Reservoir(index, 30_000_000, contents_nl, 0, empty_at_nl, 0, "", 0, 0, 0)


def test_segments_last_and_deliver_what_the_board_will_make_of_them() -> None:
    assert [volume_of(one, PROGRAM) for one in PROGRAM.segments] == [1e6, 1e6, 0, 1e5, 5e4]
    assert [seconds_of(one, PROGRAM) for one in PROGRAM.segments] == [3600, 3600, 600, 36, 3600]


def test_half_way_through_a_constant_segment() -> None:
    spot = spot_of(PROGRAM, 0, 500_000)
    assert spot is not None
    assert (spot.repeat, spot.fraction, spot.left_s) == (0, 0.5, 1800)
    assert spot.to_end_s == 3 * ONCE_S - 1800


def test_a_quarter_of_a_ramps_volume_is_half_its_time() -> None:
    spot = spot_of(PROGRAM, 1, 1_000_000 + 250_000)
    assert spot is not None
    assert spot.left_s == pytest.approx(1800)


def test_the_repeat_is_told_by_the_volume() -> None:
    spot = spot_of(PROGRAM, 0, 2 * ONCE_NL + 500_000)
    assert spot is not None
    assert (spot.repeat, spot.left_s, spot.to_end_s) == (2, 1800, ONCE_S - 1800)


def test_a_pause_is_told_whole_because_no_volume_shows_how_far_it_is() -> None:
    spot = spot_of(PROGRAM, 2, 2_000_000)
    assert spot is not None
    assert spot.left_s == 600


def test_a_segment_that_the_program_has_not_is_no_place() -> None:
    assert spot_of(PROGRAM, 5, 0) is None


def test_a_reservoir_that_lasts_never_runs_dry() -> None:
    spot = spot_of(PROGRAM, 0, 0)
    assert spot is not None
    assert running_dry(PROGRAM, spot, [reservoir(0, 30_000_000), reservoir(1, 30_000_000)]) is None


@pytest.mark.parametrize(
    ("contents_nl", "empty_at_nl", "in_s"),
    [
        (500_000, 0, 1800),  # within the first segment
        (600_000, 100_000, 1800),  # down to its mark
        (1_250_000, 0, 3600 + 1800),  # a quarter of the ramp's volume
        (2_050_000 + 500_000, 0, ONCE_S + 1800),  # in the second round
        (2 * 2_050_000 + 500_000, 0, 2 * ONCE_S + 1800),  # in the last one
    ],
)
def test_when_a_reservoir_runs_dry(contents_nl: int, empty_at_nl: int, in_s: float) -> None:
    spot = spot_of(PROGRAM, 0, 0)
    assert spot is not None
    found = running_dry(PROGRAM, spot, [reservoir(0, contents_nl, empty_at_nl), reservoir(1, 30_000_000)])
    assert found is not None
    assert found.in_s == pytest.approx(in_s)
    assert found.reservoir == 0


def test_the_reservoir_that_runs_dry_first_is_the_one_to_know_of() -> None:
    spot = spot_of(PROGRAM, 0, 0)
    assert spot is not None
    found = running_dry(PROGRAM, spot, [reservoir(0, 30_000_000), reservoir(1, 150_000)])
    assert found is not None
    assert found.reservoir == 1
    assert found.in_s == pytest.approx(ONCE_S + 7800 + 18)


def test_a_program_of_ten_thousand_rounds_is_foreseen_at_once() -> None:
    program = Program("drip", (CONSTANT,), repeat=10_000)
    spot = spot_of(program, 0, 0)
    assert spot is not None
    found = running_dry(program, spot, [reservoir(0, 900_500_000)])
    assert found is not None
    assert found.in_s == pytest.approx(900.5 * 3600)


def test_what_is_over_of_the_segment_is_not_counted_again() -> None:
    spot = spot_of(PROGRAM, 1, 1_250_000)
    assert spot is not None
    found = running_dry(PROGRAM, spot, [reservoir(0, 750_000 + 25_000)])
    assert found is not None
    assert found.in_s == pytest.approx(1800 + 600 + 36 + 1800)
