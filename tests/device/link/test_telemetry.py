"""Telemetry: rate, batches, stream and back-fill, as a host sees them."""

import pytest
from batches import records
from hypothesis import given, settings
from hypothesis import strategies as st
from link_rig import MASK, Rig

from pumpfw.telemetry import CAPACITY, MAX_BATCH
from pumplink import codec, numbers, states


def batches(rig: Rig) -> list[tuple[int, int, list]]:
    return [records(payload) for number, payload in rig.received() if number == numbers.TELEMETRY]


def counters(found: list[tuple[int, int, list]]) -> list[int]:
    return [row[0] for _, _, rows in found for row in rows]


def connected_rig(rate_hz: int = 10, tick_hz: int = 100) -> Rig:
    rig = Rig(tick_hz=tick_hz)
    rig.hello()
    rig.request(numbers.TELEMETRY_SET, rate_hz)
    rig.settle()
    rig.received()
    return rig


def test_ten_records_a_second_unless_told_otherwise() -> None:
    rig = Rig()
    rig.hello()
    rig.tick(1001)
    assert counters(batches(rig)) == list(range(100))


@pytest.mark.parametrize(
    ("rate", "in_a_frame"), [(1, 1), (10, 1), (20, 1), (33, 2), (100, 5), (1000, MAX_BATCH)]
)
def test_records_share_frames_at_high_rates_only(rate: int, in_a_frame: int) -> None:
    rig = connected_rig(rate, tick_hz=1000)
    rig.tick(2000)
    found = batches(rig)
    assert max(len(rows) for _, _, rows in found) == in_a_frame
    assert len(found) <= len(counters(found)) / in_a_frame + 4, "few are split where the ring turns over"
    assert counters(found) == list(range(counters(found)[0], counters(found)[-1] + 1))
    assert len(counters(found)) == pytest.approx(2 * rate, abs=2 * in_a_frame)


def test_a_rate_above_the_boards_is_refused_with_the_highest() -> None:
    rig = connected_rig()
    kind, values = rig.request(numbers.TELEMETRY_SET, 101)
    assert kind == numbers.REFUSED
    assert values[1:] == [states.REFUSED_LIMIT, 0, 101, 0, 100]


def test_rate_zero_stops_the_stream_and_nothing_else() -> None:
    rig = connected_rig(100)
    rig.tick(103)
    rig.request(numbers.TELEMETRY_SET, 0)
    before = counters(batches(rig))
    rig.tick(200)
    tail = counters(batches(rig))
    assert before + tail == list(range((before + tail)[0], (before + tail)[-1] + 1)), "what was begun is sent"
    rig.request(numbers.TELEMETRY_SET, 100)
    rig.tick(20)
    later = counters(batches(rig))
    assert later[0] >= 300
    _, (_, count, _, _) = rig.request(numbers.TELEMETRY_FETCH, (before + tail)[-1] + 1, later[0])
    assert count > 190, "the ring was filled meanwhile"


def test_nothing_is_streamed_before_a_hello_but_the_ring_fills() -> None:
    rig = Rig()
    rig.tick(500)
    assert rig.received() == []
    rig.hello()
    _, (first, count, oldest, following) = rig.request(numbers.TELEMETRY_FETCH, 0, 1000)
    assert (first, count, oldest, following) == (0, 50, 0, 50)


counts = st.integers(0, (1 << 46) - 1)
wide = st.tuples(counts, counts, counts, st.integers(-(1 << 46), 1 << 46))


@settings(max_examples=30, deadline=None)
@given(wide, st.lists(st.tuples(*[st.integers(-1000, 1_000_000)] * 4), min_size=1, max_size=30))
def test_wide_fields_arrive_whole(start: tuple[int, ...], changes: list[tuple[int, ...]]) -> None:
    rig = connected_rig(100)
    now = rig.readings
    commanded, counted, steps, measured = start
    expected = []
    for change in changes:
        commanded = max(0, commanded + change[0])
        counted = max(0, counted + change[1])
        steps = max(0, steps + change[2])
        measured += change[3]
        now.commanded_hi, now.commanded_lo = commanded >> 30, commanded & MASK
        now.counted_hi, now.counted_lo = counted >> 30, counted & MASK
        now.steps_hi, now.steps_lo = steps >> 30, steps & MASK
        now.measured_hi, now.measured_lo = measured >> 30, measured & MASK
        rig.tick()
        expected.append([rig.board.time_us, commanded, counted, measured, steps])
    rig.request(numbers.TELEMETRY_SET, 0)
    rig.settle()
    kept = rig.telemetry.fetch(0, 1000)
    rows = []
    payload = bytearray(496)
    while rig.telemetry.fetch_due:
        rows += records(payload[: rig.telemetry.take_fetched(payload)])[2]
    assert kept[1] == len(rows)
    assert [row[1] for row in rows][-len(expected) :] == expected


def test_every_field_of_a_record_is_the_readings() -> None:
    rig = connected_rig(100)
    now = rig.readings
    names = (
        "set_nl_h", "flow_nl_h", "measured_nl_h", "rotor_mdeg", "pressure_pa", "remaining_nl",
        "alarms_latched", "temperature_mc", "late_ticks", "state", "flags", "segment", "reservoir",
    )  # fmt: skip
    values = [1_020_000_000, -5, -1_073_741_823, 359_999, -7000, 30_000_000, 1 << 17 | 1, -40_000, 65_535]
    values += [7, 255, 31, 3]
    for name, value in zip(names, values, strict=True):
        setattr(now, name, value)
    rig.tick(6)
    assert batches(rig)[-1][2][-1][2] == values


