import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplink import codec, messages, named
from pumplink.errors import LayoutError, RangeError
from pumplink.frame import MAX_PAYLOAD
from pumplink.numbers import (
    ANSWER_BIT,
    BOLUS,
    CALIBRATION_SET,
    HELLO,
    PROGRAM_BEGIN,
    PROGRAM_COMMIT,
    REFUSED,
    SUMMARY,
    TELEMETRY,
)
from tests.shared.pumplink.messages import FIELDS, NUMBERS, Values, payload_of, values_of


@given(st.sampled_from(NUMBERS).flatmap(lambda number: st.tuples(st.just(number), values_of(number))))
def test_every_message_comes_back_as_it_was_packed(message: tuple[int, Values]) -> None:
    number, values = message
    payload = payload_of(number, values)
    assert payload == struct.pack("<" + "".join(field[1] for field in FIELDS[number]), *values)
    assert codec.unpack_from(number, b"ab" + payload, 2, len(payload)) == values


@given(
    st.sampled_from(
        [number for number in NUMBERS if not any(field[2] == "utf-8" for field in FIELDS[number])]
    ).flatmap(lambda number: st.tuples(st.just(number), values_of(number)))
)
def test_values_come_back_from_their_names(message: tuple[int, Values]) -> None:
    number, values = message
    assert named.from_dict(number, named.to_dict(number, values)) == values


@pytest.mark.parametrize("number", NUMBERS)
def test_sizes_counts_and_names_agree_with_the_table(number: int) -> None:
    layout = "<" + "".join(field[1] for field in FIELDS[number])
    values = struct.unpack(layout, bytes(struct.calcsize(layout)))
    assert codec.size(number) == struct.calcsize(layout) <= MAX_PAYLOAD
    assert codec.field_count(number) == len(values) == len(named.names(number))


@given(st.sampled_from(NUMBERS).flatmap(lambda number: st.tuples(st.just(number), values_of(number))))
def test_check_names_the_first_value_outside_its_range(message: tuple[int, Values]) -> None:
    number, values = message
    allowed = [
        (field[3], field[4])
        for field in FIELDS[number]
        for _ in range(1 if field[1][-1] == "s" else int(field[1][:-1] or "1"))
    ]
    outside = [
        index
        for index, (value, (least, greatest)) in enumerate(zip(values, allowed, strict=True))
        if isinstance(value, int) and not least <= value <= greatest
    ]
    assert codec.check(number, values) == (outside[0] if outside else -1)
    after = [index - 2 for index in outside if index >= 2]
    assert codec.check(number, values, 2) == (after[0] if after else -1)


def test_the_ends_of_a_range_are_inside() -> None:
    for number in NUMBERS:
        if codec.field_count(number):
            for end in (0, 1):
                values = [
                    bytes(8) if "s" in codec_format else codec.limits(number, index)[end]
                    for index, codec_format in enumerate(flat_formats(number))
                ]
                assert codec.check(number, values) == -1


def flat_formats(number: int) -> list[str]:
    formats: list[str] = []
    for field in FIELDS[number]:
        formats.extend([field[1]] if field[1][-1] == "s" else [field[1][-1]] * int(field[1][:-1] or "1"))
    return formats


def test_a_list_is_checked_value_by_value() -> None:
    values: Values = [codec.limits(CALIBRATION_SET, index)[0] for index in range(208)]
    values[0] = values[1] = 1
    assert codec.check(CALIBRATION_SET, values, 2) == -1
    values[20] = 2**30
    assert codec.check(CALIBRATION_SET, values, 2) == 18
    assert named.names(CALIBRATION_SET)[20] == "stroke_pl[4]"
    assert codec.limits(CALIBRATION_SET, 20) == (0, 2**30 - 1)
    assert codec.limits(CALIBRATION_SET, 207) == (-1000, 10_000)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ([1, 1, 256, 5, 5], RangeError),
        ([1, 1, -1, 5, 5], RangeError),
        ([1, 2**32, 0, 5, 5], RangeError),
        ([1, 1, 0, 5], LayoutError),
        ([1, 1, 0, 5, 5, 5], LayoutError),
        ([], LayoutError),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_written(
    values: list[int], error: type[Exception]
) -> None:
    out = bytearray(32)
    with pytest.raises(error):
        codec.pack_into(BOLUS, out, 0, values)
    assert out == bytes(32)


