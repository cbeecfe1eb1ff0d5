"""A program while it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.files import program as program_file
from pumpbench.files import toml
from pumpbench.files.board import folder
from pumpbench.gui.models.program_draft import QUANTITIES, RESERVOIRS, SEGMENTS, ProgramDraft
from pumplink.names import SEGMENT_NAMES

EXAMPLES = sorted((folder().parent / "examples").glob("*.toml"))


def draft(*segments: dict[str, Any], **head: Any) -> ProgramDraft:
    return ProgramDraft({"program": {"name": "x", **head}, "segments": list(segments)})


def hour(**more: Any) -> dict[str, Any]:
    return {"kind": "constant", "rate": "1 mL/h", "duration": "1 h", **more}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_file_that_is_read_and_written_is_the_same_program(path: Any) -> None:
    made = ProgramDraft(toml.read(path))
    assert toml.parse(made.text.encode(), path) == made.tables
    assert program_file.parse(toml.parse(made.text.encode(), path), path) == program_file.load(path)


CELL = st.one_of(st.sampled_from(["1.2 mL/day", "50 µL/h", "2h30m", "30 mL", ""]), st.text(max_size=8))
CHANGE = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 2), st.sampled_from([*QUANTITIES, "reservoir"]), CELL),
    st.tuples(st.just("put"), st.integers(0, 2), st.just("kind"), st.sampled_from(SEGMENT_NAMES)),
    st.tuples(st.sampled_from(["add", "duplicate", "remove"]), st.integers(0, 2)),
    st.tuples(st.just("move"), st.integers(0, 2), st.integers(-1, 3)),
    st.tuples(st.just("settle")),
)


def carry_out(made: ProgramDraft, change: tuple[Any, ...]) -> None:
    what, *where = change
    if where and where[0] >= len(made.rows(SEGMENTS)):
        return
    if what == "put":
        made.put((SEGMENTS, where[0], where[1]), where[2])
    elif what == "settle":
        made.settle()
    else:
        getattr(made, what)(SEGMENTS, *where)


@given(st.lists(CHANGE, max_size=12))
def test_whatever_is_written_its_text_reads_back_as_the_same_tables(changes: list[tuple[Any, ...]]) -> None:
    made = draft(hour(), hour())
    for change in changes:
        carry_out(made, change)
    read = toml.parse(made.text.encode(), "x")
    assert read == {name: table for name, table in made.tables.items() if table != []}
    if made.program is not None:
        assert program_file.parse(read, "x") == made.program
    else:
        assert made.problems


@given(st.lists(CHANGE, max_size=12))
def test_undoing_all_comes_back_to_the_beginning_and_redoing_all_to_the_end(
    changes: list[tuple[Any, ...]],
) -> None:
    made = draft(hour(), hour())
    began = made.text
    for change in changes:
        carry_out(made, change)
    ended = made.text
    while made.can_undo:
        made.undo()
    assert (made.text, made.changed) == (began, False)
    while made.can_redo:
        made.redo()
    assert made.text == ended


def test_a_problem_stands_at_its_cell_and_at_its_row() -> None:
    made = draft(hour(), hour(rate="5"))
    assert made.problem(SEGMENTS, 1, "rate").startswith("has no unit")
    assert made.problem(SEGMENTS, 0, "rate") == ""
    assert made.row_problem(SEGMENTS, 1).startswith("rate: has no unit")
    assert made.row_problem(SEGMENTS, 0) == ""


def test_the_last_right_program_stays_while_something_is_wrong() -> None:
    made = draft(hour())
    made.put((SEGMENTS, 0, "rate"), "2")
    assert made.program is None
    assert made.last_program is not None
    assert made.last_program.volume_nl == 1_000_000


def test_a_volume_takes_the_place_of_a_duration() -> None:
    made = draft(hour())
    made.put((SEGMENTS, 0, "volume"), "2 mL")
    assert made.rows(SEGMENTS)[0] == {"kind": "constant", "rate": "1 mL/h", "volume": "2 mL"}
    made.take_back()
    assert made.rows(SEGMENTS)[0] == hour()


@pytest.mark.parametrize("kind", SEGMENT_NAMES)
def test_another_kind_leaves_nothing_that_has_no_meaning_in_it(kind: str) -> None:
    made = draft(hour(to_rate="2 mL/h"))
    made.put((SEGMENTS, 0, "kind"), kind)
    assert not any("has no meaning" in why or "stands beside" in why for why in made.problems.values())


def test_a_repeat_is_a_number_in_the_file() -> None:
    made = draft(hour())
    made.put(("program", "repeat"), "3")
    assert made.program is not None
    assert "repeat = 3\n" in made.text
    made.put(("program", "repeat"), "thrice")
    assert "is not a whole number" in made.problem("program", "repeat")


def test_what_was_saved_is_unchanged_until_the_next_change() -> None:
    made = draft(hour())
    made.add(SEGMENTS, 1)
    assert made.changed
    made.mark_saved()
    assert not made.changed
    made.undo()
    assert made.changed


def test_new_rows_are_right_as_they_are() -> None:
    made = draft(hour())
    made.add(RESERVOIRS, 0)
    made.add(RESERVOIRS, 1)
    made.put((SEGMENTS, 0, "reservoir"), "main")
    made.add(SEGMENTS, 1)
    assert made.program is not None, made.problems
    assert made.reservoir_ids == ["main", "reservoir 2"]
