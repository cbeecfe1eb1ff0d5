"""The page "Runs", on real databases and, where a pump is needed, on the real firmware."""

import csv
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import is_in, wait_until
from tests.host.gui.hands import click, type_into
from tests.host.gui.test_live_feed import started
from tests.host.store.samples import begun, event, records_of

from pumpbench.conduct.desk import Place
from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.runs import RunsPage
from pumpbench.store import Store
from pumpbench.virtual.board import VirtualBoard


def filled(store: Store) -> None:
    """Three runs: finished, with a gap; closed; interrupted."""
    first = begun(store, name="finished one", board="bench")
    store.append_records(first, records_of(1, [*range(3000), *range(4000, 6000)]))
    store.add_event(first, event(1, 12, a=0))
    store.finish_run(first, {"state": "alarm-stop", "delivered_nl": 18_000, "alarms": ["occlusion"]})
    second = begun(store, name="other one", board="bench")
    store.append_records(second, records_of(1, range(4000)))
    store.finish_run(second, {"state": "finished", "delivered_nl": 12_000, "alarms": []})
    third = begun(store, name="cut off", board="bench")
    store.append_records(third, records_of(1, range(1000)))
    store.leave_run(third)


@pytest.fixture
def page(qtbot: QtBot, lab: Lab) -> RunsPage:
    filled(lab.store)
    return shown(qtbot, lab, 3)


def shown(qtbot: QtBot, lab: Lab, count: int) -> RunsPage:
    made = RunsPage(lab)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    wait_until(qtbot, lambda: len(made.rows) == count)
    return made


def label(page: RunsPage, name: str) -> str:
    found = page.findChild(QLabel, name)
    assert found is not None
    return found.text()


def choose(qtbot: QtBot, page: RunsPage, *names: str) -> None:
    page.select({row.id for row in page.rows if row.name in names})
    assert [row.name for row in page.chosen()] == [row.name for row in page.rows if row.name in names]


def test_the_newest_run_is_chosen_and_told(qtbot: QtBot, page: RunsPage) -> None:
    assert [row.name for row in page.rows] == ["cut off", "other one", "finished one"]
    wait_until(qtbot, lambda: label(page, "run-verdict").startswith("✔ Data complete"))
    choose(qtbot, page, "finished one")
    wait_until(qtbot, lambda: "1000 records missing in 1 gap" in label(page, "run-verdict"))
    assert page.tabs.tabText(1) == "&Events (1)"
    assert page.tabs.tabText(2) == "&Gaps (1)"


def test_a_part_of_a_name_narrows_the_list(qtbot: QtBot, page: RunsPage) -> None:
    type_into(page.filter.name, "one")
    wait_until(qtbot, lambda: len(page.rows) == 2)
    type_into(page.filter.name, "xyz")
    wait_until(qtbot, lambda: not page.rows)
    assert page.nothing.text() == "No run fits."


def test_two_runs_are_drawn_from_their_common_start(qtbot: QtBot, page: RunsPage) -> None:
    page.tabs.setCurrentWidget(page.plots)
    choose(qtbot, page, "finished one", "other one")
    wait_until(qtbot, lambda: len(page.plots.runs) == 2)
    page.plots.draw()
    assert page.plots.plots is not None
    volume = page.plots.plots.panels[1]
    assert len(volume.curves) == 2
    for item in volume.curves.values():
        x, y = item.getData()
        assert x[0] == 0.0
        assert y[0] == 0.0
    assert page.plots.says.text() == "SIMULATED · Aligned at their start"


def test_a_run_that_grows_keeps_the_choice_and_the_drawing(qtbot: QtBot, page: RunsPage) -> None:
    store = page.lab.store
    growing = begun(store, name="growing")
    page.refresh()
    wait_until(qtbot, lambda: len(page.rows) == 4)
    page.tabs.setCurrentWidget(page.plots)
    choose(qtbot, page, "other one")
    wait_until(qtbot, lambda: len(page.plots.runs) == 1)
    drawn = page.plots.plots
    store.append_records(growing, records_of(1, range(500)))
    page.refresh()
    wait_until(qtbot, lambda: page.rows[0].records == "500")
    assert [row.name for row in page.chosen()] == ["other one"]
    assert page.plots.plots is drawn


def test_the_plot_of_a_run_that_is_being_recorded_follows_it(qtbot: QtBot, page: RunsPage) -> None:
    store = page.lab.store
    growing = begun(store, name="growing")
    store.append_records(growing, records_of(1, range(500)))
    page.refresh()
    wait_until(qtbot, lambda: len(page.rows) == 4)
    page.tabs.setCurrentWidget(page.plots)
    choose(qtbot, page, "growing")
    wait_until(qtbot, lambda: len(page.plots.runs) == 1)
    (run,) = page.plots.runs
    lasted = run.lasted
    store.append_records(growing, records_of(1, range(500, 1000)))
    wait_until(qtbot, lambda: run.lasted > 1.9 * lasted)
    wait_until(qtbot, lambda: page.plots.viewport.end > run.lasted)
    assert page.plots.runs == [run]
    page.plots._look_at(0.0, lasted)  # somebody looks closely: it stays in view
    store.append_records(growing, records_of(1, range(1000, 1500)))
    store.finish_run(growing, {"state": "finished", "delivered_nl": 0, "alarms": []})
    wait_until(qtbot, lambda: run.lasted > 2.9 * lasted)
    assert page.plots.viewport.end == pytest.approx(lasted)
    page.refresh()
    wait_until(qtbot, lambda: run.row.status == "finished")


