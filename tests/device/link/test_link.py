"""The link as a cable sees it: stop before all else, an order in what goes out, and never a wait."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from link_rig import Rig

from pumpfw.telemetry import is_record_due
from pumplink import codec, numbers, states
from pumplink.alarms import LOW
from pumplink.frame import STOP_FRAME


def kinds(rig: Rig) -> list[int]:
    return [number for number, _ in rig.received()]


def payloads(rig: Rig, wanted: int) -> list[bytes]:
    return [payload for number, payload in rig.received() if number == wanted]


def connected_rig() -> Rig:
    rig = Rig()
    rig.hello()
    rig.tick(2)
    rig.received()
    rig.pump.calls.clear()
    return rig


# --- stop ---


def test_a_stop_is_carried_out_before_what_came_before_it_in_the_same_read() -> None:
    rig = connected_rig()
    moves = [rig.message(numbers.MOVE, rig.token, request, states.JOG, 0, 10, 10) for request in range(1, 9)]
    rig.send(b"".join(moves) + STOP_FRAME)
    rig.link.poll()
    assert rig.pump.calls[0] == ("stop", states.STOPPED_BY_HOST)
    rig.settle()
    assert rig.pump.calls[-1] == ("stop", states.STOPPED_BY_HOST), "and again in its turn, after the moves"
    assert kinds(rig).count(numbers.STOP | numbers.ANSWER_BIT) == 1


@pytest.mark.parametrize("split", range(1, len(STOP_FRAME)))
def test_a_stop_in_two_reads_does_not_wait_for_what_is_still_to_be_answered(split: int) -> None:
    rig = connected_rig()
    moves = [rig.message(numbers.MOVE, rig.token, request, states.JOG, 0, 10, 10) for request in range(1, 13)]
    rig.send(b"".join(moves) + STOP_FRAME[:split])
    rig.link.poll()
    assert not rig.pump.told("stop")
    rig.send(STOP_FRAME[split:])
    rig.link.poll()
    assert len(rig.pump.told("stop")) == 1
    assert len(rig.pump.told("move")) < 12


def test_a_stop_is_heard_while_nobody_reads_what_the_board_sends() -> None:
    rig = connected_rig()
    rig.board.port.room = 0
    rig.tick(300)
    for request in range(1, 200):
        rig.send(rig.message(numbers.LIMITS, rig.token, request))
        rig.link.poll()
    rig.send(STOP_FRAME)
    for _ in range(3):
        rig.link.poll()
    assert rig.pump.told("stop")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 30))
def test_a_stop_gets_through_any_rubbish(rubbish: bytes, chunk: int) -> None:
    rig = connected_rig()
    data = rubbish + STOP_FRAME
    for at in range(0, len(data), chunk):
        rig.send(data[at : at + chunk])
        rig.settle()
    assert rig.pump.told("stop")


def test_a_stop_with_a_payload_is_still_a_stop() -> None:
    rig = connected_rig()
    rig.send(rig.frame(numbers.STOP, b"please"))
    rig.settle()
    assert rig.pump.told("stop")


# --- what goes out ---


def test_answers_go_before_events_events_before_live_telemetry_and_back_fill_comes_last() -> None:
    rig = connected_rig()
    rig.tick(50)
    rig.settle()
    rig.received()
    rig.telemetry.fetch(0, 2)
    rig.events.add(states.EVENT_SEGMENT, 1, 0, LOW)
    for _ in range(10):
        if is_record_due(rig.cells):
            rig.telemetry.record()
    rig.events.service()
    rig.send(rig.message(numbers.LIMITS, rig.token, 1))
    rig.settle()
    frames = rig.received()
    assert [number for number, _ in frames] == [
        numbers.LIMITS | numbers.ANSWER_BIT,
        numbers.EVENT,
        numbers.TELEMETRY,
        numbers.TELEMETRY,
    ]
    flags = [codec.unpack_from(number, payload, 0, len(payload))[2] for number, payload in frames[2:]]
    assert flags == [0, states.BATCH_BACKFILL]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=200))
def test_a_port_that_takes_little_at_a_time_gets_whole_frames(rooms: list[int]) -> None:
    rig = connected_rig()
    for room in rooms:
        rig.board.port.room = room
        rig.tick(3)
    rig.board.port.room = None
    rig.settle()
    bad = rig.reader.bad_frames
    found = kinds(rig)
    assert found.count(numbers.TELEMETRY) >= 1 or len(rooms) < 4
    assert (bad, rig.reader.bad_frames, rig.reader.lost_frames) == (0, 0, 0)


def test_an_idle_link_says_so() -> None:
    rig = connected_rig()
    rig.settle()
    assert rig.link.poll() is False


def test_every_whole_frame_is_found_among_noise_and_the_rest_is_counted() -> None:
    rig = connected_rig()
    draw = random.Random(3)
    for request in range(1, 60):
        rig.send(bytes(draw.randrange(256) for _ in range(draw.randrange(40))))
        rig.send(rig.message(numbers.TIME_SYNC, rig.token, request, request))
        rig.settle()
    answers = payloads(rig, numbers.TIME_SYNC | numbers.ANSWER_BIT)
    assert [int.from_bytes(payload[:4], "little") for payload in answers] == list(range(1, 60))
    assert rig.request(numbers.LINK_HEALTH, request=60)[1][1] > 0


# --- connections ---


def test_the_pump_hears_of_connections() -> None:
    rig = Rig()
    rig.tick()
    rig.board.port.is_open = False
    rig.tick()
    rig.board.port.is_open = True
    rig.tick()
    assert rig.pump.told("link") == [("link", True), ("link", False), ("link", True)]


def test_half_a_frame_does_not_go_to_the_next_connection() -> None:
    rig = connected_rig()
    rig.board.port.room = 20
    rig.tick(30)
    rig.received()
    rig.board.port.is_open = False
    rig.tick()
    rig.board.port.room = None
    rig.board.port.is_open = True
    rig.reader.restart()
    rig.hello()
    assert rig.reader.bad_frames == 0


def test_half_a_frame_of_the_last_connection_spoils_nothing() -> None:
    rig = connected_rig()
    rig.send(rig.message(numbers.LIMITS, rig.token, 1)[:9])
    rig.link.poll()
    rig.board.port.is_open = False
    rig.link.poll()
    rig.board.port.is_open = True
    rig.hello()


# --- events on the wire ---


def test_an_event_is_shown_once_when_it_is_in_flash() -> None:
    rig = connected_rig()
    rig.board.time_us = (5 << 30) + 123
    rig.readings.run = 70_000
    rig.tick()
    rig.events.add(states.EVENT_BOLUS_STARTED, 1_000_000, -60_000, LOW)
    rig.link.poll()
    assert numbers.EVENT not in kinds(rig), "not before it is in flash"
    rig.tick(50)
    events = payloads(rig, numbers.EVENT)
    assert len(events) == 1
    _number, boot, run, time_us, code, priority, a, b = codec.unpack_from(numbers.EVENT, events[0], 0, 30)
    assert (boot, run, code, priority) == (1, 70_000, states.EVENT_BOLUS_STARTED, LOW)
    assert (a, b) == (1_000_000, -60_000)
    assert time_us == (5 << 30) + 123 + 10_000


def test_events_of_a_time_without_a_host_are_fetched_and_acknowledged() -> None:
    rig = Rig()
    rig.board.port.is_open = False
    for i in range(40):
        rig.events.add(states.EVENT_SEGMENT, i, 0, LOW)
    rig.tick(60)
    rig.board.port.is_open = True
    rig.hello()
    assert rig.request(numbers.EVENTS_FETCH, 11)[1] == [31, 1, 42], "the session is the last one"
    rig.tick(60)
    found = [int.from_bytes(payload[:4], "little") for payload in payloads(rig, numbers.EVENT)]
    assert sorted(set(found)) == list(range(11, 42))
    assert rig.request(numbers.EVENTS_ACK, 41)[0] == numbers.EVENTS_ACK | numbers.ANSWER_BIT
    assert rig.request(numbers.EVENTS_ACK, 99)[1][1:] == [states.REFUSED_RANGE, 0, 99, 0, 41]


def test_summaries_are_fetched() -> None:
    rig = connected_rig()
    rig.tick(6000 * 20)
    rig.received()
    assert rig.request(numbers.SUMMARY_FETCH, 0, 0xFFFF)[1] == [1, 20, 1, 21]
    rig.settle()
    payload = b"".join(payloads(rig, numbers.SUMMARY))
    found = [int.from_bytes(payload[at : at + 4], "little") for at in range(0, len(payload), 28)]
    assert found == list(range(1, 21))


@pytest.mark.parametrize("capability", [1 << 5, 1 << 7], ids=["second-port", "shares-repl-port"])
def test_the_port_is_released_to_anyone_but_only_at_rest_and_where_there_is_a_repl(capability: int) -> None:
    rig = Rig()

    def release() -> list[int]:
        values: list[int] = rig.ask(numbers.PORT_RELEASE)[1]
        return values

    assert release() == [0, states.STOPPED], "this board has no REPL"
    rig.board.capabilities = capability
    rig.readings.state = states.RUNNING
    assert release() == [0, states.RUNNING]
    rig.readings.state = states.STOPPED
    assert not rig.link.is_released()
    assert release() == [1, states.STOPPED]
    assert rig.link.is_released()


def test_the_self_test_is_reported() -> None:
    rig = connected_rig()
    assert rig.request(numbers.SELFTEST)[1][:3] == [63, 0, 100_000]


def test_time_sync_tells_the_time_between_ticks() -> None:
    rig = connected_rig()
    rig.board.time_us += 4321
    _, (host_us, time_us) = rig.request(numbers.TIME_SYNC, 1 << 60)
    assert (host_us, time_us) == (1 << 60, rig.board.time_us)
