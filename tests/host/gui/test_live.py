"""What plots show of telemetry, whatever came when, beside a plain list of the records."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.host.store.samples import event

from pumpbench.client.records import RECORD_DTYPE, Records
from pumpbench.gui.live import LiveBuffer, View
from pumpbench.gui.models.bins import COLUMNS
from pumpbench.gui.models.track import BLOCK, TRACK
from pumpbench.store.events import Event as StoredEvent
from pumplink.states import FLAG_PRESSURE_VALID, FLAG_SENSOR_VALID

PERIOD_US = 10_000
BETWEEN_BOOTS_S = 1.0
SET = COLUMNS.index("set_nl_h")

Key = tuple[int, int]


def records_of(keys: list[Key]) -> Records:
    """Records at 100 Hz whose set flow is their counter's hash, so that each value is one record's."""
    records: Records = np.zeros(len(keys), RECORD_DTYPE)
    records["boot"], records["counter"] = zip(*keys, strict=True)
    records["time_us"] = records["counter"] * PERIOD_US
    records["set_nl_h"] = value_of(records["counter"])
    records["flags"] = FLAG_SENSOR_VALID | FLAG_PRESSURE_VALID
    return records


def value_of(counter: np.ndarray) -> np.ndarray:
    return (counter.astype(np.int64) * 7919) % 100_003


stretches = st.tuples(
    st.integers(1, 3),
    st.one_of(
        st.integers(0, 600), st.integers(BLOCK - 300, BLOCK + 300), st.integers(TRACK - 60, TRACK + 60)
    ),
    st.integers(1, 200),
)
batches = st.lists(st.lists(stretches, min_size=1, max_size=3), min_size=1, max_size=4)


class Plain:
    """The same records in a plain list, and their places on an axis where boots follow each other."""

    def __init__(self, keys: set[Key]) -> None:
        self.keys = sorted(keys)
        self.places: list[float] = []
        shift, before = 0.0, None
        for boot, counter in self.keys:
            time_s = counter * PERIOD_US / 1e6
            if before is not None and before != boot:
                shift = self.places[-1] + BETWEEN_BOOTS_S - time_s
            self.places.append(time_s + shift)
            before = boot

    def breaks(self) -> set[tuple[float, float]]:
        """Neighbouring records between which others are missing."""
        pairs = zip(self.keys, self.keys[1:], self.places, self.places[1:], strict=False)
        return {
            (round(x, 6), round(later_x, 6))
            for (boot, counter), (later_boot, later), x, later_x in pairs
            if boot != later_boot or later != counter + 1
        }


def fed(rounds: list[list[tuple[int, int, int]]], buffer: LiveBuffer) -> Plain:
    keys: set[Key] = set()
    for batch in rounds:
        came = [(boot, start + n) for boot, start, length in batch for n in range(length)]
        buffer.on_records(records_of(came))
        keys.update(came)
    return Plain(keys)


def segments(view: View) -> list[list[tuple[float, float]]]:
    """The lines of the set flow as they would be drawn."""
    lines: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(view.x.tolist(), view.values[SET].tolist(), strict=True):
        if np.isnan(y):
            lines.append([])
        else:
            lines[-1].append((round(x, 6), y))
    return [line for line in lines if line]


@given(batches)
@settings(deadline=None, max_examples=60)
def test_close_up_every_record_is_drawn_and_no_line_crosses_a_gap(
    rounds: list[list[tuple[int, int, int]]],
) -> None:
    buffer = LiveBuffer()
    plain = fed(rounds, buffer)
    span = buffer.span()
    assert span is not None
    view = buffer.window(span.start, span.end, 10**9)
    assert view.exact
    drawn = [point for line in segments(view) for point in line]
    expected = [
        (round(x, 6), float(value_of(np.array(counter))))
        for (_, counter), x in zip(plain.keys, plain.places, strict=True)
    ]
    assert drawn == expected
    ends = [(line[-1][0], after[0][0]) for line, after in itertools.pairwise(segments(view))]
    assert set(ends) == plain.breaks()
    assert {(round(gap.start, 6), round(gap.end, 6)) for gap in view.gaps} == plain.breaks()


@given(batches, st.floats(0, 1), st.floats(0, 1), st.integers(2, 60))
@settings(deadline=None, max_examples=60)
def test_from_afar_every_bin_has_the_least_and_the_most_of_its_records(
    rounds: list[list[tuple[int, int, int]]], one: float, other: float, most: int
) -> None:
    buffer = LiveBuffer()
    plain = fed(rounds, buffer)
    span = buffer.span()
    assert span is not None
    start, end = sorted(span.start + part * (span.end - span.start) for part in (one, other))
    view = buffer.window(start, end, most)
    places = np.array(plain.places)
    values = value_of(np.array([counter for _, counter in plain.keys])).astype(np.float32)
    there = ~np.isnan(view.values[SET])
    x, y = view.x[there], view.values[SET][there]
    if view.exact:
        x, y = np.repeat(x, 2), np.repeat(y, 2)
    bins = list(zip(x[::2], x[1::2], y[::2], y[1::2], strict=True))
    tracks = len({(boot, counter // TRACK) for boot, counter in plain.keys})
    assert len(bins) <= most + 6 * tracks
    covered = np.zeros(len(places), bool)
    for first, last, low, high in bins:
        inside = (places >= first - 1e-6) & (places <= last + 1e-6)
        assert (low, high) == (values[inside].min(), values[inside].max())
        covered |= inside
    assert covered[(places >= start) & (places <= end)].all()
    for begin, stop in plain.breaks():
        if start <= begin and stop <= end:
            assert any(gap.start <= begin + 1e-6 and gap.end >= stop - 1e-6 for gap in view.gaps)


@given(batches, st.floats(0, 1))
@settings(deadline=None, max_examples=60)
def test_the_cursor_reads_the_nearest_record_and_nothing_in_a_gap(
    rounds: list[list[tuple[int, int, int]]], part: float
) -> None:
    buffer = LiveBuffer()
    plain = fed(rounds, buffer)
    span = buffer.span()
    assert span is not None
    x = span.start + part * (span.end - span.start)
    sample = buffer.at(x)
    places = np.array(plain.places)
    in_gap = any(begin + 1e-5 < x < stop - 1e-5 for begin, stop in plain.breaks())
    if in_gap:
        assert sample is None
    elif sample is not None:
        assert abs(sample.x - x) <= abs(places - x).min() + 1e-5
        nearest = int(np.argmin(abs(places - sample.x)))
        assert sample.low[SET] == sample.high[SET] == value_of(np.array(plain.keys[nearest][1]))
    else:
        assert abs(places - x).min() < 1e-5  # on the very edge of a gap, where a microsecond decides


def long_stretch(counters: int, start: int = 0) -> Records:
    records: Records = np.zeros(counters, RECORD_DTYPE)
    records["boot"] = 1
    records["counter"] = np.arange(start, start + counters)
    records["time_us"] = records["counter"] * PERIOD_US
    records["set_nl_h"] = value_of(records["counter"])
    return records


def test_what_is_old_is_kept_coarser_and_then_given_up() -> None:
    buffer = LiveBuffer(records=BLOCK, fine=4)
    total = 24 * BLOCK
    for start in range(0, total, BLOCK // 2):
        buffer.on_records(long_stretch(BLOCK // 2, start))
    kept = [block for track in buffer._tracks.values() for block in track.blocks.values()]
    assert len(kept) == 17
    assert sum(block.values is not None for block in kept) == 2
    assert sum(block.fine is not None for block in kept) == 5
    span = buffer.span()
    assert span is not None
    assert span.start == (total - 17 * BLOCK) * PERIOD_US / 1e6
    for seconds in (1.0, 1000.0, 8000.0):
        view = buffer.window(span.start, span.start + seconds, 500)
        records = value_of(np.arange(total - 17 * BLOCK, total))
        last = int(np.nanargmax(np.where(np.isnan(view.values[SET]), -1, view.x)))
        covered = records[: round((view.x[last] - span.start) * 100) + 1]
        assert np.nanmax(view.values[SET]) == covered.max()
        assert np.nanmin(view.values[SET]) == covered.min()
        assert not view.gaps


def test_memory_stays_flat_once_it_is_full() -> None:
    buffer = LiveBuffer(records=BLOCK)

    def held() -> int:
        tracks = buffer._tracks.values()
        blocks = [block for track in tracks for block in track.blocks.values()]
        arrays = [array for block in blocks for array in (block.values, block.time_us) if array is not None]
        arrays += [array for block in blocks if block.fine for array in (block.fine.low, block.fine.high)]
        return sum(array.nbytes for array in arrays)

    sizes = []
    for start in range(0, 40 * BLOCK, BLOCK):
        buffer.on_records(long_stretch(BLOCK, start))
        sizes.append(held())
    assert sizes[10:] == [sizes[10]] * 30


def test_late_records_fill_their_gap() -> None:
    buffer = LiveBuffer()
    buffer.on_records(long_stretch(100))
    buffer.on_records(long_stretch(100, 150))
    assert len(buffer.window(0, 3, 1000).gaps) == 1
    buffer.on_records(long_stretch(50, 100))
    assert not buffer.window(0, 3, 1000).gaps
    newest = buffer.newest
    assert newest is not None
    assert newest["counter"].tolist() == [249]


def test_what_a_sensor_says_is_not_valid_is_not_drawn() -> None:
    buffer = LiveBuffer()
    records = long_stretch(10)
    records["flags"][:5] = FLAG_SENSOR_VALID
    records["measured_nl_h"] = 7
    records["pressure_pa"] = 9
    buffer.on_records(records)
    view = buffer.window(0, 1, 1000)
    measured, pressure = (
        view.values[COLUMNS.index("measured_nl_h")],
        view.values[COLUMNS.index("pressure_pa")],
    )
    assert np.isnan(measured).tolist() == [False] * 5 + [True] * 5
    assert np.isnan(pressure).all()
    assert not np.isnan(view.values[SET]).any()


def test_the_error_is_that_of_measured_against_counted_once_that_says_something() -> None:
    buffer = LiveBuffer()
    records = long_stretch(3)
    records["counted_nl"] = [9_999, 10_000, 1_000_000]
    records["measured_nl"] = [20_000, 10_100, 990_000]
    buffer.on_records(records)
    error = buffer.window(0, 1, 1000).values[COLUMNS.index("error_percent")]
    assert np.isnan(error[0])
    assert error[1:].tolist() == pytest.approx([1.0, -1.0], abs=1e-5)


def test_boots_lie_on_the_wall_clock_where_it_is_known() -> None:
    buffer = LiveBuffer()
    first, second = long_stretch(100), long_stretch(100)
    second["boot"] = 2
    buffer.on_records(first)
    buffer.on_records(second)
    assert not buffer.wall
    buffer.mark_clock(2, 500_000, 1_800_000_000_500_000)
    assert buffer.wall
    span = buffer.span()
    assert span is not None
    assert span.end == pytest.approx(1_800_000_000.99)
    assert span.start == pytest.approx(1_800_000_000 - BETWEEN_BOOTS_S - 0.99)
    buffer.mark_clock(1, 0, 1_799_999_000_000_000)
    span = buffer.span()
    assert span is not None
    assert span.start == 1_799_999_000
    (gap,) = buffer.window(span.start, span.end, 1000).gaps
    assert (gap.start, gap.end) == (pytest.approx(1_799_999_000.99), pytest.approx(1_800_000_000))


def test_events_are_marked_at_their_time_and_those_of_other_boots_not_at_all() -> None:
    buffer = LiveBuffer()
    buffer.on_records(long_stretch(1000))
    for number, boot in ((3, 1), (2, 1), (1, 7)):
        buffer.on_event(StoredEvent(**event(number, boot=boot), received_wall_us=0))
    assert [(marker.x, marker.event.number) for marker in buffer.markers(0, 10)] == [(2.0, 2), (3.0, 3)]
    assert [marker.event.number for marker in buffer.markers(2.5, 10)] == [3]


def test_after_clear_nothing_is_left() -> None:
    buffer = LiveBuffer()
    buffer.on_records(long_stretch(10))
    buffer.clear()
    assert buffer.span() is None
    assert buffer.newest is None
    assert not len(buffer.window(0, 1, 100).x)
    assert buffer.at(0.05) is None
