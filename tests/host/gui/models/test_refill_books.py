"""A refill's bookkeeping, against the worked figures of hepatic-artery infusion."""

import pytest

from pumpbench.gui.models.program_summary import FAULT, FINE, NOTE
from pumpbench.gui.models.refill_books import books, lines

ML = 1_000_000
FILLED, LEFT = 30 * ML, 11_800_000  # 14 days at 1.3 mL/day


def test_what_came_back_as_expected_is_a_flow_that_was_right() -> None:
    kept = books(FILLED, LEFT, LEFT)
    assert kept is not None
    assert kept.accuracy_percent == pytest.approx(0)
    assert [line.weight for line in lines(FILLED, LEFT, LEFT)] == [FINE, FINE, FINE]


@pytest.mark.parametrize(
    ("returned_ml", "percent", "beyond"),
    [(9.07, "+15.0 %", False), (9.06, "+15.1 %", True), (14.54, "-15.1 %", True)],
)
def test_the_action_level_is_15_percent_either_way(returned_ml: float, percent: str, beyond: bool) -> None:
    told = lines(FILLED, LEFT, round(returned_ml * ML))
    assert percent in told[1].text
    assert (told[2].weight == FAULT) is beyond
    assert ("check the pump again sooner" in told[2].text) is beyond


def test_a_dry_reservoir_gives_only_a_least_flow() -> None:
    told = lines(FILLED, 2 * ML, 0)
    assert told[-1].weight == NOTE
    assert "came back dry" in told[-1].text


def test_nothing_delivered_and_more_than_was_in_it_are_told() -> None:
    assert "the flow is not known" in lines(FILLED, FILLED, FILLED)[-1].text
    assert "more came back than was in it" in lines(FILLED, LEFT, FILLED + 1)[-1].text
