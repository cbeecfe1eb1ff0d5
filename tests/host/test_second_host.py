"""docs/protocol.md suffices: a decoder and a host that know nothing but the page get on with our own decoder
and with the real firmware."""

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.protocol_page import Fields, Layout, ProtocolPage, Vector
from tests.support.second_host import (
    STOP_FRAME,
    FrameReader,
    LossCounter,
    RefusedError,
    SecondHost,
    cobs_decode,
    cobs_encode,
    decode_frame,
    decode_telemetry,
    encode_frame,
)

from pumpbench.client.frames import FrameSplitter
from pumpbench.client.records import RECORD_DTYPE, StreamDecoder
from pumpbench.virtual.board import VirtualBoard

PAGE = ProtocolPage()
STATES = PAGE.names("Running")
ROLES = PAGE.names("Roles of a session")
REFUSALS = PAGE.names("Refusals")
EVENTS = PAGE.names("Kinds of events")
KINDS = PAGE.names("Kinds of segments")

DOSE_NL, RATE_NL_H = 100_000, 10_000_000  # 0.1 mL at 10 mL/h: 36 s
SECOND_US = 1_000_000
WATER: Fields = {
    "index": 0, "capacity_nl": 20_000_000, "contents_nl": 20_000_000, "low_at_nl": 1_000_000,
    "empty_at_nl": 100_000, "concentration_ng_ml": 0, "drug": b"water",
}  # fmt: skip
BOLUS: Fields = {"reservoir": 0, "volume_nl": 20_000, "rate_nl_h": RATE_NL_H}


# --- the page's own examples ---


@pytest.mark.parametrize(("original", "encoded"), PAGE.cobs_examples)
def test_cobs_does_what_the_pages_table_shows(original: bytes, encoded: bytes) -> None:
    assert cobs_encode(original) == encoded
    assert cobs_decode(encoded) == original


def test_the_pages_table_of_cobs_was_found() -> None:
    assert len(PAGE.cobs_examples) == 8


def test_a_closing_block_after_a_full_one_is_accepted() -> None:
    full = bytes(range(1, 255))
    assert cobs_decode(b"\xff" + full + b"\x01") == full


@pytest.mark.parametrize("vector", PAGE.vectors, ids=lambda vector: vector.name)
def test_a_golden_vector_is_what_the_tables_say(vector: Vector) -> None:
    frame = decode_frame(vector.frame[1:-1])
    assert (frame.number, frame.sequence) == (vector.number, vector.sequence)
    assert encode_frame(frame.number, frame.sequence, frame.payload) == vector.frame
    message = PAGE.by_number.get(vector.number)
    layout = message.layout if message else Layout((("request", "I"),))
    assert _as_printed(layout.unpack(frame.payload)) == vector.values
    record = message.record if message else None
    if record is not None:
        starts = range(layout.size, len(frame.payload), record.size)
        assert tuple(_as_printed(record.unpack(frame.payload, start)) for start in starts) == vector.records


def test_the_stop_frame_is_the_one_of_the_tables() -> None:
    vector = next(vector for vector in PAGE.vectors if vector.name == "stop")
    assert vector.frame == STOP_FRAME == encode_frame(PAGE.messages["stop"].number, 0, b"")


def test_wide_fields_go_on_over_a_turn_of_their_low_words() -> None:
    vector = next(vector for vector in PAGE.vectors if vector.name == "telemetry")
    first, second = decode_telemetry(PAGE, decode_frame(vector.frame[1:-1]).payload)
    assert (first["time_us"], second["time_us"]) == (8_589_934_336, 8_590_034_336)
    assert (first["commanded_nl"], second["commanded_nl"]) == (4_294_967_280, 4_294_967_313)
    assert (first["measured_nl"], second["measured_nl"]) == (-5, 28)
    assert (first["counter"], second["counter"]) == (1_000_000, 1_000_001)


