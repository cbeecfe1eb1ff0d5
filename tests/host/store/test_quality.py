"""The verdict on a run's data says what is missing and what was mended."""

from tests.host.store.samples import event, records_of

from pumpbench.store import Store
from pumplink import states


def test_a_run_with_all_its_records_is_complete(store: Store, run: int) -> None:
    store.add_event(run, event(1, states.EVENT_BOOT, boot=3))
    store.append_records(run, records_of(4, range(100)))
    quality = store.quality(run)
    assert quality.verdict == "complete"
    assert quality.remarks == []
    assert quality.records == 100


def test_gaps_and_resets_make_a_run_incomplete_and_are_counted(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, [*range(10), *range(12, 20)]))
    store.append_records(run, records_of(2, range(5)))
    store.add_event(run, event(9, states.EVENT_BOOT, boot=3))
    quality = store.quality(run)
    assert (quality.gaps, quality.missing_records, quality.resets) == (1, 2, 2)
    assert quality.verdict == "incomplete"
    assert quality.remarks == ["2 records missing in 1 gap", "the board was reset 2 times"]


def test_what_the_link_mended_is_remarked_and_does_not_spoil_the_run(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, range(10)))
    store.count(run, "reconnects")
    store.count(run, "bad_frames", 3)
    store.count(run, "bad_frames", 4)
    quality = store.quality(run)
    assert quality.verdict == "complete"
    assert (quality.reconnects, quality.bad_frames) == (1, 7)
    assert len(quality.remarks) == 2
    assert quality.as_dict()["verdict"] == "complete"


def test_late_ticks_are_counted_across_the_wrap_of_their_counter(store: Store, run: int) -> None:
    records = records_of(1, range(4))
    records["late_ticks"] = [65_530, 65_535, 3, 4]
    store.append_records(run, records)
    assert store.quality(run).late_ticks == 10


def test_a_run_without_records_is_incomplete(store: Store, run: int) -> None:
    assert store.quality(run).remarks == ["no telemetry was recorded"]
    assert store.quality(run).verdict == "incomplete"
