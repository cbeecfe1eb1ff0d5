"""Lets alarms be heard, on machines that have a way to."""

import errno
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QLoggingCategory, QObject, QTemporaryDir, QTimer, QUrl

from pumpbench.expected import sentence_of
from pumpbench.gui.models.alarm_sound import INTERVAL_S, as_wave, burst
from pumplink.alarms import NO_PRIORITY

_WARM_UP_MS = 2000


class AlarmSound(QObject):
    """Told again and again which priority is to be heard; plays its bursts at the intervals that it has.

    Qt's multimedia part needs libraries of the system that some machines do not have: `fault` then says why
    nothing is heard.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fault = ""
        self._effects: dict[int, Any] | None = None
        self._folder = QTemporaryDir()
        self._heard = NO_PRIORITY
        self._next_s = float("-inf")
        # Loading takes a moment that the first alarm should not have to wait for.
        warm_up = QTimer(self)
        warm_up.setSingleShot(True)
        warm_up.timeout.connect(self._load)
        warm_up.start(_WARM_UP_MS)

    def hear(self, priority: int, now_s: float) -> None:
        """Make this priority heard, ``NO_PRIORITY`` for silence.

        `now_s` is of a clock that never goes back.
        """
        if priority == NO_PRIORITY:
            self._heard = NO_PRIORITY
            return
        if priority == self._heard and now_s < self._next_s:
            return
        self._heard, self._next_s = priority, now_s + INTERVAL_S[priority]
        self._load()
        if self._effects:
            self._effects[priority].play()

    def _load(self) -> None:
        if self._effects is not None:
            return
        self._effects = {}
        QLoggingCategory.setFilterRules("qt.multimedia.*=false")  # it tells a shell of each library it misses
        try:
            from PyQt6.QtMultimedia import QMediaDevices, QSoundEffect
        except ImportError as error:
            self.fault = self.tr("no sound: Qt's multimedia part cannot be loaded ({0})").format(error)
            return
        if QMediaDevices.defaultAudioOutput().isNull():
            self.fault = self.tr("no sound: this machine has no loudspeaker")
            return
        try:
            files = {priority: self._write(priority) for priority in INTERVAL_S}
        except OSError as error:
            self.fault = self.tr("no sound: {0}").format(sentence_of(error))
            return
        for priority, file in files.items():
            effect = QSoundEffect(self)
            effect.setSource(QUrl.fromLocalFile(str(file)))
            self._effects[priority] = effect

    def _write(self, priority: int) -> Path:
        """Return the file that is heard. Raises `OSError`, as when the disk is full."""
        if not self._folder.isValid():
            raise OSError(errno.ENOENT, self._folder.errorString())
        file = Path(self._folder.path()) / f"{priority}.wav"
        file.write_bytes(as_wave(burst(priority)))
        return file
