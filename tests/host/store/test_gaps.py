"""A gap is shown as a gap until it is filled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.host.store.samples import records_of

from pumpbench.store import Gap, Store
from pumpbench.store.errors import BadEntryError
from pumpbench.store.intervals import Interval, between, joined, without

INTERVALS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 10)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=10,
)


def numbers(intervals: list[Interval]) -> set[int]:
    return {number for first, last in intervals for number in range(first, last + 1)}


@given(INTERVALS, INTERVALS)
def test_intervals_behave_as_sets_of_numbers(one: list[Interval], other: list[Interval]) -> None:
    left, right = joined(one), joined(other)
    assert numbers(left) == numbers(one)
    assert numbers(without(left, right)) == numbers(one) - numbers(other)
    if left:
        assert numbers(between(left)) == set(range(left[0][0], left[-1][1])) - numbers(one)


def test_a_hole_that_nobody_recorded_is_a_gap(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, [*range(10), *range(15, 20)]))
    store.append_records(run, records_of(1, range(30, 40)))
    assert store.gaps(run) == [Gap(1, 10, 14, "not received"), Gap(1, 20, 29, "not received")]
    assert store.gaps(run)[0].missing == 5


def test_a_recorded_gap_keeps_its_reason_where_it_was_not_filled(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, [*range(10), *range(20, 30)]))
    store.add_gap(run, 1, 10, 19, "older than the board's ring")
    store.add_gap(run, 1, 10, 19, "older than the board's ring")
    store.append_records(run, records_of(1, range(13, 20)))
    assert store.gaps(run) == [Gap(1, 10, 12, "older than the board's ring")]
    store.append_records(run, records_of(1, range(10, 13)))
    assert store.gaps(run) == []


def test_gaps_that_overlap_are_told_once(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, [0, 10]))
    store.add_gap(run, 1, 1, 6, "first")
    store.add_gap(run, 1, 4, 8, "second")
    assert store.gaps(run) == [Gap(1, 1, 6, "first"), Gap(1, 7, 8, "second"), Gap(1, 9, 9, "not received")]


def test_a_gap_at_the_end_and_one_in_a_boot_without_records_are_gaps_too(store: Store, run: int) -> None:
    store.append_records(run, records_of(2, range(5)))
    store.add_gap(run, 2, 5, 9, "power cut")
    store.add_gap(run, 1, 0, 3, "power cut")
    assert store.gaps(run) == [Gap(1, 0, 3, "power cut"), Gap(2, 5, 9, "power cut")]


def test_a_gap_that_ends_before_it_begins_is_refused(store: Store, run: int) -> None:
    with pytest.raises(BadEntryError, match="from record 9 to 3"):
        store.add_gap(run, 1, 9, 3, "?")
