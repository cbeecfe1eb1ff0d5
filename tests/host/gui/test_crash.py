"""An error that nobody foresaw, and a database that cannot be opened."""

import sys
from pathlib import Path
from types import TracebackType

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import wait_until
from tests.host.gui.hands import click
from tests.host.gui.real_window import window

from pumpbench.gui import app
from pumpbench.gui.crash import Net
from pumpbench.gui.lab import Lab
from pumpbench.gui.no_database import NoDatabaseDialog
from pumpbench.store.errors import StoreError


@pytest.fixture
def net(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Net:
    made = Net()
    qtbot.addWidget(made.window)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    made.spread()
    return made


def test_an_error_is_one_sentence_with_details_to_copy_and_the_program_goes_on(
    qtbot: QtBot, net: Net, lab: Lab
) -> None:
    lived: list[bool] = []
    with qtbot.captureExceptions():
        QTimer.singleShot(0, lambda: net.catch(*_raised()))
        QTimer.singleShot(50, lambda: lived.append(True))
        wait_until(qtbot, lambda: net.window.isVisible() and bool(lived))
    assert "ZeroDivisionError: integer division or modulo by zero" in net.window.sentence.text()
    copy = net.window.findChild(QPushButton, "copy")
    assert copy is not None
    click(copy)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert "Traceback" in clipboard.text()
    assert "pumpbench 0" in clipboard.text()


def test_what_a_worker_did_not_foresee_reaches_the_window(qtbot: QtBot, net: Net, lab: Lab) -> None:
    with qtbot.captureExceptions() as caught:
        lab.reading.do(lambda: 1 // 0, lambda _: None, lambda _: None)
        wait_until(qtbot, lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def _raised() -> "tuple[type[BaseException], BaseException, TracebackType | None]":
    try:
        1 // 0  # noqa: B018
    except ZeroDivisionError as error:
        return type(error), error, error.__traceback__
    raise AssertionError


def test_a_database_that_is_none_is_told_and_another_may_be_chosen(qtbot: QtBot) -> None:
    dialog = NoDatabaseDialog("lab.sqlite is not a pumpbench database")
    qtbot.addWidget(dialog)
    sentence = dialog.findChild(QLabel, "sentence")
    assert sentence is not None
    assert sentence.text() == "Lab.sqlite is not a pumpbench database"


def test_who_quits_when_there_is_no_database_ends_the_program_with_its_sentence(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "lab.sqlite").write_text("a letter to grandmother\n" * 100)

    def quit_it() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, NoDatabaseDialog)
        dialog.reject()

    QTimer.singleShot(0, quit_it)
    with pytest.raises(StoreError, match="is not a pumpbench database"):
        app.open_lab(tmp_path / "lab.sqlite")


def test_a_damaged_database_is_a_window_that_says_so_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "lab.sqlite").write_bytes(b"this is no database, it is a letter to grandmother " * 100)
    with window(tmp_path) as running, pytest.raises(Exception, match="timed out"):
        running.wait(timeout=3.0)  # it stays, and asks
