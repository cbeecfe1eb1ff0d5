"""Follows the alarms: which there are, which are heard, for how long they are silenced."""

import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from pumpbench.client import Stopped
from pumpbench.conduct.desk import Desk
from pumpbench.expected import sentence_of
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.alarms import AlarmLine, Sounding, lines_of
from pumpbench.gui.models.notices import notices
from pumpbench.gui.models.state import MOVING
from pumpbench.gui.sound import AlarmSound
from pumplink.alarms import NO_PRIORITY

_TICK_MS = 125  # an eighth of a second: a quarter of the fastest flash


class AlarmWatch(QObject):
    """`lines` is what there is now, the most urgent first."""

    changed = pyqtSignal(object)
    """The lines, when they are others than before."""
    ticked = pyqtSignal(float)
    """The time in s, of a clock that never goes back, while something flashes, sounds or is silenced."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.lines: list[AlarmLine] = []
        self.sound = AlarmSound(self)
        self._lab = lab
        self._sounding = Sounding()
        self._stop_failure = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        lab.contact.changed.connect(self._look)
        lab.link.snapshot_changed.connect(self._look)
        lab.link.stopped.connect(self._stopped)
        lab.link.stop_failed.connect(self._stop_failed)

    def acknowledge(self, line: AlarmLine) -> None:
        """Take note of an alarm."""
        code = line.code
        if code is None:
            return

        def carry_out(desk: Desk) -> None:
            desk.client.acknowledge(code)

        self._lab.link.command(
            carry_out, lambda _: None, lambda error: self._lab.said.emit(sentence_of(error))
        )

    def silence(self) -> None:
        """Let no alarm of now be heard for the time that is set."""
        self._sounding.silence(time.monotonic(), self._lab.settings.silence_s)
        self._tick()

    @property
    def silent_s(self) -> float:
        """How long the silence still lasts, 0 when there is none."""
        return self._sounding.silent_s(time.monotonic())

    def _stopped(self, stopped: Stopped) -> None:
        self._stop_failure = ""
        self._look()

    def _stop_failed(self, sentence: str) -> None:
        self._stop_failure = sentence
        self._look()

    def _look(self) -> None:
        contact, snapshot = self._lab.contact.now, self._lab.contact.snapshot
        if contact.current and snapshot is not None and snapshot.status.state not in MOVING:
            self._stop_failure = ""  # it stands, whatever became of the answer
        alarms = lines_of(snapshot.alarms) if snapshot is not None and contact.current else []
        lines = notices(contact, snapshot, self._stop_failure) + alarms
        lines.sort(key=lambda line: -line.priority)
        self._sounding.see(lines)
        if lines != self.lines:
            self.lines = lines
            self.changed.emit(lines)
        self._keep_time()

    def _keep_time(self) -> None:
        if any(line.latched for line in self.lines):
            if not self._timer.isActive():
                self._timer.start(_TICK_MS)
                self._tick()
        elif self._timer.isActive():
            self._timer.stop()
            self.sound.hear(NO_PRIORITY, time.monotonic())

    def _tick(self) -> None:
        now_s = time.monotonic()
        wanted = self._sounding.priority(self.lines, now_s) if self._lab.settings.sound else NO_PRIORITY
        self.sound.hear(wanted, now_s)
        self.ticked.emit(now_s)
