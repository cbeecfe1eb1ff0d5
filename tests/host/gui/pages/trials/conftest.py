"""The page "Trials" of a laboratory, and of one whose pump is a board that stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.host.gui.pages.trials.steps import shown

from pumpbench.gui.lab import Lab
from pumpbench.gui.models.bench_setup import CONNECTED, PORT
from pumpbench.gui.pages.trials import TrialsPage
from pumpbench.virtual.board import VirtualBoard


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