FRAMES = st.builds(
    encode_frame,
    st.sampled_from([0x53, 0x81, 0xC0, 0xC1, 0xD3, 0xFF]),
    st.integers(0, 5) | st.integers(0xFFFA, 0xFFFF),
    st.binary(max_size=520),
)
PIECES = (
    FRAMES | st.binary(max_size=600) | st.tuples(FRAMES, st.integers(0, 40)).map(lambda cut: cut[0][cut[1] :])
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=12), st.integers(1, 700))
def test_both_readers_find_the_same_frames_in_a_damaged_stream(pieces: list[bytes], chunk: int) -> None:
    stream = b"".join(pieces) + b"\0"
    ours, reader, loss = FrameSplitter(), FrameReader(), LossCounter()
    theirs = [frame for at in range(0, len(stream), chunk) for frame in reader.feed(stream[at : at + chunk])]
    for frame in theirs:
        loss.take(frame)
    found = [(frame.kind, frame.sequence, frame.payload) for frame in ours.feed(stream)]
    assert [(frame.number, frame.sequence, frame.payload) for frame in theirs] == found
    assert (reader.bad_frames, loss.lost) == (ours.bad_frames, ours.lost_frames)


# --- against the firmware ---


@pytest.fixture
def board() -> Iterator[VirtualBoard]:
    with VirtualBoard(speed="max", seed=5) as started:
        yield started


@contextlib.contextmanager
def connected(board: VirtualBoard) -> Iterator[SecondHost]:
    host = SecondHost(board.port, PAGE)
    with contextlib.closing(host):
        yield host


@pytest.fixture
def host(board: VirtualBoard) -> Iterator[SecondHost]:
    """A host in command."""
    with connected(board) as greeted:
        assert greeted.hello("command")["role"] == ROLES["command"]
        yield greeted


