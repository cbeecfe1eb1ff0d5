"""The window, offscreen, on the real firmware of a virtual board, with a real database."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is imported

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.support.emulated_pump import flashed_board, flashed_image

from pumpbench.conduct.desk import Place
from pumpbench.gui.lab import Lab
from pumpbench.gui.settings import Settings
from pumpbench.virtual.board import VirtualBoard

__all__ = ["flashed_board", "flashed_image"]

SPEED = 20.0
PATIENCE_MS = 180_000
_FEW_WIDGETS = 100


@pytest.fixture(autouse=True)
def no_earlier_window() -> None:
    """Windows hold themselves in circles: those of earlier tests would be dressed anew with every theme."""
    if len(QApplication.allWidgets()) > _FEW_WIDGETS:
        gc.collect()


@pytest.fixture
def lab(qtbot: QtBot, tmp_path: Path) -> Iterator[Lab]:
    """A laboratory with an empty database and no pump."""
    made = Lab(tmp_path / "lab.sqlite", settings=Settings(tmp_path / "window.ini"))
    yield made
    made.close()


@pytest.fixture
def board() -> Iterator[VirtualBoard]:
    """A virtual board that stays, twenty times as fast as the wall."""
    with VirtualBoard(speed=SPEED) as running:
        yield running


@pytest.fixture
def connected(qtbot: QtBot, lab: Lab, board: VirtualBoard) -> Iterator[Lab]:
    """The laboratory, connected to the board, with a first snapshot; it leaves the board before that ends."""
    lab.link.open(Place(board.port, speed=SPEED))
    wait_until(qtbot, lambda: lab.link.snapshot is not None)
    yield lab
    lab.link.close()


def wait_until(qtbot: QtBot, holds: Callable[[], bool], patience_ms: int = PATIENCE_MS) -> None:
    """Let the window live until something holds; fails when it does not come about."""
    qtbot.waitUntil(holds, timeout=patience_ms)


def is_in(lab: Lab, state: str) -> bool:
    """Whether the pump is in this state, as the newest snapshot has it."""
    return lab.link.snapshot is not None and lab.link.snapshot.status.state == state


def fail(error: Exception) -> None:
    """What a command that must succeed does with its error."""
    raise error
