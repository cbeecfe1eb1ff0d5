"""What is looked at before a trial starts: its protocol, and the limits of the drug library."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import wait_until
from tests.host.gui.hands import click
from tests.host.gui.pages.trials.steps import begin, child, ended
from tests.host.trials.conduct.test_run import protocol

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.trials import TrialsPage

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