def test_a_run_of_bytes_that_is_too_long_is_refused_and_a_short_one_filled_up() -> None:
    out = bytearray(16)
    with pytest.raises(RangeError):
        codec.pack_into(PROGRAM_COMMIT, out, 0, [1, 1, b"123456789"])
    codec.pack_into(PROGRAM_COMMIT, out, 0, [1, 1, b"1234567"])
    assert out[8:] == b"1234567\0"


def test_a_buffer_without_room_is_refused() -> None:
    with pytest.raises(LayoutError):
        codec.pack_into(BOLUS, bytearray(16), 0, [1, 1, 0, 5, 5])
    with pytest.raises(LayoutError):
        codec.pack_into(BOLUS, bytearray(20), 4, [1, 1, 0, 5, 5])


@pytest.mark.parametrize("number", NUMBERS)
def test_a_payload_of_another_length_is_refused(number: int) -> None:
    size = codec.size(number)
    record = {TELEMETRY: codec.RECORD_SIZE, SUMMARY: codec.SUMMARY_SIZE}.get(number, 10_000)
    for length in range(size + 200):
        if length < size or (length - size) % record:
            with pytest.raises(LayoutError):
                codec.unpack_from(number, bytes(1000), 0, length)
        else:
            assert len(codec.unpack_from(number, bytes(1000), 0, length)) == codec.field_count(number)


@pytest.mark.parametrize("number", sorted(set(range(256)) - set(NUMBERS)))
def test_a_number_that_no_message_has_is_told_apart(number: int) -> None:
    if number & ANSWER_BIT and codec.kind(number) == codec.ANSWER:
        assert codec.kind(number & ~ANSWER_BIT) == codec.COMMAND
        assert codec.unpack_from(number, b"\x05\0\0\0", 0, 4) == [5]
        return
    assert codec.kind(number) == -1
    for use in (codec.size, codec.field_count):
        with pytest.raises(LayoutError, match=str(number)):
            use(number)
    with pytest.raises(LayoutError, match=str(number)):
        named.names(number)


@pytest.mark.parametrize(("number", "_name", "kind", "_fields"), messages.MESSAGES)
def test_kinds_are_those_of_the_table(number: int, _name: str, kind: str, _fields: messages.Fields) -> None:
    kinds = (messages.FROZEN, messages.QUERY, messages.COMMAND, messages.ANSWER, messages.STREAM)
    assert kinds[codec.kind(number)] == kind


def test_texts_and_lists_have_their_own_shape_by_name() -> None:
    head: dict[str, named.NamedValue] = {"session": 1, "request": 1, "name": "wöchentlich", "mode": 0}
    head |= {"on_link_lost": 1, "keep_open_nl_h": 5000, "repeat": 1, "segments": 2}
    payload = payload_of(PROGRAM_BEGIN, named.from_dict(PROGRAM_BEGIN, head))
    assert named.to_dict(PROGRAM_BEGIN, codec.unpack_from(PROGRAM_BEGIN, payload, 0, len(payload))) == head
    calibration = named.to_dict(CALIBRATION_SET, [0] * codec.field_count(CALIBRATION_SET))
    assert calibration["stroke_pl"] == [0] * 8
    with pytest.raises(LayoutError, match="stroke_pl is a list of 8"):
        named.from_dict(CALIBRATION_SET, calibration | {"stroke_pl": [0] * 7})


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"nonce": 1}, "hello needs the field protocol"),
        ({"protocol": 1, "schema": 1, "nonce": 1, "role": 1, "colour": 1}, "hello has no field colour"),
        ({"protocol": [1], "schema": 1, "nonce": 1, "role": 1}, "protocol is one value, not a list"),
    ],
)
def test_a_wrong_mapping_is_refused_by_the_field(mapping: dict[str, named.NamedValue], sentence: str) -> None:
    with pytest.raises(LayoutError, match=sentence):
        named.from_dict(HELLO, mapping)


def test_a_refusal_can_carry_any_value_that_was_asked() -> None:
    values: Values = [1, BOLUS, 3, 0, 2**63 - 1, -(2**63) + 1, 0]
    assert codec.check(REFUSED, values) == -1
    assert codec.unpack_from(REFUSED, payload_of(REFUSED, values), 0, codec.size(REFUSED)) == values
