"""Exports read back as what was stored, gaps as gaps, and say whether they are simulated."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from mcap.reader import make_reader
from tests.host.store.samples import begun, event, records_of

from pumpbench.store import Store
from pumpbench.store.errors import ExportError, MissingExtraError, UnknownEntryError
from pumpbench.store.export import whole
from pumplink import states

FORMATS = ("csv", "parquet", "mcap")
WALL_US = 1_795_000_000_000_000


@pytest.fixture
def full(store: Store) -> int:
    """A run of two boots with a hole, a gap at the end, events and clock marks for the first boot."""
    run = begun(store, name="HAI")
    store.append_records(run, records_of(1, [*range(10_000), *range(10_005, 10_010)]))
    store.append_records(run, records_of(2, range(20)))
    store.add_gap(run, 1, 10_010, 10_011, "power cut")
    store.add_event(run, event(1, states.EVENT_RUN_STARTED))
    store.add_event(run, event(2, states.EVENT_ALARM_RAISED, a=2, b=900))
    store.add_event(run, event(3, states.EVENT_ALARM_ACKNOWLEDGED, a=2))
    store.finish_run(run, {"delivered_nl": 1})
    return run


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as opened:
        return list(csv.DictReader(opened))


def test_csv_has_a_row_a_record_and_a_row_a_gap(store: Store, full: int, tmp_path: Path) -> None:
    files = store.export(full, "csv", tmp_path / "run.csv")
    assert [file.name for file in files] == ["run.csv", "run.events.csv", "run.about.json"]
    rows = csv_rows(files[0])
    stored = store.records(full)
    records = [row for row in rows if row["missing_records"] == "0"]
    for name in stored.dtype.names or ():
        assert [int(row[name]) for row in records] == stored[name].tolist()
    assert {row["simulated"] for row in rows} == {"true"}
    assert {row["state_name"] for row in records} == {"running"}
    assert "wall_time_utc" not in rows[0]
    places = [(index, row) for index, row in enumerate(rows) if row["missing_records"] != "0"]
    assert [(index, row["boot"], row["counter"], row["missing_records"]) for index, row in places] == [
        (10_000, "1", "10000", "5"),
        (10_006, "1", "10010", "2"),
    ]
    assert places[0][1]["set_nl_h"] == ""


def test_csv_events_and_description_lie_beside_it(store: Store, full: int, tmp_path: Path) -> None:
    _, events, about = store.export(full, "csv", tmp_path / "run.csv")
    assert [row["name"] for row in csv_rows(events)] == ["run-started", "alarm-raised", "alarm-acknowledged"]
    described = json.loads(about.read_text())
    assert described["simulated"] is True
    assert described["quality"]["missing_records"] == 7
    assert [gap["reason"] for gap in described["gaps"]] == ["not received", "power cut"]
    assert described["bundle_sha256"] == store.run(full).bundle_sha256
    assert described["units"]["pressure_pa"] == "Pa"


def test_parquet_has_the_same_rows_typed_and_with_units(store: Store, full: int, tmp_path: Path) -> None:
    (file,) = store.export(full, "parquet", tmp_path / "run.parquet")
    table = pq.read_table(file)
    stored = store.records(full)
    assert table.num_rows == len(stored) + 2
    records = table.filter([count == 0 for count in table["missing_records"].to_pylist()])
    for name in stored.dtype.names or ():
        assert records[name].to_pylist() == stored[name].tolist()
    gap = table.slice(10_000, 1).to_pylist()[0]
    assert (gap["boot"], gap["counter"], gap["missing_records"], gap["set_nl_h"]) == (1, 10_000, 5, None)
    assert table.schema.field("set_nl_h").metadata == {b"unit": b"nL/h"}
    assert table.schema.metadata[b"simulated"] == b"true"
    assert json.loads(table.schema.metadata[b"pumpbench.about"])["name"] == "HAI"
    assert len(json.loads(table.schema.metadata[b"pumpbench.events"])) == 3


def mcap_messages(path: Path) -> tuple[dict[str, list[tuple[int, Any]]], Any]:
    found: dict[str, list[tuple[int, Any]]] = {}
    with path.open("rb") as opened:
        reader = make_reader(opened)
        for schema, channel, message in reader.iter_messages(log_time_order=False):
            assert schema is not None
            assert (schema.encoding, channel.message_encoding) == ("jsonschema", "json")
            assert json.loads(schema.data)["type"] == "object"
            assert channel.metadata["simulated"] == "true"
            found.setdefault(channel.topic, []).append((message.log_time, json.loads(message.data)))
        (metadata,) = list(reader.iter_metadata())
    return found, metadata


def test_mcap_has_telemetry_events_alarms_and_gaps_on_channels(
    store: Store, full: int, tmp_path: Path
) -> None:
    (file,) = store.export(full, "mcap", tmp_path / "run.mcap")
    found, metadata = mcap_messages(file)
    stored = store.records(full)
    names = stored.dtype.names or ()
    assert [tuple(message[name] for name in names) for _, message in found["/telemetry"]] == stored.tolist()
    assert [message["name"] for _, message in found["/events"]] == [
        "run-started",
        "alarm-raised",
        "alarm-acknowledged",
    ]
    assert [(message["alarm"], message["what"]) for _, message in found["/alarms"]] == [
        ("reservoir-low", "raised"),
        ("reservoir-low", "acknowledged"),
    ]
    assert [message["missing_records"] for _, message in found["/gaps"]] == [5, 2]
    times = [at for at, _ in found["/telemetry"]]
    assert times == sorted(times)
    assert metadata.name == "pumpbench"
    assert metadata.metadata["simulated"] == "true"
    assert "board's clock" in metadata.metadata["time"]


@pytest.mark.parametrize("form", FORMATS)
def test_wall_time_is_given_where_the_clock_was_compared(store: Store, tmp_path: Path, form: str) -> None:
    run = begun(store)
    store.append_records(run, records_of(1, range(3)))
    store.add_clock_mark(run, 1, 0, WALL_US)
    out = store.export(run, form, tmp_path / "out")[0]
    if form == "csv":
        assert [row["wall_time_utc"] for row in csv_rows(out)][1] == "2026-11-18T11:06:40.010000Z"
    elif form == "parquet":
        times = pq.read_table(out)["wall_time_utc"].to_pylist()
        assert [round(time.timestamp() * 1e6) for time in times] == [
            WALL_US,
            WALL_US + 10_000,
            WALL_US + 20_000,
        ]
    else:
        assert [at for at, _ in mcap_messages(out)[0]["/telemetry"]][1] == (WALL_US + 10_000) * 1000


@pytest.mark.parametrize("form", FORMATS)
def test_a_run_without_records_and_one_with_gaps_only_can_be_exported(
    store: Store, tmp_path: Path, form: str
) -> None:
    run = begun(store)
    assert store.export(run, form, tmp_path / "none")[0].exists()
    store.add_gap(run, 1, 0, 9, "power cut")
    assert store.export(run, form, tmp_path / "gaps")[0].exists()


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_is_in_the_audit_trail_and_tells_its_progress(
    store: Store, full: int, tmp_path: Path, form: str
) -> None:
    told: list[tuple[int, int]] = []
    store.export(full, form, tmp_path / "out", lambda done, total: told.append((done, total)))
    assert told[-1] == (10_025, 10_025)
    last = store.audit.entries()[-1]
    assert (last.action, last.subject) == ("run exported", f"run {full}")
    assert len(json.loads(last.details)["sha256"]["out"]) == 64


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_fails_leaves_nothing_and_keeps_what_was_there(
    store: Store, full: int, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exports").mkdir()
    out = tmp_path / "exports" / "out"
    out.write_text("earlier")

    def broken(done: int, total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ExportError, match="out cannot be written: No space left"):
        store.export(full, form, out, broken)
    assert [(file.name, file.read_text()) for file in out.parent.iterdir()] == [("out", "earlier")]


def test_a_reader_can_export_too(store: Store, full: int, tmp_path: Path) -> None:
    with Store(store.path, read_only=True) as reader:
        assert reader.export(full, "csv", tmp_path / "out.csv")[0].exists()


def test_wrong_exports_are_refused_in_one_sentence(store: Store, full: int, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="'xls': choose csv, parquet, mcap"):
        store.export(full, "xls", tmp_path / "x")
    with pytest.raises(ExportError, match="is a folder"):
        store.export(full, "csv", tmp_path)
    with pytest.raises(ExportError, match="no folder"):
        store.export(full, "csv", tmp_path / "missing" / "x.csv")
    with pytest.raises(UnknownEntryError, match="no run 99"):
        store.export(99, "csv", tmp_path / "x.csv")


@pytest.mark.parametrize(("form", "library"), [("parquet", "pyarrow"), ("mcap", "mcap")])
def test_a_missing_library_is_named_with_what_to_install(
    store: Store, full: int, tmp_path: Path, form: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("parquet", "mcap_"):
        monkeypatch.delitem(sys.modules, f"pumpbench.store.export.{name}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtraError, match=rf"{library}: pip install 'pumpbench\[export\]'"):
        store.export(full, form, tmp_path / "x")
    assert list(tmp_path.glob("x*")) == []


def test_a_file_in_the_making_has_another_name(tmp_path: Path) -> None:
    with whole.whole_file(tmp_path / "x") as part:
        part.write_text("half")
        assert not (tmp_path / "x").exists()
    assert (tmp_path / "x").read_text() == "half"
