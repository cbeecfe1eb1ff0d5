"""Trials that the page carries out on a virtual board: a verdict, a second folder, an early end, Stop."""

import json
from pathlib import Path

from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import wait_until
from tests.host.gui.hands import click
from tests.host.gui.pages.trials.steps import LONG, child, ended, start
from tests.host.trials.conduct.test_run import ZERO, protocol

from pumpbench.gui.pages.trials import TrialsPage
from pumpbench.trials.conduct.folder import Folder


def test_a_trial_is_carried_out_and_its_verdict_shown(qtbot: QtBot, page: TrialsPage, tmp_path: Path) -> None:
    steps: list[str] = []
    page.work.progressed.connect(lambda now: steps.append(now.step))
    folder = start(qtbot, page, protocol(tmp_path))
    assert folder.parent == tmp_path / "trials"
    ended(qtbot, page)
    assert page.view.outcome.badge.text == "PASS", page.view.outcome.why.text()
    assert page.view.outcome.simulated.isVisible()
    assert any("deliver 10 mL/h" in step for step in steps)
    result = json.loads((folder / "result.json").read_text())
    assert page.view.outcome.judged.rowCount() == len(result["judgements"])
    assert page.view.look is not None
    assert page.view.look.ended
    x, y = page.view.plots.flow.getData()
    assert len(x) == len(y) == len(result["startup"])
    assert page.view.outcome.pdf.isVisible()
    assert (folder / "report.pdf").exists()


def test_a_second_trial_gets_a_folder_of_its_own(qtbot: QtBot, page: TrialsPage, tmp_path: Path) -> None:
    file = protocol(tmp_path)
    first = start(qtbot, page, file)
    ended(qtbot, page)
    click(page.view.back)
    second = start(qtbot, page, file)
    ended(qtbot, page)
    assert first != second
    assert {place.name for place in first.parent.iterdir()} == {first.name, second.name}


def test_a_trial_is_ended_early_after_a_question_in_the_page(
    qtbot: QtBot, page: TrialsPage, tmp_path: Path
) -> None:
    page.trial.form.speed.setText("20")
    folder = start(qtbot, page, protocol(tmp_path, ZERO, LONG))
    wait_until(qtbot, lambda: "deliver" in child(page, "trial-step"))
    click(page.view.progress.cancel)
    assert page.work.job is not None
    click(page.view.progress.sure)
    ended(qtbot, page)
    assert page.view.outcome.badge.text == "INCONCLUSIVE"
    assert "it was cancelled" in child(page, "trial-remarks")
    assert Folder.open(folder).readings()


def test_stop_ends_a_virtual_trial(qtbot: QtBot, page: TrialsPage, tmp_path: Path) -> None:
    told: list[str] = []
    page.lab.link.ended_instead.connect(told.append)
    page.lab.link.nothing_to_stop.connect(lambda: told.append("nothing"))
    page.trial.form.speed.setText("20")
    start(qtbot, page, protocol(tmp_path, ZERO, LONG))
    wait_until(qtbot, lambda: "deliver" in child(page, "trial-step"))
    page.lab.link.stop()
    ended(qtbot, page)
    assert told == ["The trial is ended"]
    page.lab.link.stop()
    wait_until(qtbot, lambda: len(told) == 2)
    assert told[1] == "nothing"
