"""Every record and event once: what the line loses is fetched, what is stored is acknowledged."""

from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.scripted_frames import batch, frame
from tests.host.client.watching import Seen, until

from pumpbench.client import Event, Gap, connect
from pumplink import numbers, states


def test_records_arrive_once_and_in_order(either_board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(either_board.url, **seen.callbacks()) as pump:
        for _ in range(30):
            either_board.make_records(13)
        pump.barrier()
        assert seen.counters == list(range(390))
    assert seen.gaps == []


def test_records_lost_on_the_line_are_fetched(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.make_records(10)
        board.make_records(2000, lost=True)
        board.make_records(10)
        pump.barrier()
    assert sorted(seen.counters) == list(range(2020))
    assert seen.gaps == []


def test_what_the_board_no_longer_has_is_a_gap(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.make_records(10)
        board.make_records(100, lost=True)
        board.oldest = 60
        board.make_records(5)
        until(lambda: len(seen.counters) == 65, "the rest is fetched")
        pump.barrier()
    assert seen.gaps == [Gap(1, 10, 59, "overwritten on the board")]
    assert sorted(seen.counters) == [*range(10), *range(60, 115)]


def test_what_an_earlier_program_left_off_is_fetched(board: ScriptedBoard) -> None:
    board.make_records(50, lost=True)
    seen = Seen()
    with connect(board.url, have=(1, 19), **seen.callbacks()):
        board.make_records(1)
        until(lambda: len(seen.counters) == 31, "everything since then is there")
    assert sorted(seen.counters) == list(range(20, 51))


def test_garbage_on_the_line_costs_only_what_it_touches(either_board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(either_board.url, **seen.callbacks()) as pump:
        either_board.make_records(7)
        either_board.send_bytes(b"\x00MicroPython v1.25 on 2025-04-15\r\n>>> \x01\x02\x00")
        either_board.send_bytes(frame(numbers.TELEMETRY, batch(7, 7), 9)[:-20])
        either_board.next_counter = 14
        either_board.make_records(7)
        until(lambda: len(seen.counters) == 21, "everything is there")
        assert pump.link_health().host_bad_frames >= 2
    assert sorted(seen.counters) == list(range(21))


def test_each_event_is_handed_out_once_and_acknowledged_after_the_callback(board: ScriptedBoard) -> None:
    for _ in range(3):
        board.make_event(states.EVENT_BOOT, lost=True)
    acknowledged_before: list[int] = []

    def store(event: Event) -> None:
        acknowledged_before.append(board.acknowledged_up_to)
        assert event.number > board.acknowledged_up_to
        numbers_seen.append(event.number)

    numbers_seen: list[int] = []
    with connect(board.url, on_event=store) as pump:
        pump.barrier()
        board.make_event(states.EVENT_SEGMENT, 1)
        board.make_event(states.EVENT_SEGMENT, 2, lost=True)
        with board._lock:  # so that the sixth is not acknowledged, and forgotten, before it comes twice
            board.make_event(states.EVENT_SEGMENT, 3)
            board.send(numbers.EVENT, board._encode(numbers.EVENT, board.events[6]))
        until(lambda: board.acknowledged_up_to == 6, "all six are acknowledged")
    assert numbers_seen == [1, 2, 3, 4, 5, 6]


def test_events_that_are_already_kept_are_not_asked_for_again(board: ScriptedBoard) -> None:
    for _ in range(3):
        board.make_event(states.EVENT_BOOT, lost=True)
    seen = Seen()
    with connect(board.url, have_event=2, **seen.callbacks()) as pump:
        pump.barrier()
    assert [event.number for event in seen.events] == [3]


def test_without_a_callback_events_are_left_on_the_board(board: ScriptedBoard) -> None:
    board.make_event(states.EVENT_BOOT)
    with connect(board.url) as pump:
        board.make_event(states.EVENT_SEGMENT)
        pump.barrier()
    assert board.acknowledged_up_to == -1
    assert "events_fetch" not in board.asked


def test_an_observer_sees_events_but_does_not_acknowledge_them(board: ScriptedBoard) -> None:
    board.grant = states.OBSERVE
    board.make_event(states.EVENT_BOOT)
    seen = Seen()
    with connect(board.url, role="observe", **seen.callbacks()) as pump:
        until(lambda: len(seen.events) == 1, "the event is there")
        pump.barrier()
    assert "events_ack" not in board.asked
