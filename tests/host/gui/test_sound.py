"""The window with and without a way to be heard."""

import sys

import pytest
from pytestqt.qtbot import QtBot

from pumpbench.gui.sound import AlarmSound
from pumplink.alarms import HIGH, NO_PRIORITY


def test_a_machine_without_the_multimedia_part_says_so_and_goes_on(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PyQt6.QtMultimedia", None)
    sound = AlarmSound()
    sound.hear(HIGH, 0.0)
    assert "no sound: Qt's multimedia part cannot be loaded" in sound.fault
    sound.hear(NO_PRIORITY, 1.0)
    sound.hear(HIGH, 2.0)
