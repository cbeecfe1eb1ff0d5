"""Each (boot, counter) is kept once, in order, however the records came."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.host.store.samples import PERIOD_US, begun, keys, records_of

from pumpbench.store import Store, records
from pumpbench.store.errors import BadEntryError, DamagedDatabaseError, UnknownEntryError

PIECES = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.integers(0, 60) | st.sampled_from([9_000, 30_000]),
        st.lists(st.integers(0, 30), min_size=1, max_size=20),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(PIECES, st.booleans())
def test_any_sequence_of_appends_keeps_each_record_once_and_in_order(
    pieces: list[tuple[int, int, list[int], bool]], small: bool
) -> None:
    expected: set[tuple[int, int]] = set()
    full, records.FULL = records.FULL, 8 if small else records.FULL
    try:
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s.sqlite") as store:
            run = begun(store)
            for boot, start, offsets, compact in pieces:
                new = {(boot, start + offset) for offset in offsets} - expected
                added = store.append_records(run, records_of(boot, [start + offset for offset in offsets]))
                assert added == len(new)
                expected |= new
                if compact:
                    store.compact(run)
            found = store.records(run)
            assert keys(found) == sorted(expected)
            assert (found["steps"] == found["counter"] * 8).all()
            missing = {
                (gap.boot, counter)
                for gap in store.gaps(run)
                for counter in range(gap.first_counter, gap.last_counter + 1)
            }
            between = {
                (boot, counter)
                for boot in {boot for boot, _ in expected}
                for counter in range(
                    min(c for b, c in expected if b == boot), max(c for b, c in expected if b == boot)
                )
            }
            assert missing == between - expected
    finally:
        records.FULL = full


def test_a_record_that_comes_again_does_not_replace_the_first(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, range(10)))
    again = records_of(1, range(5, 15))
    again["pressure_pa"] = 99
    assert store.append_records(run, again) == 5
    assert (store.records(run)["pressure_pa"][:10] != 99).all()


def test_a_board_that_counts_anew_in_the_same_boot_is_told_not_swallowed(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, range(10)))
    anew = records_of(1, range(10))
    anew["time_us"] += 77
    with pytest.raises(BadEntryError, match=r"record 0 of boot 1 .* begin a new run"):
        store.append_records(run, anew)
    assert len(store.records(run)) == 10


def test_a_window_holds_its_start_and_not_its_end(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, range(20_000)))
    window = store.records(run, 9_000 * PERIOD_US, 9_010 * PERIOD_US)
    assert window["counter"].tolist() == list(range(9_000, 9_010))
    assert len(store.records(run, 20_000 * PERIOD_US)) == 0


def test_a_window_may_be_of_one_boot_and_of_some_fields(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, range(10)))
    store.append_records(run, records_of(2, range(10)))
    window = store.records(run, 0, 3 * PERIOD_US, boot=2, fields=("pressure_pa", "boot"))
    assert window.dtype.names == ("boot", "pressure_pa")
    assert window["boot"].tolist() == [2, 2, 2]
    with pytest.raises(BadEntryError, match="nonsense"):
        store.records(run, fields=("nonsense",))


def test_records_since_are_those_behind_the_last_seen(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, range(10)))
    store.append_records(run, records_of(2, range(4)))
    assert keys(store.records_since(run, 1, 7)) == [(1, 8), (1, 9), (2, 0), (2, 1), (2, 2), (2, 3)]
    assert len(store.records_since(run)) == 14
    assert len(store.records_since(run, 2, 3)) == 0


def test_last_counter_tells_from_where_to_back_fill(store: Store, run: int) -> None:
    assert store.last_counter(run, 1) is None
    store.append_records(run, records_of(1, range(10, 20)))
    assert store.last_counter(run, 1) == 19
    assert store.last_counter(run, 2) is None


def test_a_run_written_in_small_commits_is_joined_to_few_chunks(store: Store, run: int, path: Path) -> None:
    for start in range(0, 3000, 10):
        store.append_records(run, records_of(1, range(start, start + 10)))
    store.finish_run(run, {})
    assert len(store.records(run)) == 3000
    assert store._database.rows("SELECT count(*) FROM chunks")[0][0] == 1


def test_a_reader_in_the_middle_of_a_run_does_not_notice_that_chunks_are_joined(
    store: Store, run: int
) -> None:
    for start in range(0, 100, 10):
        store.append_records(run, records_of(1, range(start, start + 10)))
    stream = store.iter_records(run)
    seen = [next(stream), next(stream)]
    store.compact(run)
    seen += list(stream)
    assert np.concatenate(seen)["counter"].tolist() == list(range(100))


def test_records_of_an_older_message_table_are_read_as_they_were_written(store: Store, run: int) -> None:
    old = np.zeros(3, [("boot", "<u4"), ("counter", "<u8"), ("time_us", "<u8"), ("vanished_nl", "<i2")])
    old["counter"], old["vanished_nl"] = range(3), -5
    store.append_records(run, old)
    assert store.records(run)["vanished_nl"].tolist() == [-5, -5, -5]
    with pytest.raises(BadEntryError, match="other record fields"):
        store.append_records(run, records_of(1, range(3, 5)))


def test_a_run_without_records_reads_as_empty(store: Store, run: int) -> None:
    assert len(store.records(run)["time_us"]) == 0
    assert len(store.records(run, fields=("pressure_pa",))["pressure_pa"]) == 0
    assert len(store.records_since(run)) == 0
    assert store.boots(run) == []


def test_reading_a_run_that_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(UnknownEntryError, match="no run 77"):
        store.records(77)


def test_a_chunk_that_was_damaged_is_named(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, range(100)))
    store._database.write("UPDATE chunks SET data = x'00112233445566'")
    with pytest.raises(DamagedDatabaseError, match=f"records 0 to 99 of boot 1 in run {run}"):
        store.records(run)
