import time

from hypothesis import given
from hypothesis import strategies as st

from pumpbench.client.answers import Event
from pumpbench.client.events import EventLog


def event(number: int) -> Event:
    return Event("ab", number, 1, 1, number * 1000, 5, 0, number, 0)


def numbers_of(events: list[Event]) -> list[int]:
    return [found.number for found in events]


def fetched(log: EventLog, kept: list[int], following: int) -> list[int]:
    first = log.next_fetch(time.monotonic() + 100.0)
    assert first is not None
    wanted = [number for number in kept if number >= first]
    handed = log.fetch_answered(len(wanted), following)
    for number in wanted:
        handed += log.offer(event(number))
    return numbers_of(handed)


def test_live_events_wait_for_the_ones_before_them() -> None:
    log = EventLog(-1)
    assert log.offer(event(9)) == []
    assert fetched(log, [7, 8, 9], following=10) == [7, 8, 9]
    assert numbers_of(log.offer(event(10))) == [10]
    assert log.settled


def test_a_lost_event_is_fetched_and_order_kept() -> None:
    log = EventLog(-1)
    fetched(log, [1], following=2)
    assert log.offer(event(3)) == []
    assert not log.settled
    assert fetched(log, [2, 3], following=4) == [2, 3]


def test_numbers_that_gave_way_on_a_full_log_hold_nothing_up() -> None:
    log = EventLog(-1)
    fetched(log, [1], following=2)
    log.offer(event(5))
    assert fetched(log, [5], following=6) == [5]
    assert numbers_of(log.offer(event(6))) == [6]


@given(st.lists(st.integers(0, 20), max_size=40), st.sets(st.integers(0, 20)), st.data())
def test_each_event_is_handed_out_once_and_in_order_whatever_the_line_does(
    wire: list[int], gone: set[int], data: st.DataObject
) -> None:
    log = EventLog(-1)
    handed: list[int] = []
    kept = [number for number in range(21) if number not in gone]
    for number in wire:
        if number not in gone:
            handed += numbers_of(log.offer(event(number)))
        if data.draw(st.booleans()) and log.next_fetch(time.monotonic() + 100.0) is not None:
            wanted = [kept_number for kept_number in kept if kept_number >= log.next_number]
            handed += numbers_of(log.fetch_answered(len(wanted), 21))
            for kept_number in wanted[: data.draw(st.integers(0, len(wanted)))]:
                handed += numbers_of(log.offer(event(kept_number)))
    if not log.settled or log.next_number < 21:
        log.begin_session()
        handed += fetched(log, kept, following=21)
    assert handed == kept
