import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplink.errors import LayoutError
from pumplink.frame import MAX_FRAME, MAX_PAYLOAD, STOP_FRAME, FrameReader, FrameWriter
from pumplink.numbers import HELLO, LINK_HEALTH, STATUS, STOP
from tests.shared.pumplink.messages import plain_frame

Frame = tuple[int, int, bytes]
PAYLOADS = st.binary(max_size=MAX_PAYLOAD) | st.integers(0, MAX_PAYLOAD).map(lambda length: b"\x2a" * length)
FRAMES = st.tuples(st.integers(0, 255), st.integers(0, 65535), PAYLOADS)


def written(kind: int, sequence: int, payload: bytes) -> bytes:
    out = bytearray(MAX_FRAME)
    return bytes(out[: FrameWriter().encode(out, 0, kind, sequence, payload, len(payload))])


def read(reader: FrameReader, data: bytes) -> list[Frame]:
    reader.feed(data, len(data))
    found = []
    while reader.next():
        found.append((reader.kind, reader.sequence, bytes(reader.payload[: reader.length])))
    return found


@given(FRAMES)
def test_a_frame_is_what_the_protocol_page_says(frame: Frame) -> None:
    assert written(*frame) == plain_frame(*frame)


@given(st.lists(FRAMES, max_size=8), st.randoms(use_true_random=False))
def test_frames_are_read_back_however_the_stream_is_cut(
    frames: list[Frame], generator: random.Random
) -> None:
    stream = b"".join(written(*frame) for frame in frames)
    reader = FrameReader()
    found = []
    while stream:
        cut = generator.choice((1, 2, 7, 100, 1000))
        found += read(reader, stream[:cut])
        stream = stream[cut:]
    assert found == frames
    assert (reader.frames, reader.bad_frames) == (len(frames), 0)


def test_the_stop_frame_never_changes() -> None:
    assert bytes.fromhex("0002530105fb49bb9100") == STOP_FRAME == plain_frame(STOP, 0, b"")


def test_only_as_much_of_the_payload_as_told_is_sent() -> None:
    out = bytearray(64)
    end = FrameWriter().encode(out, 5, STATUS, 9, bytearray(b"abcdef"), 3)
    assert bytes(out[5:end]) == plain_frame(STATUS, 9, b"abc")
    assert bytes(out[:5]) + bytes(out[end:]) == bytes(64 - (end - 5))


@given(PAYLOADS)
def test_a_frame_needs_no_more_room_than_promised(payload: bytes) -> None:
    out = bytearray(len(payload) + 11)
    end = FrameWriter().encode(out, 0, 1, 0x0101, payload, len(payload))
    assert end <= len(out) <= MAX_FRAME


def test_a_payload_that_is_too_long_or_has_no_room_is_refused_and_nothing_written() -> None:
    out = bytearray(1024)
    with pytest.raises(LayoutError, match="497 bytes"):
        FrameWriter().encode(out, 0, 1, 0, bytes(497), 497)
    with pytest.raises(LayoutError, match="20 bytes"):
        FrameWriter().encode(out, 1000, 1, 0, bytes(20), 20)
    assert out == bytes(1024)


@pytest.mark.parametrize("size", [497, 505, 600, 100_000])
def test_a_frame_that_is_too_long_is_one_bad_frame(size: int) -> None:
    reader = FrameReader()
    after = written(STATUS, 2, b"")
    assert read(reader, plain_frame(STATUS, 1, b"\x11" * size) + after) == [(STATUS, 2, b"")]
    assert (reader.frames, reader.bad_frames) == (1, 1)


@given(st.lists(st.binary(max_size=2000), max_size=10))
def test_garbage_is_survived_and_invents_nothing(chunks: list[bytes]) -> None:
    reader = FrameReader()
    for chunk in chunks:
        assert read(reader, chunk) == []
    last = written(STATUS, 7, b"")
    assert read(reader, last) == [(STATUS, 7, b"")]


@given(FRAMES, st.data())
def test_one_wrong_byte_costs_one_frame(frame: Frame, data: st.DataObject) -> None:
    whole = bytearray(written(*frame))
    at = data.draw(st.integers(1, len(whole) - 2))
    whole[at] ^= data.draw(st.integers(1, 255))
    neighbour = (STATUS, 1, b"abc")
    reader = FrameReader()
    assert read(reader, written(*neighbour) + whole + written(*neighbour)) == [neighbour, neighbour]
    assert reader.bad_frames >= 1


@given(st.integers(0, 65535), st.lists(st.booleans(), min_size=1, max_size=40))
def test_frames_that_never_came_are_counted_as_lost(first: int, arrives: list[bool]) -> None:
    arrives = [True, *arrives, True]
    reader = FrameReader()
    for number, does_arrive in enumerate(arrives):
        if does_arrive:
            read(reader, written(LINK_HEALTH, first + number & 0xFFFF, b""))
    assert reader.lost_frames == arrives.count(False)


def test_a_sender_that_begins_anew_is_no_loss() -> None:
    reader = FrameReader()
    read(reader, written(LINK_HEALTH, 1000, b"") + STOP_FRAME + written(LINK_HEALTH, 0, b""))
    assert reader.lost_frames == 0
    read(reader, written(HELLO, 500, b"") + written(HELLO | 0x80, 600, b"") + written(LINK_HEALTH, 601, b""))
    assert reader.lost_frames == 0


def test_restart_forgets_half_a_frame_and_the_expected_number() -> None:
    reader = FrameReader()
    half = written(STATUS, 3, b"half")[:-4]
    read(reader, half)
    reader.restart()
    assert read(reader, written(STATUS, 900, b"")) == [(STATUS, 900, b"")]
    assert (reader.bad_frames, reader.lost_frames) == (0, 0)
