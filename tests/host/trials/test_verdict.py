"""The decision rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.trials.verdict import FAIL, INCONCLUSIVE, PASS, Judgement, overall


@pytest.mark.parametrize(
    ("result", "expanded", "verdict"),
    [
        (4.0, 1.0, PASS), (-4.0, 1.0, PASS), (4.5, 1.0, INCONCLUSIVE), (-5.9, 1.0, INCONCLUSIVE),
        (6.0, 1.0, INCONCLUSIVE), (6.1, 1.0, FAIL), (-6.1, 1.0, FAIL),
        (0.0, None, INCONCLUSIVE), (50.0, None, INCONCLUSIVE), (None, 1.0, INCONCLUSIVE),
    ],
)  # fmt: skip
def test_rule(result: float | None, expanded: float | None, verdict: str) -> None:
    assert Judgement("mean error", result, expanded, 5.0).verdict == verdict


@given(st.floats(-20, 20), st.floats(0, 5), st.floats(0.1, 10))
def test_nothing_passes_and_fails_by_the_sign(result: float, expanded: float, limit: float) -> None:
    one, other = (Judgement("A", side * result, expanded, limit).verdict for side in (1, -1))
    assert one == other
    if one == PASS:
        assert abs(result) <= limit
    if one == FAIL:
        assert abs(result) > limit


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([1.0, 2.0], PASS), ([1.0, 4.9], INCONCLUSIVE), ([4.9, 9.0], FAIL), ([None, 9.0], FAIL),
        ([None, 1.0], INCONCLUSIVE), ([], INCONCLUSIVE),
    ],
)  # fmt: skip
def test_overall(results: list[float | None], verdict: str) -> None:
    assert overall([Judgement("A", result, 0.2, 5.0) for result in results]) == verdict
