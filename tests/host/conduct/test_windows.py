"""The most that a program delivers within a window of time."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.conduct.windows import DAY_S, HOUR_S, most_within
from pumpbench.files.program import Program, parse


def program(*segments: dict[str, Any], **head: Any) -> Program:
    return parse({"program": {"name": "x", **head}, "segments": list(segments)}, "x")


def constant(rate: str, duration: str, reservoir: int = 0) -> dict[str, Any]:
    return {"kind": "constant", "rate": rate, "duration": duration, "reservoir": reservoir}


def test_a_constant_rate_fills_the_window_or_its_own_length() -> None:
    assert most_within(program(constant("1 mL/h", "5 h")), HOUR_S) == pytest.approx(1e6)
    assert most_within(program(constant("1 mL/h", "30 min")), HOUR_S) == pytest.approx(5e5)


def test_the_window_is_laid_over_the_end_of_a_pass_and_the_beginning_of_the_next() -> None:
    once = (constant("6 mL/h", "10 min"), constant("1 mL/h", "30 min"), constant("6 mL/h", "20 min"))
    assert most_within(program(*once, repeat=2), HOUR_S / 2) == pytest.approx(3e6)


def test_reservoirs_are_counted_apart() -> None:
    both = program(constant("1 mL/h", "1 h"), constant("2 mL/h", "1 h", 1))
    assert most_within(both, DAY_S, 0) == pytest.approx(1e6)
    assert most_within(both, DAY_S, 1) == pytest.approx(2e6)
    assert most_within(both, DAY_S) == pytest.approx(3e6)


def test_very_many_short_repeats_are_told_fast_and_never_too_little() -> None:
    on, off = constant("6 mL/h", "20 s"), {"kind": "pause", "duration": "10 s"}
    found = most_within(program(*[on, off] * 16, repeat=10_000), DAY_S)
    assert 24 * 4e6 - 1 <= found <= 24 * 4e6 + 6e6 / 180


def test_a_ramp_has_its_most_where_it_is_highest() -> None:
    up = {"kind": "ramp", "rate": "0 mL/h", "to_rate": "4 mL/h", "duration": "4 h", "reservoir": 0}
    assert most_within(program(up), HOUR_S) == pytest.approx(3.5e6, rel=1e-3)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 9)), min_size=1, max_size=5),
    st.integers(1, 4),
    st.integers(1, 120),
)
def test_it_is_never_less_than_what_a_walk_minute_by_minute_finds(
    found: list[tuple[int, int]], repeat: int, window_min: int
) -> None:
    made = program(*(constant(f"{rate} mL/h", f"{minutes} min") for minutes, rate in found), repeat=repeat)
    by_minute = [Fraction(rate * 1_000_000, 60) for minutes, rate in found for _ in range(minutes)] * repeat
    walked = max(sum(by_minute[at : at + window_min]) for at in range(len(by_minute)))
    assert most_within(made, window_min * 60.0) == pytest.approx(float(walked))