def test_an_interrupted_run_is_closed_with_a_reason(qtbot: QtBot, page: RunsPage) -> None:
    choose(qtbot, page, "other one")
    assert not page.close_run.isEnabled()
    choose(qtbot, page, "cut off")
    click(page.close_run)
    do_it = page.closing.findChild(QPushButton, "reason-given")
    assert do_it is not None
    assert not do_it.isEnabled()
    type_into(page.closing.reason, "nobody goes on")
    choose(qtbot, page, "other one")  # the question was about the run that was chosen then
    click(do_it)
    wait_until(qtbot, lambda: page.rows[0].status == "closed")
    assert page.lab.store.run(page.rows[0].id).summary == {"reason": "nobody goes on"}


def ask(page: RunsPage, form: str, path: Path) -> None:
    page.ask_export(form)
    field = page.saving.findChild(QLineEdit, "save-path")
    save = page.saving.findChild(QPushButton, "save-now")
    assert field is not None
    assert save is not None
    assert "SIMULATED" in field.text()
    field.setText(str(path))
    click(save)


@pytest.mark.parametrize("form", ["csv", "parquet", "mcap"])
def test_a_run_is_exported(qtbot: QtBot, page: RunsPage, tmp_path: Path, form: str) -> None:
    choose(qtbot, page, "other one")
    path = tmp_path / f"out.{form}"
    ask(page, form, path)
    wait_until(qtbot, lambda: not page.saving.isVisible())
    assert path.stat().st_size > 0
    if form == "csv":
        assert len(list(csv.DictReader(path.open()))) == 4000


def test_an_export_that_is_given_up_leaves_no_file(qtbot: QtBot, page: RunsPage, tmp_path: Path) -> None:
    said: list[str] = []
    page.lab.said.connect(said.append)
    choose(qtbot, page, "finished one")
    held = threading.Event()
    page._exports._worker.do(held.wait, lambda _: None, lambda _: None)  # the export begins behind this
    ask(page, "csv", tmp_path / "out.csv")
    cancel = page.saving.findChild(QPushButton, "save-cancel")
    assert cancel is not None
    click(cancel)
    held.set()
    wait_until(qtbot, lambda: said == ["the export was given up; no file was left behind"])
    assert not [file.name for file in tmp_path.iterdir() if "out" in file.name]


def test_an_export_to_nowhere_is_told_beside_the_field(qtbot: QtBot, page: RunsPage, tmp_path: Path) -> None:
    choose(qtbot, page, "other one")
    ask(page, "csv", tmp_path / "none" / "out.csv")
    wait_until(qtbot, lambda: "there is no folder" in page.saving.problem.text())


def test_the_audit_trail_says_that_it_is_whole(qtbot: QtBot, page: RunsPage) -> None:
    page.tabs.setCurrentWidget(page.audit)
    wait_until(qtbot, lambda: label(page, "audit-verdict").startswith("✔ the audit trail is whole"))
    assert page.audit.table.rowCount() >= 5


@pytest.fixture
def spoilt(qtbot: QtBot, tmp_path: Path) -> Iterator[Lab]:
    """A laboratory whose audit trail was changed and whose telemetry is damaged."""
    with Store(tmp_path / "good.sqlite") as store:
        filled(store)
    path = tmp_path / "bad.sqlite"
    shutil.copy(tmp_path / "good.sqlite", path)
    with sqlite3.connect(path) as database:
        triggers = database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit SET who = 'somebody else' WHERE number = 2")
        database.execute("UPDATE chunks SET data = zeroblob(length(data))")
    database.close()
    made = Lab(path)
    yield made
    made.close()


def test_what_is_damaged_is_told_in_a_sentence_each(qtbot: QtBot, spoilt: Lab) -> None:
    page = shown(qtbot, spoilt, 3)
    choose(qtbot, page, "other one")
    wait_until(qtbot, lambda: "are damaged" in label(page, "run-verdict"))
    page.tabs.setCurrentWidget(page.plots)
    wait_until(qtbot, lambda: "are damaged" in page.plots.says.text())
    page.tabs.setCurrentWidget(page.audit)
    wait_until(qtbot, lambda: label(page, "audit-verdict") == (
        "⚠ audit entry 2 was changed after it was written"
    ))  # fmt: skip


def test_a_run_is_gone_on_with_where_its_pump_is(qtbot: QtBot, connected: Lab, board: VirtualBoard) -> None:
    started(qtbot, connected)
    said: list[str] = []
    connected.said.connect(said.append)
    connected.link.leave()
    page = shown(qtbot, connected, 1)
    page._timer.setInterval(200)
    wait_until(qtbot, lambda: page.rows[0].status == "interrupted")
    choose(qtbot, page, page.rows[0].name)
    connected.settings.port = board.port
    assert page.go_on.isEnabled()
    click(page.go_on)
    wait_until(qtbot, lambda: any("is recorded again" in sentence for sentence in said))
    assert connected.link.place == Place(board.port)
    wait_until(qtbot, lambda: is_in(connected, "running"))
