"""The page "Trials": real trials and calibrations on the real firmware, driven by clicks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import SPEED, is_in, wait_until
from tests.host.gui.hands import click
from tests.host.trials.conduct.test_following import begun, read
from tests.host.trials.conduct.test_resume import Host, noted
from tests.host.trials.conduct.test_run import DELIVER, ZERO, protocol

from pumpbench.client import Stopped
from pumpbench.conduct.desk import Place
from pumpbench.gui.board_link import CONNECTED as LINK_CONNECTED
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.bench_setup import CONNECTED, PORT, VIRTUAL
from pumpbench.gui.pages.connect import ConnectPage
from pumpbench.gui.pages.trials import TrialsPage
from pumpbench.trials.conduct.folder import Folder
from pumpbench.virtual.board import VirtualBoard

LONG = '[[steps]]\nkind = "deliver"\nduration = "2 h"\n'
OCCLUSION = '[[steps]]\nkind = "back-pressure"\npressure_kpa = 5\nsettle = "1 s"\n'


@pytest.fixture
def page(qtbot: QtBot, lab: Lab, tmp_path: Path) -> Iterator[TrialsPage]:
    yield from shown(qtbot, lab, tmp_path)


@pytest.fixture
def on_a_pump(qtbot: QtBot, connected: Lab, board: VirtualBoard, tmp_path: Path) -> Iterator[TrialsPage]:
    """The page of a laboratory whose pump is a board that stays, with a balance beside it."""
    for made in shown(qtbot, connected, tmp_path):
        form = made.trial.form
        form.set_pump(CONNECTED)
        form.balance.setCurrentIndex(form.balance.findData(PORT))
        form.at.setText(board.balance_port)
        yield made


def shown(qtbot: QtBot, lab: Lab, folder: Path) -> Iterator[TrialsPage]:
    lab.settings.trials = str(folder / "trials")
    made = TrialsPage(lab)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    yield made
    made.work.close()


def child(page: QWidget, name: str) -> str:
    found = page.findChild(QLabel, name)
    assert found is not None, name
    return found.text()


def start(qtbot: QtBot, page: TrialsPage, file: Path) -> Path:
    """Choose a protocol and start it; returns the trial's folder once it is under way."""
    folder = begin(qtbot, page, file)
    wait_until(qtbot, lambda: page.work.job is not None)
    return folder


def begin(qtbot: QtBot, page: TrialsPage, file: Path) -> Path:
    page.trial.chooser.choose(file)
    wait_until(qtbot, lambda: page.trial.chooser.protocol.path == file)
    wait_until(qtbot, page.trial.begin.isEnabled)
    folder = page.trial.head.folder
    assert folder is not None
    click(page.trial.begin)
    return folder


def ended(qtbot: QtBot, page: TrialsPage) -> None:
    wait_until(qtbot, lambda: page.work.job is None and not page.view.under_way)


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


LIBRARY = """\
[library]
name = "ours"
[[drugs]]
name = "water"
soft_rate = "{soft}"
hard_rate = "{hard}"
"""


def keep_to(qtbot: QtBot, lab: Lab, library: Path, soft: str, hard: str) -> None:
    library.write_text(LIBRARY.format(soft=soft, hard=hard))
    lab.drugs.choose(library)
    wait_until(qtbot, lambda: lab.drugs.library is not None)


def test_a_trial_beyond_a_hard_limit_of_the_drug_library_does_not_start(
    qtbot: QtBot, page: TrialsPage, tmp_path: Path
) -> None:
    keep_to(qtbot, page.lab, tmp_path / "ours.toml", "1 mL/h", "8 mL/h")
    folder = begin(qtbot, page, protocol(tmp_path))
    refused = "reservoir 0: a flow of 10 mL/h is above the hard limit of 8 mL/h for water"
    assert refused in child(page, "protocol-problem")
    assert page.work.job is None
    assert page.trial.ask.isHidden()
    assert not folder.exists()


def test_a_trial_beyond_a_soft_limit_starts_for_a_reason_which_is_kept(
    qtbot: QtBot, page: TrialsPage, tmp_path: Path
) -> None:
    keep_to(qtbot, page.lab, tmp_path / "ours.toml", "1 mL/h", "80 mL/h")
    begin(qtbot, page, protocol(tmp_path))
    assert page.work.job is None
    page.trial.ask.reason.setText("the tube is new")
    click(page.trial.ask.yes)
    wait_until(qtbot, lambda: page.work.job is not None)
    ended(qtbot, page)
    (noted,) = [one for one in page.lab.store.audit.entries() if one.action == "soft-limit"]
    assert noted.subject.startswith("trial ")
    assert "the tube is new" in noted.details


def test_a_second_trial_gets_a_folder_of_its_own(qtbot: QtBot, page: TrialsPage, tmp_path: Path) -> None:
    file = protocol(tmp_path)
    first = start(qtbot, page, file)
    ended(qtbot, page)
    click(page.view.back)
    second = start(qtbot, page, file)
    ended(qtbot, page)
    assert first != second
    assert {place.name for place in first.parent.iterdir()} == {first.name, second.name}


def test_a_bad_protocol_is_told_and_cannot_be_started(qtbot: QtBot, page: TrialsPage, tmp_path: Path) -> None:
    file = protocol(tmp_path)
    good = file.read_text()
    file.write_text(good.replace("10 mL/h", "10 furlong"))
    page.trial.chooser.choose(file)
    wait_until(qtbot, lambda: "furlong" in child(page, "protocol-problem"))
    assert not page.trial.begin.isEnabled()
    file.write_text(good)  # as an editor does, while the page looks on
    wait_until(qtbot, page.trial.begin.isEnabled)
    assert child(page, "protocol-problem") == ""


def test_a_new_protocol_is_written_from_the_template(
    qtbot: QtBot, page: TrialsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "pumpbench.gui.widgets.protocol_chooser.QDesktopServices.openUrl",
        lambda url: opened.append(url.toLocalFile()),
    )
    page.trial.chooser.write_new(tmp_path / "mine.toml")
    wait_until(qtbot, lambda: page.trial.chooser.protocol.path == tmp_path / "mine.toml")
    assert page.trial.chooser.protocol.trial is not None
    assert opened == [str(tmp_path / "mine.toml")]
    page.trial.chooser.write_new(tmp_path / "mine.toml")
    wait_until(qtbot, lambda: "mine.toml" in child(page, "protocol-problem"))


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


def test_the_pump_is_lent_watched_and_taken_back(
    qtbot: QtBot, on_a_pump: TrialsPage, board: VirtualBoard, tmp_path: Path
) -> None:
    link = on_a_pump.lab.link
    start(qtbot, on_a_pump, protocol(tmp_path, ZERO, DELIVER))
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
    start(qtbot, on_a_pump, protocol(tmp_path, OCCLUSION, DELIVER))
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


def button(page: QWidget, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None, name
    return found


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
    lab.link.open(Place(board.port, speed=SPEED))
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
    example = Path(__file__).parents[4] / "examples" / "readings-1ml-h.csv"
    page.csv.fields["file"].setText(str(example))
    click(page.csv.button)
    wait_until(qtbot, lambda: "+1.21 %" in child(page, "csv-told"))
    assert len(page.csv.plots.most.getData()[0]) == 5
