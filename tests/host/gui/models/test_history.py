"""Undo and redo."""

from hypothesis import given
from hypothesis import strategies as st

from pumpbench.gui.models.history import MOST_STEPS, History


def test_changes_of_one_place_in_a_row_are_one_step() -> None:
    history = History("")
    for state in ("1", "1.", "1.2"):
        history.change(state, "rate")
    history.change("1.2!", "name")
    history.undo()
    assert history.state == "1.2"
    history.undo()
    assert (history.state, history.can_undo) == ("", False)
    history.redo()
    assert history.state == "1.2"


def test_what_is_settled_is_a_step_of_its_own() -> None:
    history = History("")
    history.change("1", "rate")
    history.settle()
    history.change("12", "rate")
    history.undo()
    assert history.state == "1"


def test_typed_and_typed_back_is_no_step() -> None:
    history = History("a")
    history.change("ab", "rate")
    history.change("a", "rate")
    assert not history.can_undo


def test_what_is_taken_back_cannot_be_redone() -> None:
    history = History("a")
    history.change("ab", "rate")
    history.take_back()
    assert (history.state, history.can_undo, history.can_redo) == ("a", False, False)


@given(st.lists(st.integers(0, 5), max_size=2 * MOST_STEPS))
def test_undoing_all_and_redoing_all_comes_back(states: list[int]) -> None:
    history = History(-1)
    for state in states:
        history.change(state)
    last = history.state
    steps = 0
    while history.can_undo:
        history.undo()
        steps += 1
    assert steps <= MOST_STEPS
    while history.can_redo:
        history.redo()
    assert history.state == last
