"""Bulk decoding against a naive decoder written from the message table."""

import itertools
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.host.client.scripted_frames import batch, frame

from pumpbench.client.frames import Frame
from pumpbench.client.records import RECORD_DTYPE, StreamDecoder
from pumplink.frame import FrameReader
from pumplink.messages import MESSAGES, RECORD, WIDE
from pumplink.numbers import EVENT, TELEMETRY

_HEADER = next(fields for number, _, _, fields in MESSAGES if number == TELEMETRY)


def naive_records(payload: bytes) -> list[dict[str, int]]:
    """One record after the other, by the words of docs/protocol.md."""
    header_format = "<" + "".join(field[1] for field in _HEADER)
    record_format = "<" + "".join(field[1] for field in RECORD)
    header = dict(
        zip([field[0] for field in _HEADER], struct.unpack_from(header_format, payload), strict=True)
    )
    found: list[dict[str, int]] = []
    at = struct.calcsize(header_format)
    before: dict[str, int] = {}
    full = {name: header[name] for name in WIDE}
    while at < len(payload):
        low = dict(
            zip([field[0] for field in RECORD], struct.unpack_from(record_format, payload, at), strict=True)
        )
        if before:
            for name in WIDE:
                step = (low[name] - before[name]) & 0xFFFFFFFF
                full[name] += step - (1 << 32) if step >> 31 else step
        before = low
        own = {"boot": header["boot"], "run": header["run"], "counter": header["counter"] + len(found)}
        found.append(own | low | full)
        at += struct.calcsize(record_format)
    return found


def naive_stream(data: bytes) -> tuple[list[Any], FrameReader]:
    """Records and frames in order, by the board's own reader."""
    reader = FrameReader()
    reader.feed(data, len(data))
    items: list[Any] = []
    while reader.next():
        payload = bytes(reader.payload[: reader.length])
        if reader.kind == TELEMETRY:
            items += naive_records(payload)
        else:
            items.append(Frame(reader.kind, reader.sequence, payload))
    return items, reader


def flat(items: list[Any]) -> list[Any]:
    """Arrays as the naive decoder's dictionaries."""
    result: list[Any] = []
    for item in items:
        if isinstance(item, np.ndarray):
            assert item.dtype == RECORD_DTYPE
            result += [dict(zip(RECORD_DTYPE.names or (), record.item(), strict=True)) for record in item]
        else:
            result.append(item)
    return result


def cut(data: bytes, edges: list[int]) -> list[bytes]:
    """`data` in pieces."""
    places = sorted({0, len(data), *(edge % (len(data) + 1) for edge in edges)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


frames = st.one_of(
    st.builds(
        lambda first, count, boot: (TELEMETRY, batch(first, count, boot)),
        st.integers(0, 2**40),
        st.integers(1, 7),
        st.integers(0, 2**32 - 1),
    ),
    st.tuples(st.sampled_from([EVENT, 0x81, 0xFF, 0x05]), st.binary(max_size=496)),
)
streams = st.lists(frames, max_size=12).map(
    lambda found: [frame(kind, payload, index) for index, (kind, payload) in enumerate(found)]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A stream whose bytes and frames were dropped, doubled, flipped and put in another order."""
    pieces = list(draw(streams))
    for _ in range(draw(st.integers(0, 4))):
        if not pieces:
            break
        at = draw(st.integers(0, len(pieces) - 1))
        place = draw(st.integers(0, len(pieces[at])))
        piece = pieces[at]
        damage = draw(st.sampled_from(["drop", "double", "flip", "byte", "swap", "garbage"]))
        if damage == "drop":
            del pieces[at]
        elif damage == "double":
            pieces.insert(at, piece)
        elif damage == "flip" and piece:
            place %= len(piece)
            pieces[at] = (
                piece[:place] + bytes([piece[place] ^ 1 << draw(st.integers(0, 7))]) + piece[place + 1 :]
            )
        elif damage == "byte":
            pieces[at] = piece[:place] + piece[place + 1 :]
        elif damage == "swap":
            pieces.append(pieces.pop(at))
        else:
            pieces.insert(at, draw(st.binary(max_size=700)))
    return b"".join(pieces)


@given(damaged(), st.lists(st.integers(0, 1 << 16), max_size=8))
def test_any_stream_cut_anywhere_decodes_as_the_naive_decoder_says(data: bytes, edges: list[int]) -> None:
    decoder = StreamDecoder()
    found = [item for piece in cut(data, edges) for item in decoder.feed(piece)]
    expected, reader = naive_stream(data)
    assert flat(found) == expected
    splitter = decoder.splitter
    assert (splitter.frames, splitter.bad_frames, splitter.lost_frames) == (
        reader.frames,
        reader.bad_frames,
        reader.lost_frames,
    )


@given(st.lists(st.tuples(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1)), max_size=6))
def test_wide_fields_follow_steps_of_any_sign(steps: list[tuple[int, int]]) -> None:
    payload = bytearray(batch(5, 1))
    record_size = struct.calcsize("<" + "".join(field[1] for field in RECORD))
    first = bytes(payload[-record_size:])
    time_us, measured = 50_000, 85
    expected = [(time_us, measured)]
    for time_step, measured_step in steps:
        time_us, measured = time_us + time_step, measured + measured_step
        expected.append((time_us, measured))
        low = bytearray(first)
        struct.pack_into("<I", low, 0, time_us & 0xFFFFFFFF)
        struct.pack_into("<I", low, 12, measured & 0xFFFFFFFF)
        payload += low
    (records,) = StreamDecoder().feed(frame(TELEMETRY, bytes(payload)))
    assert isinstance(records, np.ndarray)
    wrapped = [(time & 0xFFFFFFFFFFFFFFFF, volume) for time, volume in expected]
    assert [(int(r["time_us"]), int(r["measured_nl"])) for r in records] == wrapped


def test_neighbouring_batches_come_as_one_array_and_frames_between_keep_their_place() -> None:
    data = frame(TELEMETRY, batch(0, 7)) + frame(TELEMETRY, batch(7, 3), 1)
    data += frame(EVENT, b"event", 2) + frame(TELEMETRY, batch(10, 1), 3)
    first, event, last = StreamDecoder().feed(data)
    assert isinstance(first, np.ndarray)
    assert isinstance(last, np.ndarray)
    assert first["counter"].tolist() == list(range(10))
    assert event == Frame(EVENT, 2, b"event")
    assert last["counter"].tolist() == [10]


@pytest.mark.parametrize("length", [0, 58, 59, 60, 118])
def test_a_batch_of_the_wrong_length_is_counted_and_invents_nothing(length: int) -> None:
    decoder = StreamDecoder()
    assert decoder.feed(frame(TELEMETRY, bytes(length))) == []
    assert decoder.odd_batches == 1
