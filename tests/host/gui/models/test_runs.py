"""Runs in words, from a real database."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.host.store.samples import begun, event, records_of

from pumpbench.gui.models import runs
from pumpbench.gui.models.bins import COLUMNS
from pumpbench.gui.models.comparison import loaded, means_of_bins, panels_of
from pumpbench.gui.models.runs import RunFilter
from pumpbench.store import Store
from pumplink import states


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "lab.sqlite", who="tester") as opened:
        yield opened


def finished(store: Store, name: str, **meta: object) -> int:
    run = begun(store, name=name, board="virtual", **meta)
    store.append_records(run, records_of(1, [*range(100), *range(150, 200)]))
    store.add_event(run, event(1, states.EVENT_RUN_STOPPED, a=0, b=1500))
    store.finish_run(run, {"state": "finished", "delivered_nl": 1_500_000, "alarms": [], "elapsed_s": 90.0})
    return run


def names(store: Store, wanted: RunFilter) -> list[str]:
    return [row.name for row in runs.find(store, wanted)]


def test_the_newest_run_comes_first_and_watches_only_when_asked_for(store: Store) -> None:
    for name in ("first", "second"):
        finished(store, name)
    finished(store, "watching virtual", watch=True)
    assert names(store, RunFilter()) == ["second", "first"]
    assert names(store, RunFilter(watches=True)) == ["watching virtual", "second", "first"]


def test_runs_are_found_by_name_board_status_kind_and_day(store: Store) -> None:
    finished(store, "Empty 30 mL")
    begun(store, name="under way", unique_id="feedface", simulated=False)
    today, day = date.today(), timedelta(days=1)
    assert names(store, RunFilter(name=" empty ")) == ["Empty 30 mL"]
    assert names(store, RunFilter(board="FEED")) == ["under way"]
    assert names(store, RunFilter(board="virt")) == ["Empty 30 mL"]
    assert names(store, RunFilter(status="recording")) == ["under way"]
    assert names(store, RunFilter(simulated=True)) == ["Empty 30 mL"]
    assert len(names(store, RunFilter(since=today, until=today))) == 2
    assert names(store, RunFilter(until=today - day)) == []
    assert names(store, RunFilter(since=today + day)) == []


def test_a_row_tells_how_the_run_ended_in_a_sign_and_a_word(store: Store) -> None:
    finished(store, "done")
    begun(store, name="under way")
    told = {row.name: row.told for row in runs.find(store, RunFilter())}
    assert told == {"done": "✔ finished", "under way": "● recording"}
    (row,) = runs.find(store, RunFilter(name="done"))
    assert row.delivered == "1.5 mL"
    assert row.cells()[-1] == "SIMULATED"


def test_details_tell_quality_events_and_gaps_in_words(store: Store) -> None:
    told = runs.details(store, finished(store, "done", requested_nl=2_000_000))
    facts = dict(told.facts)
    assert facts["Delivered"] == "1.5 mL"
    assert facts["Asked for"] == "2 mL"
    assert facts["Took"] == "01:30"
    assert facts["Alarms"] == "none"
    assert len(facts["Bundle's SHA-256"]) == 64
    assert told.verdict == "incomplete"
    assert told.remarks == ("50 records missing in 1 gap",)
    assert told.events == (("boot 1, 00:00:01", "", "Stopped by host, 1.5 mL delivered"),)
    assert told.gaps == (("1", "100", "149", "50", "not received"),)


def test_a_closed_run_tells_why(store: Store) -> None:
    run = begun(store)
    store.close_run(run, "the tube burst")
    assert dict(runs.details(store, run).facts)["How it ended"] == "the tube burst"


def test_the_audit_trail_is_verified_and_the_newest_entry_comes_first(store: Store) -> None:
    finished(store, "done")
    trail = runs.audit_trail(store)
    assert trail.whole
    assert [row[3] for row in trail.rows] == ["run finished", "run started"]
    assert trail.verdict.startswith("the audit trail is whole: 2 entries")


def test_compared_runs_begin_together(store: Store) -> None:
    late = begun(store, name="late")
    store.append_records(late, records_of(1, range(5000, 6000)))
    rows = [
        row for row in runs.find(store, RunFilter(watches=True)) if row.id in (late, finished(store, "a"))
    ]
    rows = runs.find(store, RunFilter())
    found = loaded(store, rows, lambda: False)
    assert found is not None
    assert [run.window(0.0, 100.0, 1000).x[0] for run in found] == [0.0, 0.0]
    assert [round(run.lasted, 2) for run in found] == [1.99, 9.99]
    flow, volume = panels_of(rows)
    assert [curve.source for curve in flow.curves] == [0, 1]
    assert len({(curve.colour, curve.dash) for curve in flow.curves}) == 2
    assert [curve.column for curve in volume.curves] == ["counted_nl", "counted_nl"]


@pytest.mark.parametrize("most", [2000, 50])
def test_what_the_board_told_before_the_run_started_is_not_drawn(store: Store, most: int) -> None:
    run = begun(store)
    records = records_of(1, range(1000))
    records["counted_nl"][:200] = 5_000_000  # of the run before
    store.append_records(run, records)
    store.add_event(run, event(2, states.EVENT_RUN_STARTED))  # 2 s after the boot
    found = loaded(store, runs.find(store, RunFilter()), lambda: False)
    assert found is not None
    view = found[0].window(-3.0, 8.0, most)
    counted = view.values[COLUMNS.index("counted_nl")]
    drawn = ~np.isnan(counted)
    assert view.exact == (most == 2000)
    assert view.x[drawn].min() >= 0.0
    assert view.x[drawn].max() == pytest.approx(7.99)
    assert counted[drawn].max() == 999 * 3


def test_a_comparison_that_nobody_waits_for_is_not_read(store: Store) -> None:
    finished(store, "done")
    assert loaded(store, runs.find(store, RunFilter()), lambda: True) is None


def test_the_mean_flow_of_a_bin_is_its_volume_by_its_time() -> None:
    x = np.array([0.0, 3.0, 4.0, 4.0, 6.0, 7.0, 7.0])
    volume = np.array([0.0, 3.0, np.nan, 8.0, 12.0, 13.0, 13.0], np.float32)
    means = means_of_bins(x, volume)
    assert means[[0, 1, 3, 4]].tolist() == [3600.0, 3600.0, 7200.0, 7200.0]
    assert np.isnan(means[[2, 5, 6]]).all()