def test_a_program_of_a_tenth_of_a_millilitre_is_delivered_and_seen_whole(
    board: VirtualBoard, host: SecondHost
) -> None:
    staged = run_program(host)
    assert (staged["volume_nl"], staged["duration_s"], staged["peak_nl_h"]) == (DOSE_NL, 36, RATE_NL_H)
    board.advance(40 * SECOND_US)
    hear_all(host)

    status, last = host.status(), host.records[-1]
    assert status["state"] == last["state"] == STATES["finished"]
    assert status["delivered_nl"] == last["counted_nl"]
    assert last["commanded_nl"] == DOSE_NL
    step_nl = last["counted_nl"] / last["steps"]
    assert DOSE_NL - step_nl <= last["counted_nl"] <= DOSE_NL
    assert status["remaining_nl"] == last["remaining_nl"] == 20_000_000 - last["counted_nl"]

    assert host.records[0]["counter"] == 0
    assert host.missing_counters() == []
    assert host.lost_frames == 0
    times = [record["time_us"] for record in host.records]
    assert times == [SECOND_US // 10 * (i + 1) for i in range(400)]
    assert [event["code"] for event in host.events if event["run"] == last["run"]] == [
        EVENTS["segment"], EVENTS["run-started"], EVENTS["run-finished"],
    ]  # fmt: skip
    started = next(event for event in host.events if event["code"] == EVENTS["run-started"])
    assert started["b"] == int.from_bytes(staged["digest"][:4], "big") // 2


def test_our_own_decoder_makes_the_same_records_of_the_same_bytes(
    board: VirtualBoard, host: SecondHost
) -> None:
    host.ask("telemetry_set", rate_hz=100)
    run_program(host)
    board.advance(10 * SECOND_US)
    hear_all(host)
    decoder = StreamDecoder()
    ours = [item for item in decoder.feed(host.heard_bytes) if isinstance(item, np.ndarray)]
    names = RECORD_DTYPE.names or ()
    assert len(host.records) == 1000
    assert [tuple(record[name] for name in names) for record in host.records] == [
        record for array in ours for record in array.tolist()
    ]
    assert (decoder.odd_batches, decoder.splitter.bad_frames) == (0, 0)


def test_a_repeated_command_is_answered_twice_and_carried_out_once(
    board: VirtualBoard, host: SecondHost
) -> None:
    host.ask("reservoir_set", **WATER)
    first = host.ask("bolus", **BOLUS)
    assert host.repeat("bolus", host.last_request, **BOLUS) == first
    board.advance(20 * SECOND_US)
    assert host.repeat("bolus", host.last_request, **BOLUS) == first
    hear_all(host)
    assert [event["code"] for event in host.events].count(EVENTS["bolus-started"]) == 1
    step_nl = 16
    assert BOLUS["volume_nl"] - step_nl <= host.status()["delivered_nl"] <= BOLUS["volume_nl"]
    assert host.ask("link_health")["repeated_requests"] == 2


def test_an_id_that_was_overtaken_is_carried_out_and_one_with_other_bytes_is_stale(
    board: VirtualBoard, host: SecondHost
) -> None:
    host.repeat("reservoir_set", 2, **WATER)
    host.repeat("reservoir_set", 1, **WATER)
    with pytest.raises(RefusedError) as refused:
        host.repeat("reservoir_set", 2, **{**WATER, "drug": b"other"})
    assert refused.value.fields["code"] == REFUSALS["stale"]
    hear_all(host)
    assert [event["code"] for event in host.events].count(EVENTS["reservoir-set"]) == 2


def test_a_refused_command_stays_refused_under_its_id(board: VirtualBoard, host: SecondHost) -> None:
    with pytest.raises(RefusedError) as refused:
        host.ask("refill", index=0, residual_nl=0, contents_nl=5)
    assert refused.value.fields["code"] == REFUSALS["nothing"]
    request = host.last_request
    host.ask("reservoir_set", **WATER)
    with pytest.raises(RefusedError):
        host.repeat("refill", request, index=0, residual_nl=0, contents_nl=5)
    host.ask("refill", index=0, residual_nl=0, contents_nl=5)
    assert host.ask("reservoir_get", index=0)["contents_nl"] == 5


def test_stop_and_status_need_no_hello(board: VirtualBoard) -> None:
    with connected(board) as host:
        host.hello("command")
        run_program(host)
    board.advance(5 * SECOND_US)
    with connected(board) as stranger:
        assert stranger.status()["state"] == STATES["running"]
        stopped = stranger.stop()
        assert stopped["state"] == STATES["stopped"]
        board.advance(5 * SECOND_US)
        status = stranger.status()
        assert (stranger.session, stranger.records, stranger.events) == (0, [], [])
    assert status["state"] == STATES["stopped"]
    assert status["delivered_nl"] == stopped["delivered_nl"] > 0


def test_a_second_session_observes_and_may_stop(board: VirtualBoard, host: SecondHost) -> None:
    staged = run_program(host)
    board.advance(5 * SECOND_US)
    with connected(board) as second:
        assert second.hello("command")["role"] == ROLES["observe"]
        assert second.ask("program_get", slot=1)["digest"] == staged["digest"]
        with pytest.raises(RefusedError) as refused:
            second.ask("pause")
        assert refused.value.fields["code"] == REFUSALS["session"]
        assert host.status()["state"] == STATES["running"]
        assert second.stop()["state"] == STATES["stopped"]
        board.advance(SECOND_US)
        second.listen(lambda: bool(second.records))
    with pytest.raises(RefusedError) as refused:
        host.ask("start", digest=staged["digest"], resume=1, lease_s=0)
    assert refused.value.fields["code"] == REFUSALS["state"]


def test_a_session_lives_by_its_nonce_until_another_one_takes_the_command(
    board: VirtualBoard, host: SecondHost
) -> None:
    first = host.hello("take-over", nonce=71)
    assert host.hello("command", nonce=71)["session"] == first["session"]
    assert host.hello("observe", nonce=71)["session"] == first["session"]
    assert host.hello("command", nonce=71)["role"] == ROLES["command"]
    board.advance(11 * SECOND_US)
    assert host.hello("command", nonce=71)["session"] == first["session"], "silence alone ends nothing"
    host.hello("take-over", nonce=72)
    assert host.hello("take-over", nonce=71)["session"] == 0
    host.hello("command", nonce=72)
    host.ask("bye")
    assert host.hello("command", nonce=72)["session"] == 0
    assert host.hello("command")["role"] == ROLES["command"]


def test_a_host_that_comes_late_gets_the_records_before_it(board: VirtualBoard) -> None:
    board.advance(3 * SECOND_US)
    with connected(board) as late:
        late.hello("observe")
        board.advance(2 * SECOND_US)
        hear_all(late)
        assert [record["counter"] for record in late.records] == list(range(30, 50))
        answer = late.ask("telemetry_fetch", first=0, count=30)
        assert (answer["first"], answer["count"], answer["oldest"], answer["next"]) == (0, 30, 0, 50)
        late.listen(lambda: len(late.records) == 50)
        assert [record["counter"] for record in late.records[20:]] == list(range(30))
        assert {record["batch_flags"] for record in late.records[:20]} == {0}
        assert {record["batch_flags"] for record in late.records[20:]} == {1}


def test_a_new_fetch_takes_the_place_of_the_one_under_way(board: VirtualBoard, host: SecondHost) -> None:
    board.advance(30 * SECOND_US)
    hear_all(host)
    host.records.clear()
    both = [(901, {"first": 0, "count": 200}), (902, {"first": 250, "count": 20})]
    host.send_together("telemetry_fetch", both)
    host.listen(lambda: len(host.records) >= 20)
    host.status()
    assert [record["counter"] for record in host.records] == list(range(250, 270))


def test_rate_0_stops_the_stream_and_not_the_records(board: VirtualBoard, host: SecondHost) -> None:
    board.advance(SECOND_US)
    hear_all(host)
    host.ask("telemetry_set", rate_hz=0)
    board.advance(2 * SECOND_US)
    assert host.ask("telemetry_fetch", first=10, count=100)["count"] == 20
    host.listen(lambda: len(host.records) == 30)
    assert host.missing_counters() == []


def test_events_are_fetched_again_by_their_numbers(board: VirtualBoard, host: SecondHost) -> None:
    host.ask("reservoir_set", **WATER)
    host.listen(lambda: host.events[-1:] != [] and host.events[-1]["code"] == EVENTS["reservoir-set"])
    live = list(host.events)
    host.events.clear()
    answer = host.ask("events_fetch", first=0)
    host.listen(lambda: len(host.events) == answer["count"])
    assert [event["number"] for event in host.events] == list(range(1, answer["next"]))
    assert host.events[0]["code"] == EVENTS["boot"]
    assert host.events[-len(live) :] == live


def test_an_alarm_may_be_acknowledged_while_its_cause_is_there_and_goes_on_forbidding(
    board: VirtualBoard, host: SecondHost
) -> None:
    alarm = PAGE.names("Alarms")["stop-input"]
    host.ask("reservoir_set", **WATER)
    board.control.stop_input(True)
    board.advance(SECOND_US)
    host.ask("alarm_ack", code=alarm)
    alarms = host.ask("alarm_list")
    assert (alarms["latched"], alarms["present"]) == (0, 1 << alarm)
    with pytest.raises(RefusedError) as refused:
        host.ask("bolus", **BOLUS)
    assert (refused.value.fields["code"], refused.value.fields["value"]) == (REFUSALS["alarm"], alarm)
    board.control.stop_input(False)
    board.advance(SECOND_US)
    host.ask("bolus", **BOLUS)


def run_program(host: SecondHost) -> Fields:
    """Program the dose and start it; return what the board understood."""
    host.ask("reservoir_set", **WATER)
    host.ask(
        "program_begin", name=b"a tenth", mode=0, on_link_lost=0, keep_open_nl_h=0, repeat=1, segments=1
    )  # fmt: skip
    host.ask(
        "program_segment", index=0, kind=KINDS["constant"], reservoir=0, rate_nl_h=RATE_NL_H, to_rate_nl_h=0,
        volume_nl=DOSE_NL, duration_s=0,
    )  # fmt: skip
    staged = host.ask("program_stage")
    host.ask("program_commit", digest=staged["digest"])
    host.ask("start", digest=staged["digest"], resume=0, lease_s=0)
    return staged


def hear_all(host: SecondHost) -> None:
    """Take in every record and event that the board has made."""
    records = host.ask("telemetry_fetch", first=(1 << 64) - 1, count=1)["next"]
    host.listen(lambda: not records or records - 1 in {record["counter"] for record in host.records})
    events = host.ask("events_fetch", first=(1 << 32) - 1)["next"]
    host.listen(lambda: events - 1 in {event["number"] for event in host.events})


def _as_printed(values: Fields) -> str:
    """As the page prints the values of a golden vector."""
    return " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in values.values())
