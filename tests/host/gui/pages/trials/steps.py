"""What tests of the page "Trials" do on it."""

from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import wait_until
from tests.host.gui.hands import click

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.trials import TrialsPage

LONG = '[[steps]]\nkind = "deliver"\nduration = "2 h"\n'
OCCLUSION = '[[steps]]\nkind = "back-pressure"\npressure_kpa = 5\nsettle = "1 s"\n'


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


def button(page: QWidget, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None, name
    return found


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
