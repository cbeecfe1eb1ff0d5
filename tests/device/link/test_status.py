"""Status, answered at once or in its turn: the same bytes either way, and counted as any request."""

import random

import pytest
from link_rig import Rig

from pumplink import codec, numbers
from pumplink.frame import STOP_FRAME

ANSWER = numbers.STATUS | numbers.ANSWER_BIT


def opened_rig() -> Rig:
    rig = Rig()
    rig.hello()
    rig.tick(2)
    rig.received()
    return rig


def idle(rig: Rig) -> list[tuple[int, list[int]]]:
    """Let the board idle once; what it answered, unpacked."""
    next(rig.link.idling)
    return [(number, codec.unpack_from(number, data, 0, len(data))) for number, data in rig.received()]


def test_it_tells_the_readings_and_the_time() -> None:
    rig = opened_rig()
    readings = rig.readings
    drawn = random.Random(1)
    for _ in range(200):
        most = drawn.choice((1, 255, 65_535, numbers.SMALL))
        counted_hi, counted_lo, remaining, now_hi, now_lo, passed = (drawn.randint(0, most) for _ in range(6))
        readings.state, readings.priority = drawn.randint(0, 9), drawn.randint(0, 3)
        readings.flow_nl_h = drawn.randint(-most, most)
        readings.counted_hi, readings.counted_lo, readings.remaining_nl = counted_hi, counted_lo, remaining
        readings.now_hi, readings.now_lo = now_hi, now_lo
        rig.board.time_us = (now_hi << 30) + now_lo + passed
        told = [readings.state, readings.priority, readings.flow_nl_h]
        told += [(counted_hi << 30) + counted_lo, remaining, rig.board.time_us]
        rig.send(rig.message(numbers.STATUS))
        assert idle(rig) == [(ANSWER, told)], "at once"
        assert rig.ask(numbers.STATUS) == (ANSWER, told), "in its turn"


def test_each_is_counted_and_none_is_taken_for_lost() -> None:
    rig = opened_rig()
    frames = rig.link._reader.frames
    for _ in range(600):  # sequence numbers with zeros in them among these
        rig.send(rig.message(numbers.STATUS))
        assert [number for number, _ in idle(rig)] == [ANSWER]
    assert rig.link._reader.frames == frames + 600
    assert (rig.link._reader.bad_frames, rig.link._reader.lost_frames) == (0, 0)
    assert rig.reader.lost_frames == 0


@pytest.mark.parametrize("at", range(10))
def test_a_damaged_request_is_counted_and_not_answered(at: int) -> None:
    rig = opened_rig()
    frame = bytearray(rig.message(numbers.STATUS))
    frame[at] ^= 0x10
    rig.send(frame)
    assert idle(rig) == []
    rig.send(rig.message(numbers.STATUS))
    rig.settle()
    assert [number for number, _ in rig.received()].count(ANSWER) == 1
    assert rig.link._reader.bad_frames >= 1


@pytest.mark.parametrize("split", range(1, 10))
def test_a_request_in_two_pieces_is_answered_once(split: int) -> None:
    rig = opened_rig()
    frame = rig.message(numbers.STATUS)
    rig.send(frame[:split])
    assert idle(rig) == []
    rig.settle()
    rig.send(frame[split:])
    next(rig.link.idling)
    rig.settle()
    assert [number for number, _ in rig.received()].count(ANSWER) == 1


def test_an_answer_waits_behind_what_waits_to_go() -> None:
    rig = opened_rig()
    rig.board.port.room = 0
    rig.send(rig.message(numbers.STATUS))
    assert idle(rig) == []
    rig.send(rig.message(numbers.STATUS))
    assert idle(rig) == []
    rig.board.port.room = None
    rig.settle()
    assert [number for number, _ in rig.received()].count(ANSWER) == 2
    assert rig.reader.lost_frames == 0


def test_a_stop_after_it_is_found() -> None:
    rig = opened_rig()
    rig.send(rig.message(numbers.STATUS))
    next(rig.link.idling)
    rig.send(STOP_FRAME[1:])  # its first zero is the last frame's
    next(rig.link.idling)
    assert rig.pump.told("stop")
