"""A program as a curve, and what dragging it writes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.host.gui.models.test_program_draft import draft, hour

from pumpbench.files.program import Program
from pumpbench.gui.models.program_curve import (
    MOST_PASSES,
    Piece,
    ended_at,
    handle_of_rate,
    outline,
    pieces,
    rate_at_handle,
    rate_text,
    round_to_step,
)
from pumpbench.gui.models.program_draft import ProgramDraft
from pumpbench.units import RATE


def right(made: ProgramDraft) -> Program:
    assert made.program is not None, made.problems
    return made.program


def test_segments_follow_each_other() -> None:
    ramp = {"kind": "ramp", "rate": "1 mL/h", "to_rate": "3 mL/h", "volume": "1 mL"}
    first, second = pieces(right(draft(hour(), ramp)))
    assert (first.begin_s, first.end_s, first.by_volume) == (0, 3600, False)
    assert (second.begin_s, second.end_s, second.by_volume) == (3600, 5400, True)
    assert (second.begin_nl_h, second.end_nl_h, second.is_ramp) == (1_000_000, 3_000_000, True)


def test_the_outline_holds_the_program_s_volume() -> None:
    ramp = {"kind": "ramp", "rate": "1 mL/h", "to_rate": "3 mL/h", "duration": "20 min"}
    program = right(draft(hour(), ramp, {"kind": "pause", "duration": "5 min"}, repeat=3))
    times, rates = outline(program)
    assert np.trapezoid(rates, times) / 3600 * 1e6 == pytest.approx(program.volume_nl)
    assert times[-1] == program.duration_s


def test_an_outline_of_many_repeats_ends_early() -> None:
    times, _ = outline(right(draft(hour(), repeat=10_000)))
    assert times[-1] == MOST_PASSES * 3600


@pytest.mark.parametrize(
    ("segment", "written"),
    [
        (hour(), ("duration", "2 h")),
        ({"kind": "constant", "rate": "1 mL/h", "volume": "1 mL"}, ("volume", "2 mL")),
        ({"kind": "bolus", "rate": "1 mL/h", "volume": "1 mL"}, ("volume", "2 mL")),
        ({"kind": "bolus", "volume": "1 mL", "duration": "1 h"}, ("duration", "2 h")),
        ({"kind": "pause", "duration": "1 h"}, ("duration", "2 h")),
    ],
)
def test_dragging_an_end_changes_what_ends_the_segment(
    segment: dict[str, str], written: tuple[str, str]
) -> None:
    made = draft(segment)
    key, text = ended_at(right(made), 0, 7190.0, 14_400.0)
    assert (key, text.replace("120 min", "2 h")) == written
    made.put(("segments", 0, key), text)
    assert pieces(right(made))[0].end_s == 7200


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_a_rate_s_handle_that_is_not_moved_changes_nothing(begin_nl_h: int, end_nl_h: int) -> None:
    for kind in ("ramp", "constant"):
        piece = Piece(0, kind, 0.0, 60.0, begin_nl_h, end_nl_h if kind == "ramp" else begin_nl_h, False)
        assert rate_at_handle(piece, handle_of_rate(piece)[1]) == pytest.approx(begin_nl_h)


def test_an_end_stays_behind_its_beginning() -> None:
    assert ended_at(right(draft(hour())), 0, -100.0, 10.0) == ("duration", "1 s")


@given(st.floats(0, 1.02e9), st.integers(1, 1_020_000_000))
def test_a_rate_that_is_dragged_to_can_be_read_and_is_near(rate_nl_h: float, top_nl_h: int) -> None:
    read = RATE.parse(rate_text(rate_nl_h, top_nl_h))
    assert abs(read - rate_nl_h) <= top_nl_h / 200 + rate_nl_h * 1e-3 + 1


@given(st.integers(1, 10**8), st.integers(1, 10**8))
def test_rounding_moves_less_than_a_hand_can_hold(seconds: int, span_s: int) -> None:
    assert abs(round_to_step(seconds, span_s) - seconds) <= max(1.0, span_s / 100)
