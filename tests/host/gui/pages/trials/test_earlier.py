"""Trials of before: looked at, damaged, cut off and gone on with; and readings from a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import SPEED, wait_until
from tests.host.gui.hands import click
from tests.host.gui.pages.trials.steps import button, child, ended, shown, start
from tests.host.trials.conduct.test_following import begun, read
from tests.host.trials.conduct.test_resume import Host, noted
from tests.host.trials.conduct.test_run import DELIVER, ZERO, protocol

from pumpbench.conduct.desk import Place
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.bench_setup import CONNECTED, PORT, VIRTUAL
from pumpbench.gui.pages.trials import TrialsPage
from pumpbench.trials.conduct.folder import Folder
from pumpbench.virtual.board import VirtualBoard


def test_an_earlier_trial_is_looked_at_and_reported_again(
    qtbot: QtBot, page: TrialsPage, tmp_path: Path
) -> None:
    folder = start(qtbot, page, protocol(tmp_path))
    ended(qtbot, page)
    click(page.view.back)
    (folder / "report.pdf").unlink()
    page.tabs.setCurrentWidget(page.earlier)
    wait_until(qtbot, lambda: len(page.earlier.rows) == 1)
    assert not page.earlier.go_on.isEnabled()  # its virtual board is gone
    click(button(page, "earlier-open"))
    wait_until(qtbot, page.view.isVisible)
    assert page.view.outcome.badge.text == "PASS"
    assert not page.view.outcome.pdf.isVisible()
    click(page.view.outcome.again)
    wait_until(qtbot, page.view.outcome.pdf.isVisible)
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")


def test_a_damaged_trial_is_told_in_a_sentence_and_the_others_are_listed_as_ever(
    qtbot: QtBot, page: TrialsPage, tmp_path: Path
) -> None:
    read(begun(tmp_path), 0, 5)
    (tmp_path / "out").rename(tmp_path / "whole")
    read(begun(tmp_path), *range(0, 400, 5))
    (tmp_path / "out" / "trial.json").write_text('{"simulated": false}')
    (tmp_path / "out" / "result.json").write_text('{"verdict": "pa')
    page.tabs.setCurrentWidget(page.earlier)
    page.earlier.show_folder(str(tmp_path))
    wait_until(qtbot, lambda: len(page.earlier.rows) == 2)
    page.earlier.list.selectRow([one.folder.name for one in page.earlier.rows].index("out"))
    assert "result.json cannot be read" in child(page, "earlier-problem")
    click(button(page, "earlier-open"))  # its readings tell all of it
    wait_until(qtbot, page.view.isVisible)
    assert page.view.outcome.badge.text == "INCONCLUSIVE"
    click(page.view.back)
    page.earlier.list.selectRow([one.folder.name for one in page.earlier.rows].index("whole"))
    assert child(page, "earlier-problem") == ""


@pytest.fixture
def left(qtbot: QtBot, lab: Lab, board: VirtualBoard, tmp_path: Path) -> Iterator[TrialsPage]:
    """A trial whose host was killed in a delivery; its pump is connected, and still delivers."""
    protocol(tmp_path, ZERO, DELIVER)
    Host(tmp_path, board).killed_when(noted("started", index=1))
    lab.link.open(Place(board.port, speed=SPEED), "take-over")  # the board may not have noticed the kill yet
    wait_until(qtbot, lambda: lab.link.snapshot is not None and lab.link.snapshot.commands)
    yield from shown(qtbot, lab, tmp_path)


def test_a_trial_whose_host_was_killed_is_gone_on_with(
    qtbot: QtBot, left: TrialsPage, board: VirtualBoard, tmp_path: Path
) -> None:
    left.tabs.setCurrentWidget(left.earlier)
    left.earlier.show_folder(str(tmp_path))
    wait_until(qtbot, left.earlier.go_on.isEnabled)
    click(left.earlier.go_on)
    form = left.trial.form
    assert (form.bench.pump, form.bench.balance) == (CONNECTED, PORT)
    form.at.setText(board.balance_port)
    wait_until(qtbot, left.trial.begin.isEnabled)
    click(left.trial.begin)
    wait_until(qtbot, lambda: left.work.job is not None)
    ended(qtbot, left)
    assert left.view.folder == tmp_path / "out"
    assert "taken up again" in child(left, "trial-remarks")
    assert "before it was over" not in child(left, "trial-remarks")
    started = [entry for entry in Folder.open(tmp_path / "out").journal() if entry["what"] == "started"]
    assert len(started) == 1


def test_a_new_trial_instead_of_the_one_that_was_cut_off(
    qtbot: QtBot, page: TrialsPage, tmp_path: Path
) -> None:
    read(begun(tmp_path), 0, 5)
    page.trial.go_on_with(tmp_path / "out")
    wait_until(qtbot, lambda: "choose that one" in child(page, "pump-problem") or bool(page.trial.faults))
    click(page.trial.leave)
    page.trial.form.set_pump(VIRTUAL)
    wait_until(qtbot, page.trial.begin.isEnabled)
    assert page.trial.head.folder != tmp_path / "out"


def test_readings_in_a_file_are_analysed(qtbot: QtBot, page: TrialsPage, tmp_path: Path) -> None:
    page.tabs.setCurrentWidget(page.csv)
    click(page.csv.button)
    assert "Choose a CSV file" in child(page, "file-problem")
    bad = tmp_path / "bad.csv"
    bad.write_text("time_s,mass_g\n0,0\n5,x\n")
    page.csv.fields["file"].setText(str(bad))
    page.csv.fields["rate"].setText("1 mL/h")
    page.csv.fields["evaporation"].setText("2")
    click(page.csv.button)
    wait_until(qtbot, lambda: "line 3" in child(page, "csv-problem"))
    example = Path(__file__).parents[5] / "examples" / "readings-1ml-h.csv"
    page.csv.fields["file"].setText(str(example))
    click(page.csv.button)
    wait_until(qtbot, lambda: "+1.21 %" in child(page, "csv-told"))
    assert len(page.csv.plots.most.getData()[0]) == 5
