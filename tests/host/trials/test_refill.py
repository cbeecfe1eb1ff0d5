"""An implanted pump's refill."""

import pytest

from pumpbench.trials.refill import Bookkeeping

DAYS_14_H = 14 * 24.0


def test_the_fields_worked_example() -> None:
    """30 mL at 1.3 mL/day: 14 days use 18.2 mL and 11.8 mL come back (DOMAIN, section 3)."""
    kept = Bookkeeping(30e6, 11.8e6, 0.0, 1.3e6 / 24, DAYS_14_H, 15.0)
    assert kept.expected_nl == pytest.approx(11.8e6)
    assert kept.accuracy_percent == pytest.approx(0.0, abs=1e-9)
    assert not kept.action


@pytest.mark.parametrize(
    ("returned_ml", "action"), [(11.8 - 2.72, False), (11.8 - 2.74, True), (14.54, True)]
)
def test_an_accuracy_beyond_15_percent_asks_for_action(returned_ml: float, action: bool) -> None:
    kept = Bookkeeping(30e6, returned_ml * 1e6, 0.0, 1.3e6 / 24, DAYS_14_H, 15.0)
    assert kept.action is action
    assert ("sooner" in kept.sentence) is action


def test_what_cannot_be_drawn_back_counts_as_not_delivered() -> None:
    kept = Bookkeeping(30e6, 11.6e6, 0.2e6, 1.3e6 / 24, DAYS_14_H, 15.0)
    assert kept.accuracy_percent == pytest.approx(0.0, abs=1e-9)


def test_a_dry_pump_gives_the_least_flow_only_and_no_return_gives_none() -> None:
    dry = Bookkeeping(30e6, 0.0, 0.0, 1.3e6 / 24, DAYS_14_H, 15.0)
    assert dry.dry
    assert "may have been higher" in dry.sentence
    unknown = Bookkeeping(30e6, None, 0.0, 1.3e6 / 24, DAYS_14_H, 15.0)
    assert (unknown.accuracy_percent, unknown.action) == (None, None)
