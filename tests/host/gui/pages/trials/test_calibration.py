"""Calibrations from the page "Trials"."""

import json

from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import wait_until
from tests.host.gui.hands import click
from tests.host.gui.pages.trials.steps import button, ended

from pumpbench.gui.pages.trials import TrialsPage


def test_a_calibration_is_made_and_shown_with_its_uncertainty(qtbot: QtBot, page: TrialsPage) -> None:
    setup = page.calibration
    page.tabs.setCurrentWidget(setup)
    setup.points.setPlainText("2 mL/h: 6\n4 mL/h: 10\n20 mL/h: 20")
    setup.rest.setText("2 min")
    wait_until(qtbot, setup.begin.isEnabled)
    folder = setup.head.folder
    assert folder is not None
    click(setup.begin)
    wait_until(qtbot, lambda: page.work.job is not None)
    ended(qtbot, page)
    outcome = page.view.outcome
    assert outcome.badge.text == "Calibrated"
    told = json.loads((folder / "calibration.json").read_text())
    assert outcome.strokes.rowCount() == len(told["uncertainty"]) == 3
    assert outcome.strokes.data(outcome.strokes.index(0, 2)).endswith("%")
    assert outcome.strokes_view.isVisible()
    click(page.view.back)
    page.tabs.setCurrentWidget(page.earlier)
    wait_until(qtbot, lambda: len(page.earlier.rows) == 1)
    click(button(page, "earlier-open"))
    wait_until(qtbot, outcome.strokes_view.isVisible)


def test_a_calibration_that_is_ended_early_writes_nothing(qtbot: QtBot, page: TrialsPage) -> None:
    setup = page.calibration
    setup.form.speed.setText("20")
    page.tabs.setCurrentWidget(setup)
    wait_until(qtbot, setup.begin.isEnabled)
    folder = setup.head.folder
    assert folder is not None
    click(setup.begin)
    wait_until(qtbot, lambda: page.view.look is not None and len(page.view.look.time_s) > 0)
    page.work.cancel()
    ended(qtbot, page)
    assert page.view.outcome.badge.text == "Not finished"
    assert not (folder / "calibration.toml").exists()
