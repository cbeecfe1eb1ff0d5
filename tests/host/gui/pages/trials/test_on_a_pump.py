"""Trials on a pump that stays: it is lent, stopped, waited for and given back."""

from pathlib import Path

from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import SPEED, is_in, wait_until
from tests.host.gui.hands import click
from tests.host.gui.pages.trials.steps import LONG, OCCLUSION, begin, child, ended, start
from tests.host.trials.conduct.test_run import DELIVER, LONGER, ZERO, protocol, unhurried

from pumpbench.client import Stopped
from pumpbench.conduct.desk import Place
from pumpbench.gui.board_link import CONNECTED as LINK_CONNECTED
from pumpbench.gui.pages.connect import ConnectPage
from pumpbench.gui.pages.trials import TrialsPage
from pumpbench.trials.conduct.folder import Folder
from pumpbench.virtual.board import VirtualBoard


def test_the_pump_is_lent_watched_and_taken_back(
    qtbot: QtBot, on_a_pump: TrialsPage, board: VirtualBoard, tmp_path: Path
) -> None:
    link = on_a_pump.lab.link
    start(qtbot, on_a_pump, unhurried(tmp_path))
    wait_until(qtbot, lambda: is_in(on_a_pump.lab, "running"))
    assert link.snapshot is not None
    assert not link.snapshot.commands
    connect_page = ConnectPage(on_a_pump.lab)
    qtbot.addWidget(connect_page)
    wait_until(qtbot, lambda: "of this window commands" in child(connect_page, "why-looking"))
    assert connect_page.take.isHidden()  # the window takes no pump from its own trial
    ended(qtbot, on_a_pump)
    wait_until(qtbot, lambda: link.snapshot is not None and link.snapshot.commands)
    assert link.phase == LINK_CONNECTED
    assert link.place == Place(board.port, speed=SPEED)
    assert on_a_pump.view.outcome.badge.text == "PASS"


def test_stop_stops_the_pump_of_a_trial_at_once(qtbot: QtBot, on_a_pump: TrialsPage, tmp_path: Path) -> None:
    answers: list[Stopped] = []
    on_a_pump.lab.link.stopped.connect(answers.append)
    folder = start(qtbot, on_a_pump, protocol(tmp_path, ZERO, LONG))
    wait_until(qtbot, lambda: is_in(on_a_pump.lab, "running"))
    on_a_pump.lab.link.stop()
    wait_until(qtbot, lambda: bool(answers))
    assert answers[0].state == "stopped"
    ended(qtbot, on_a_pump)
    assert on_a_pump.view.outcome.badge.text == "INCONCLUSIVE"
    assert Folder.open(folder).readings()
    wait_until(qtbot, lambda: is_in(on_a_pump.lab, "stopped"))


def test_stop_while_the_pump_is_being_lent_keeps_the_trial_from_starting(
    qtbot: QtBot, on_a_pump: TrialsPage, tmp_path: Path
) -> None:
    said: list[str] = []
    on_a_pump.lab.said.connect(said.append)
    file = protocol(tmp_path, ZERO, LONG)
    on_a_pump.trial.chooser.choose(file)
    wait_until(qtbot, lambda: on_a_pump.trial.chooser.protocol.path == file)
    wait_until(qtbot, on_a_pump.trial.begin.isEnabled)
    click(on_a_pump.trial.begin)
    on_a_pump.lab.link.stop()
    wait_until(qtbot, lambda: bool(said))
    assert "Stop came first" in said[0]
    wait_until(qtbot, lambda: on_a_pump.lab.link.phase == LINK_CONNECTED)
    assert on_a_pump.work.job is None
    assert not (tmp_path / "trials").exists()


def test_a_person_is_told_what_to_do_and_says_when_it_is_done(
    qtbot: QtBot, on_a_pump: TrialsPage, tmp_path: Path
) -> None:
    start(qtbot, on_a_pump, unhurried(tmp_path, OCCLUSION, LONGER))
    wait_until(qtbot, on_a_pump.view.guide.isVisible)
    assert child(on_a_pump, "guide-sentence") == "Set the pressure at the outlet to 5 kPa."
    assert on_a_pump.work.job is not None
    click(on_a_pump.view.guide.button)
    assert not on_a_pump.view.guide.isVisible()
    ended(qtbot, on_a_pump)
    assert on_a_pump.view.outcome.badge.text == "PASS"


def test_a_trial_that_waits_for_somebody_can_be_ended(
    qtbot: QtBot, on_a_pump: TrialsPage, tmp_path: Path
) -> None:
    start(qtbot, on_a_pump, protocol(tmp_path, OCCLUSION, DELIVER))
    wait_until(qtbot, on_a_pump.view.guide.isVisible)
    on_a_pump.work.cancel()
    ended(qtbot, on_a_pump)
    assert on_a_pump.view.outcome.badge.text == "INCONCLUSIVE"


def test_a_balance_that_is_not_there_is_told_and_the_pump_comes_back(
    qtbot: QtBot, on_a_pump: TrialsPage, tmp_path: Path
) -> None:
    on_a_pump.trial.form.at.setText(str(tmp_path / "nothing"))
    begin(qtbot, on_a_pump, protocol(tmp_path))
    wait_until(qtbot, lambda: "nothing" in child(on_a_pump, "verdict-why"))
    link = on_a_pump.lab.link
    wait_until(qtbot, lambda: link.snapshot is not None and link.snapshot.commands)


def test_closing_the_window_stops_the_pump_and_keeps_the_trial(
    qtbot: QtBot, on_a_pump: TrialsPage, board: VirtualBoard, tmp_path: Path
) -> None:
    folder = start(qtbot, on_a_pump, protocol(tmp_path, ZERO, LONG))
    wait_until(qtbot, lambda: is_in(on_a_pump.lab, "running"))
    on_a_pump.lab.closing.emit()
    assert any(entry["what"] == "ended" for entry in Folder.open(folder).journal())
    assert (folder / "result.json").exists()
    on_a_pump.lab.link.open(Place(board.port, speed=SPEED))
    wait_until(qtbot, lambda: is_in(on_a_pump.lab, "stopped"))
