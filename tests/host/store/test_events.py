"""An event is stored exactly once, and a new board's event is never taken for an old one's."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.host.store.samples import begun, event, records_of

from pumpbench.store import Store
from pumpbench.store.errors import BadEntryError
from pumplink import states


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 12), max_size=40))
def test_events_sent_again_in_any_order_are_stored_once(numbers: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s.sqlite") as store:
        run = begun(store)
        new = [number for number in numbers if store.add_event(run, event(number))]
        assert sorted(new) == sorted(set(numbers))
        assert [found.number for found in store.events(run)] == sorted(set(numbers))


def test_an_event_is_readable_with_its_name(store: Store, run: int) -> None:
    store.add_event(run, event(3, states.EVENT_ALARM_RAISED, a=2, b=-5, priority=1))
    (found,) = store.events(run)
    assert (found.name, found.a, found.b, found.priority) == ("alarm-raised", 2, -5, 1)
    store.add_event(run, event(4, 200))
    assert store.events(run)[1].name == "event-200"


def test_an_event_that_an_earlier_run_has_is_not_stored_again(store: Store) -> None:
    first = begun(store, boot_count=1, time_us=0)
    store.add_event(first, event(1))
    store.finish_run(first, {})
    second = begun(store, boot_count=1, time_us=2_000_000)
    assert store.add_events(second, [event(1), event(2)]) == 1
    assert [found.number for found in store.events(second)] == [2]


def test_a_board_that_lost_its_memory_has_its_events_stored_although_the_numbers_begin_again(
    store: Store,
) -> None:
    first = begun(store, boot_count=1, time_us=0)
    store.append_records(first, records_of(1, range(500)))
    store.add_event(first, event(1))
    store.finish_run(first, {})
    second = begun(store, boot_count=1, time_us=0)
    assert store.add_event(second, event(1))


def test_what_somebody_did_to_the_board_is_in_the_audit_trail_once(store: Store, run: int) -> None:
    for _ in range(2):
        store.add_event(run, event(1, states.EVENT_REFILL, a=0, b=1_200_000))
        store.add_event(run, event(2, states.EVENT_ALARM_ACKNOWLEDGED, a=3))
        store.add_event(run, event(3, states.EVENT_SEGMENT))
    entries = store.audit.entries(2)
    assert [entry.action for entry in entries] == ["refill", "alarm-acknowledged"]
    assert entries[0].who == "reported by board 0badcafe"


def test_an_event_without_a_field_is_refused_and_nothing_of_its_batch_stored(store: Store, run: int) -> None:
    bad = event(2)
    del bad["code"]
    with pytest.raises(BadEntryError, match="'code'"):
        store.add_events(run, [event(1), bad])
    assert store.events(run) == []
