"""Streams that drop, double, flip, cut and reorder bytes: what is whole is found, and nothing else."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from pumplink.frame import FrameReader
from tests.shared.pumplink.messages import plain_frame

Frame = tuple[int, int, bytes]
# (value, number of its frame, place in the frame); a byte that nobody sent is of frame -1.
Byte = tuple[int, int, int]
FRAMES = st.lists(
    st.tuples(st.integers(0, 255), st.integers(0, 65535), st.binary(max_size=40)), min_size=1, max_size=12
)


def drop(stream: list[Byte], start: int, length: int, _value: int) -> list[Byte]:
    return stream[:start] + stream[start + length :]


def double(stream: list[Byte], start: int, length: int, _value: int) -> list[Byte]:
    return stream[: start + length] + stream[start:]


def flip(stream: list[Byte], start: int, length: int, value: int) -> list[Byte]:
    flipped: list[Byte] = [(byte ^ value, -1, 0) for byte, _frame, _place in stream[start : start + length]]
    return stream[:start] + flipped + stream[start + length :]


def insert(stream: list[Byte], start: int, length: int, value: int) -> list[Byte]:
    inserted: list[Byte] = [(value, -1, 0)] * length
    return stream[:start] + inserted + stream[start:]


def cut_off(stream: list[Byte], start: int, _length: int, _value: int) -> list[Byte]:
    return stream[:start]


def reorder(stream: list[Byte], start: int, length: int, _value: int) -> list[Byte]:
    return (
        stream[:start]
        + stream[start + length : start + 2 * length]
        + stream[start : start + length]
        + (stream[start + 2 * length :])
    )


Damage = Callable[[list[Byte], int, int, int], list[Byte]]
DAMAGES: st.SearchStrategy[list[tuple[Damage, int, int, int]]] = st.lists(
    st.tuples(
        st.sampled_from([drop, double, flip, insert, cut_off, reorder]),
        st.integers(0, 700),
        st.integers(1, 60),
        st.integers(1, 255),
    ),
    max_size=6,
)


def undamaged(stream: list[Byte], lengths: list[int]) -> list[int]:
    """The frames all of whose bytes, with both zeros, stand in a row in the stream, in the order they end."""
    whole = []
    for end, (_byte, frame, place) in enumerate(stream):
        if frame < 0 or place != lengths[frame] - 1:
            continue
        start = end - place
        expected = [(frame, index) for index in range(lengths[frame])]
        if start >= 0 and [byte[1:] for byte in stream[start : end + 1]] == expected:
            whole.append(frame)
    return whole


@settings(max_examples=300)
@given(FRAMES, DAMAGES, st.integers(1, 64))
def test_whole_frames_are_found_and_nothing_else(
    frames: list[Frame], damages: list[tuple[Damage, int, int, int]], chunk: int
) -> None:
    encoded = [plain_frame(*frame) for frame in frames]
    stream: list[Byte] = [
        (byte, number, place) for number, data in enumerate(encoded) for place, byte in enumerate(data)
    ]
    for damage, start, length, value in damages:
        stream = damage(stream, start % (len(stream) + 1), length, value)
    data = bytes(byte for byte, _frame, _place in stream)

    reader = FrameReader()
    found: list[Frame] = []
    for at in range(0, len(data), chunk):
        piece = data[at : at + chunk]
        reader.feed(piece, len(piece))
        while reader.next():
            found.append((reader.kind, reader.sequence, bytes(reader.payload[: reader.length])))

    assert set(found) <= set(frames), "a frame was invented"
    rest = iter(found)
    for number in undamaged(stream, [len(data) for data in encoded]):
        assert frames[number] in rest, "a whole frame was lost, or came out of order"
    assert reader.frames == len(found)
