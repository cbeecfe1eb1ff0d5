"""Calibrations from the page "Trials"."""

import json
from pathlib import Path

from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import fail, wait_until
from tests.host.gui.hands import click
from tests.host.gui.pages.trials.steps import button, child, ended

from pumpbench.gui.models.bench_setup import CONNECTED, PORT
from pumpbench.gui.pages.trials import TrialsPage
from pumpbench.virtual.board import VirtualBoard

ML = 1_000_000


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


def test_a_calibration_of_the_connected_pump_keeps_to_the_drug_that_its_reservoir_names(
    qtbot: QtBot, on_a_pump: TrialsPage, board: VirtualBoard, tmp_path: Path
) -> None:
    lab, setup, library = on_a_pump.lab, on_a_pump.calibration, tmp_path / "ours.toml"
    library.write_text(
        '[library]\nname = "ours"\n[[drugs]]\nname = "dye"\nsoft_rate = "1 mL/h"\nhard_rate = "20 mL/h"\n'
    )
    lab.drugs.choose(library)
    wait_until(qtbot, lambda: lab.drugs.library is not None)
    lab.link.command(
        lambda desk: desk.client.set_reservoir(0, capacity_nl=ML, contents_nl=ML, drug="dye"),
        lambda _: None,
        fail,
    )
    wait_until(qtbot, lambda: lab.link.snapshot is not None and lab.link.snapshot.reservoirs[0].drug == "dye")
    on_a_pump.tabs.setCurrentWidget(setup)
    setup.form.set_pump(CONNECTED)
    setup.form.balance.setCurrentIndex(setup.form.balance.findData(PORT))
    setup.form.at.setText(board.balance_port)
    setup.points.setPlainText("25 mL/h: 6")
    wait_until(qtbot, setup.begin.isEnabled)
    click(setup.begin)
    refused = "reservoir 0: a flow of 25 mL/h is above the hard limit of 20 mL/h for dye"
    wait_until(qtbot, lambda: refused in child(on_a_pump, "calibration-problem"))
    setup.points.setPlainText("2 mL/h: 6")
    wait_until(qtbot, setup.begin.isEnabled)
    click(setup.begin)
    wait_until(qtbot, setup.ask.isVisible)
    assert on_a_pump.work.job is None
    setup.ask.reason.setText("to be thrown away")
    click(setup.ask.yes)
    wait_until(qtbot, lambda: on_a_pump.work.job is not None)
    on_a_pump.work.cancel()
    ended(qtbot, on_a_pump)
    (noted,) = [one for one in lab.store.audit.entries() if one.action == "soft-limit"]
    assert (noted.subject, "to be thrown away" in noted.details) == ("calibration", True)
