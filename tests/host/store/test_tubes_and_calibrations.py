"""Tube sets wear and are calibrated; nothing of a calibration is lost or changed."""

import pytest
from tests.host.store.samples import begun, records_of

from pumpbench.store import Store
from pumpbench.store.errors import BadEntryError, UnknownEntryError

DAY_US = 86_400_000_000


def test_tube_sets_are_numbered_and_sit_in_one_board_each(store: Store) -> None:
    first, second = store.tubes.new("silicone 0.5 mm", "L17"), store.tubes.new("PharMed", "L18", "spare")
    assert (first, second) == (1, 2)
    store.tubes.fit(first, "beef")
    store.tubes.fit(second, "beef")
    fitted = store.tubes.fitted("beef")
    assert fitted is not None
    assert fitted.number == second
    assert fitted.fitted_wall_us is not None
    assert store.tubes.get(first).fitted_to is None
    assert [tube.lot for tube in store.tubes.all()] == ["L17", "L18"]
    assert store.tubes.fitted("other") is None


def test_a_tube_set_wears_by_the_counted_microsteps_of_its_runs(store: Store) -> None:
    tube = store.tubes.new("silicone", revolutions=100, hours=1)
    run = begun(store, tube_set=tube, steps_per_rev=3200)
    records = records_of(1, range(4001))  # 40 s, 8 microsteps a record
    store.append_records(run, records[:1000])
    store.append_records(run, records[1200:])
    backwards = records_of(2, range(401))
    backwards["steps"] = 3200 - backwards["counter"] * 8
    store.append_records(run, backwards)
    store.finish_run(run, {})
    worn = store.tubes.get(tube)
    assert worn.revolutions == pytest.approx(100 + 10 + 1)
    assert worn.hours == pytest.approx(1 + 44 / 3600)


def test_a_calibration_keeps_all_that_it_was_made_of(store: Store) -> None:
    tube = store.tubes.new("silicone")
    points = [{"rate_nl_h": 50_000, "mass_g": 1.2345, "time_s": 3600}]
    given = {"stroke_pl": [50_000_000] * 8, "map_valid": 0}
    number = store.calibrations.add(tube, given, points, {"temperature_c": 21.5}, expires_wall_us=2**62)
    found = store.calibrations.get(number)
    assert (found.points, found.board_values, found.conditions) == (points, given, {"temperature_c": 21.5})
    assert (found.who, found.tube_set) == ("tester", tube)
    assert len(found.sha256) == 64
    assert [entry.action for entry in store.audit.entries()] == ["tube set entered", "calibration stored"]
    assert found.sha256 in store.audit.entries()[1].details


def test_the_newest_calibration_counts_and_expires(store: Store) -> None:
    tube = store.tubes.new("silicone")
    assert store.calibrations.latest(tube) is None
    assert not store.tubes.get(tube).calibrated
    old = store.calibrations.add(tube, {}, [], {}, made_wall_us=0, expires_wall_us=DAY_US, who="Ada")
    new = store.calibrations.add(tube, {}, [], {}, made_wall_us=DAY_US, expires_wall_us=3 * DAY_US)
    latest = store.calibrations.latest(tube)
    assert latest is not None
    assert (latest.id, latest.expires_wall_us) == (new, 3 * DAY_US)
    assert [made.id for made in store.calibrations.of(tube)] == [new, old]
    assert store.tubes.get(tube).calibration_expires_wall_us == 3 * DAY_US


def test_wrong_entries_are_refused_by_name(store: Store) -> None:
    tube = store.tubes.new("silicone")
    with pytest.raises(BadEntryError, match="needs a kind"):
        store.tubes.new("")
    with pytest.raises(BadEntryError, match="-1"):
        store.tubes.new("silicone", revolutions=-1)
    with pytest.raises(UnknownEntryError, match="no tube set 5"):
        store.tubes.fit(5, "beef")
    with pytest.raises(UnknownEntryError, match="no tube set 5"):
        store.calibrations.add(5, {}, [], {})
    with pytest.raises(UnknownEntryError, match="no calibration 5"):
        store.calibrations.get(5)
    with pytest.raises(BadEntryError, match="before it was made"):
        store.calibrations.add(tube, {}, [], {}, made_wall_us=10, expires_wall_us=10)
    with pytest.raises(BadEntryError, match="JSON"):
        store.calibrations.add(tube, {"gain": float("nan")}, [], {})
    assert store.calibrations.of(tube) == []
