import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.host.client.scripted_frames import batch

from pumpbench.client.records import Records, decode_batches
from pumpbench.client.telemetry import FETCH_TRIES, Gap, TelemetryStream


def records(first: int, count: int, boot: int = 1) -> Records:
    return decode_batches([batch(first, count, boot)])


def counters(found: Records) -> list[int]:
    counted: list[int] = found["counter"].tolist()
    return counted


def test_hands_out_a_smooth_stream_as_it_comes() -> None:
    stream = TelemetryStream()
    assert counters(stream.offer(records(40, 3))) == [40, 41, 42]
    assert counters(stream.offer(records(43, 2))) == [43, 44]
    assert stream.next_fetch(0.0) is None


def test_asks_for_a_hole_and_hands_it_out_once() -> None:
    stream = TelemetryStream()
    stream.offer(records(0, 2))
    stream.offer(records(5, 2))
    assert stream.next_fetch(time.monotonic()) == (2, 3)
    stream.fetch_answered(2, 3, 0)
    assert counters(stream.offer(records(1, 5))) == [2, 3, 4]
    assert counters(stream.offer(records(1, 5))) == []
    assert not stream.missing


def test_holes_that_lie_near_each_other_are_asked_for_together() -> None:
    stream = TelemetryStream()
    for first, count in ((0, 2), (5, 2), (8, 30), (100, 1)):
        stream.offer(records(first, count))
    assert stream.missing == 3 + 1 + 62
    assert stream.next_fetch(time.monotonic()) == (2, 6)
    stream.fetch_answered(2, 6, 0)
    assert counters(stream.offer(records(2, 6))) == [2, 3, 4, 7]
    assert stream.next_fetch(time.monotonic()) == (38, 62)


def test_a_fetch_of_which_nothing_comes_is_followed_by_smaller_ones() -> None:
    stream = TelemetryStream()
    stream.offer(records(0, 1))
    stream.offer(records(500, 1))
    now = time.monotonic()
    asked = []
    for attempt in range(6):
        fetch = stream.next_fetch(now + 10.0 * attempt)
        assert fetch is not None
        asked.append(fetch[1])
        stream.fetch_answered(*fetch, 0)
    assert asked == [499, 128, 32, 8, 2, 1]
    assert counters(stream.offer(records(1, 1))) == [1]
    assert stream.next_fetch(now + 60.0) == (2, 2)


def test_what_the_ring_has_overwritten_is_a_gap() -> None:
    stream = TelemetryStream()
    stream.offer(records(0, 1))
    stream.offer(records(10, 1))
    assert stream.next_fetch(time.monotonic()) == (1, 9)
    stream.fetch_answered(7, 3, 7)
    assert stream.take_gaps() == [Gap(1, 1, 6, "overwritten on the board")]
    assert counters(stream.offer(records(7, 3))) == [7, 8, 9]
    assert stream.take_gaps() == []


def test_a_reset_turns_what_was_missing_into_a_gap_and_begins_at_zero() -> None:
    stream = TelemetryStream()
    stream.offer(records(0, 1))
    stream.offer(records(4, 1))
    assert counters(stream.offer(records(2, 2, boot=2))) == []
    stream.begin_boot(2)
    assert counters(stream.offer(records(2, 2, boot=2))) == [2, 3]
    assert stream.take_gaps() == [Gap(1, 1, 3, "reset")]
    assert stream.next_fetch(time.monotonic()) == (0, 2)


def test_goes_on_from_what_the_caller_holds() -> None:
    stream = TelemetryStream(have=(1, 9))
    assert counters(stream.offer(records(8, 3))) == [10]
    stream = TelemetryStream(have=(1, 9))
    stream.begin_boot(2)
    stream.offer(records(3, 1, boot=2))
    assert stream.next_fetch(time.monotonic()) == (0, 3)


def test_gives_up_on_records_that_never_come() -> None:
    stream = TelemetryStream()
    stream.offer(records(0, 1))
    stream.offer(records(2, 1))
    now = time.monotonic()
    for attempt in range(FETCH_TRIES):
        assert stream.next_fetch(now + 10.0 * attempt) == (1, 1)
        stream.fetch_answered(1, 1, 0)
    assert stream.next_fetch(now + 1000.0) is None
    assert stream.take_gaps() == [Gap(1, 1, 1, "not received")]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 7)), max_size=30), st.data())
def test_whole_records_in_any_order_arrive_once_and_the_rest_is_missing_or_a_gap(
    batches: list[tuple[int, int]], data: st.DataObject
) -> None:
    stream = TelemetryStream(have=(1, -1))
    arrived: list[int] = []
    lost: set[int] = set()
    for first, count in batches:
        arrived += counters(stream.offer(records(first, count)))
        if data.draw(st.booleans()):
            fetch = stream.next_fetch(time.monotonic())
            if fetch:
                oldest = data.draw(st.integers(0, 60))
                begin = max(fetch[0], oldest)
                stream.fetch_answered(begin, max(0, fetch[0] + fetch[1] - begin), oldest)
        for gap in stream.take_gaps():
            lost |= set(range(gap.first, gap.last + 1))
    stream.close()
    for gap in stream.take_gaps():
        lost |= set(range(gap.first, gap.last + 1))
    sent = {counter for first, count in batches for counter in range(first, first + count)}
    assert len(arrived) == len(set(arrived))
    assert set(arrived) <= sent
    assert set(arrived).isdisjoint(lost)
    assert set(arrived) | lost == set(range(max(sent, default=-1) + 1))


def test_contents_stay_with_their_counters() -> None:
    stream = TelemetryStream()
    stream.offer(records(0, 1))
    stream.offer(records(20, 1))
    found = stream.offer(records(4, 7))
    assert np.array_equal(found["steps"], 16 * found["counter"])
