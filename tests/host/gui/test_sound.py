"""The window with and without a way to be heard."""

import sys
from pathlib import Path

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


def test_a_disk_without_room_for_the_sounds_is_told_and_the_alarms_go_on(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    multimedia = pytest.importorskip("PyQt6.QtMultimedia")
    devices = multimedia.QMediaDevices.defaultAudioOutput()
    monkeypatch.setattr(type(devices), "isNull", lambda device: False)  # as if there were a loudspeaker
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    sound = AlarmSound()
    sound.hear(HIGH, 0.0)
    assert sound.fault.startswith("no sound: ")
    sound.hear(HIGH, 10.0)