def test_a_batch_is_of_one_run() -> None:
    rig = connected_rig(100)
    for run in range(1, 8):
        rig.readings.run = run
        rig.readings.counted_hi, rig.readings.counted_lo = (9, 5) if run % 2 else (0, 0)
        rig.tick(3)
    rig.request(numbers.TELEMETRY_SET, 0)
    rig.settle()
    rig.telemetry.fetch(0, 1000)
    payload = bytearray(496)
    found = []
    while rig.telemetry.fetch_due:
        found.append(records(payload[: rig.telemetry.take_fetched(payload)]))
    for _, run, rows in found:
        if run:
            assert {row[1][2] for row in rows} == {(9 << 30) + 5 if run % 2 else 0}
    assert sorted({run for _, run, _ in found}) == list(range(1, 8))


def test_a_stream_that_stalled_goes_on_where_it_was() -> None:
    rig = connected_rig()
    rig.tick(100)
    rig.board.port.room = 0
    rig.tick(3000)
    rig.board.port.room = None
    rig.tick(400)
    found = counters(batches(rig))
    assert found == list(range(found[0], found[-1] + 1))
    assert rig.readings.dropped == 0


def test_what_the_ring_could_not_hold_for_a_stalled_stream_is_counted() -> None:
    rig = connected_rig(100)
    rig.tick(100)
    rig.board.port.room = 0
    rig.tick(10 * CAPACITY)
    rig.board.port.room = None
    rig.tick(300)
    found = counters(batches(rig))
    missing = found[-1] + 1 - found[0] - len(found)
    assert missing > 0
    assert rig.request(numbers.LINK_HEALTH)[1][3] == missing


def test_a_host_that_was_away_fetches_what_it_missed() -> None:
    rig = connected_rig()
    rig.tick(100)
    rig.board.port.is_open = False
    rig.tick(1000)
    rig.board.port.is_open = True
    rig.tick(50)
    seen = counters(batches(rig))
    assert seen[-1] < 10, "nothing is streamed without a hello"
    rig.hello()
    _, (first, count, _, following) = rig.request(numbers.TELEMETRY_FETCH, seen[-1] + 1, 0xFFFF)
    rig.tick(200)
    found = counters(batches(rig))
    assert count == following - first
    assert sorted(found) == list(range(first, max(found) + 1))
    assert max(found) >= following + 18


def test_back_fill_sends_what_it_said_and_marks_it() -> None:
    rig = connected_rig()
    rig.tick(3000)
    rig.received()
    rig.send(rig.message(numbers.TELEMETRY_FETCH, rig.token, 1, 40, 200))
    rig.tick(300)
    frames = rig.received()
    answer_number = numbers.TELEMETRY_FETCH | numbers.ANSWER_BIT
    answer = next(payload for number, payload in frames if number == answer_number)
    _, first, count, oldest, following = codec.unpack_from(answer_number, answer, 0, len(answer))
    assert (first, count, oldest) == (40, 200, 0)
    found = [records(payload) for number, payload in frames if number == numbers.TELEMETRY]
    fetched = counters([batch for batch in found if batch[0] & states.BATCH_BACKFILL])
    live = counters([batch for batch in found if not batch[0] & states.BATCH_BACKFILL])
    assert fetched == list(range(40, 240))
    assert live == list(range(live[0], live[-1] + 1))
    assert live[-1] >= following + 28


def test_a_fetch_of_what_is_gone_begins_with_the_oldest_there_is() -> None:
    rig = connected_rig(100)
    rig.tick(10 * CAPACITY)
    rig.settle()
    _, (first, count, oldest, following) = rig.request(numbers.TELEMETRY_FETCH, 0, 20)
    assert 0 < first == oldest <= following - CAPACITY
    assert count == 20
    assert rig.request(numbers.TELEMETRY_FETCH, following + 5, 20)[1][1] == 0


def test_a_minute_fits_where_nearly_every_number_changes_in_every_record() -> None:
    rig = connected_rig(10)
    now = rig.readings
    kept = []
    for i in range(750):
        # 100 mL/h on a ramp through the map, a noisy sensor and line, a clock that jitters.
        now.commanded_lo += 2777
        now.counted_lo += 2777 + i % 16
        now.measured_lo += 2700 + i % 99
        now.steps_lo += 178
        if i % 10 == 0:
            now.set_nl_h += 666_666
        now.flow_nl_h += 66_000 + i % 999
        now.measured_nl_h += 66_000 + (i * 7919) % 120_000 - 60_000
        now.rotor_mdeg = (now.rotor_mdeg + 20_025) % 360_000
        now.pressure_pa += (i * 7919) % 400 - 200
        now.remaining_nl = 30_000_000 - now.counted_lo
        now.temperature_mc += (i * 31) % 21 - 10
        rig.board.time_us += i * 37 % 200
        rig.tick(10)
        kept.append(now.kept)
    assert min(kept[650:]) >= CAPACITY
    _, count, oldest, following = rig.telemetry.fetch(0, 1000)
    assert count == following - oldest == kept[-1]


def test_a_stream_of_another_run_begins_another_batch_and_nothing_is_lost() -> None:
    rig = connected_rig(100)
    rig.request(numbers.TELEMETRY_SET, 0)
    for run in range(20):
        rig.readings.run = 1000 + run
        rig.tick(10)
    _, count, oldest, following = rig.telemetry.fetch(0, CAPACITY)
    assert count == following - oldest >= 200
    payload = bytearray(496)
    told = {}
    while rig.telemetry.fetch_due:
        _, run, rows = records(payload[: rig.telemetry.take_fetched(payload)])
        told.update({row[0]: run for row in rows})
    assert sorted(told) == list(range(oldest, following))
    last = [counter for counter in told if counter >= following - 200]
    assert all(told[counter] == 1000 + (counter - following + 200) // 10 for counter in last)
