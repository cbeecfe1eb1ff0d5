import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumplink import cobs
from tests.shared.pumplink.messages import plain_cobs

# From docs/protocol.md; the first ones are in the paper and in every other implementation's tests.
PAIRS = (
    (b"", b"\x01"),
    (b"\0", b"\x01\x01"),
    (b"\x11\x22\0\x33", b"\x03\x11\x22\x02\x33"),
    (b"\x11\0\0\0", b"\x02\x11\x01\x01\x01"),
    (bytes(range(1, 255)), b"\xff" + bytes(range(1, 255))),
    (bytes(range(255)), b"\x01\xff" + bytes(range(1, 255))),
    (bytes(range(1, 256)), b"\xff" + bytes(range(1, 255)) + b"\x02\xff"),
    (bytes(range(2, 256)) + b"\0", b"\xff" + bytes(range(2, 256)) + b"\x01\x01"),
)
# Long runs without a zero are where the blocks are cut.
RUNS = st.lists(st.integers(0, 600).map(lambda length: b"\x07" * length) | st.binary(max_size=20), max_size=5)
DATA = RUNS.map(b"".join) | RUNS.map(b"\0".join)


def encode(data: bytes) -> bytes:
    buffer = bytearray(b"\xee" + data + b"\xee" * (len(data) // 254 + 2))
    return bytes(buffer[: cobs.encode_in_place(buffer, 0, 1 + len(data))])


def decode(data: bytes) -> bytes | None:
    buffer = bytearray(data)
    end = cobs.decode_in_place(buffer, len(data))
    return bytes(buffer[1:end]) if end else None


@pytest.mark.parametrize(("data", "encoded"), PAIRS)
def test_known_pairs_both_ways(data: bytes, encoded: bytes) -> None:
    assert encode(data) == encoded
    assert decode(encoded) == data


@given(DATA)
def test_encoding_is_the_definition_and_holds_no_zero(data: bytes) -> None:
    assert encode(data) == plain_cobs(data)
    assert 0 not in encode(data)


@given(DATA)
def test_decoding_undoes_encoding(data: bytes) -> None:
    assert decode(encode(data)) == data


def test_a_closing_empty_block_after_a_full_one_is_accepted() -> None:
    assert decode(b"\xff" + b"\x07" * 254 + b"\x01") == b"\x07" * 254


@given(st.binary(max_size=600).map(lambda data: data.replace(b"\0", b"\xff")))
def test_any_bytes_without_zero_decode_to_what_encodes_the_same_or_to_nothing(data: bytes) -> None:
    decoded = decode(data)
    if decoded is not None:
        assert encode(decoded) in (data, data.removesuffix(b"\x01"))


@given(DATA, st.integers(1, 300))
def test_a_cut_encoding_is_refused_or_shorter(data: bytes, cut: int) -> None:
    encoded = encode(data)[:-cut]
    decoded = decode(encoded)
    assert decoded is None or len(decoded) < len(data)
