"""A trial or a calibration that goes on beside the window: followed, answered, ended."""

import threading
from dataclasses import dataclass, replace
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from pumpbench.client import Stopped, frozen
from pumpbench.conduct.cancel import Cancel, Cancelled
from pumpbench.conduct.job import VIRTUAL
from pumpbench.expected import sentence_of
from pumpbench.gui.worker import Worker
from pumpbench.trials.conduct import Following, Look, Progress, TrialJob, run_trial
from pumpbench.tuning.guided import CalibrationJob, calibrate_pump

_TELL_EVERY_MS = 200
_LOOK_EVERY_MS = 1000


@dataclass(frozen=True)
class _Ended:
    """A calibration that was ended before there was anything to fit."""

    why: str


class BenchWork(QObject):
    """One at a time. It is carried out on one thread and looked at on another; signals come on the thread
    that draws."""

    began = pyqtSignal(object)
    """The `TrialJob` or `CalibrationJob` that is carried out from now on."""
    progressed = pyqtSignal(object)
    """The newest `Progress`, some times a second."""
    looked = pyqtSignal(object)
    """A `Look` at its folder, about once a second, and a last one before its end is told."""
    asked = pyqtSignal(str)
    """What a person has to do now; it waits until `answer` says that it is done."""
    said = pyqtSignal(str)
    """What a person should know at once."""
    ended = pyqtSignal(object)
    """The result, a dict."""
    cancelled = pyqtSignal(str)
    """It was ended without a result; a sentence."""
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job: TrialJob | CalibrationJob | None = None
        """What is under way; None when nothing is."""
        self._cancel = Cancel()
        self._answered = threading.Event()
        self._now: Progress | None = None
        self._told: Progress | None = None
        self._following: Following | None = None
        self._looking = False
        self._worker = Worker("bench", self)
        self._looks = Worker("bench-looks", self)
        self._tell_timer, self._look_timer = QTimer(self), QTimer(self)
        self._tell_timer.setInterval(_TELL_EVERY_MS)
        self._tell_timer.timeout.connect(self._tell)
        self._look_timer.setInterval(_LOOK_EVERY_MS)
        self._look_timer.timeout.connect(self._look)

    def start(self, job: TrialJob | CalibrationJob) -> None:
        """Carry it out; its callbacks and its cancel are this object's."""
        self._cancel, self._now, self._told = Cancel(), None, None
        self._following = Following(job.out)
        own = replace(job, ask=self._ask, say=self.said.emit, on_progress=self._keep, cancel=self._cancel)
        self.job = own
        self.began.emit(own)
        self._worker.do(lambda: _carry_out(own), self._end, self._fail)
        self._tell_timer.start()
        self._look_timer.start()

    def answer(self) -> None:
        """What was asked for is done."""
        self._answered.set()

    def cancel(self) -> None:
        """End it soon; may be called from any thread."""
        self._cancel.request()
        self._answered.set()

    def stop(self) -> Stopped | str:
        """End it, and stop its pump at once; for ``BoardLink.stop_first``. Raises ``ClientError``."""
        job = self.job
        self.cancel()
        if job is None or job.port is None or job.port == VIRTUAL:
            return self.tr("The trial is ended")
        return frozen.stop(job.port)

    def close(self) -> None:
        """End it and wait until everything is kept."""
        self._tell_timer.stop()
        self._look_timer.stop()
        self.cancel()
        self._worker.close()
        self._looks.close()

    # --- on the thread that carries it out ---

    def _ask(self, sentence: str) -> None:
        self._answered.clear()
        if self._cancel.requested:
            return
        self.asked.emit(sentence)
        self._answered.wait()

    def _keep(self, now: Progress) -> None:
        self._now = now  # told by the timer: a board at full speed tells thousands a second

    # --- on the thread that draws ---

    def _tell(self) -> None:
        now = self._now
        if now is not None and now is not self._told:
            self._told = now
            self.progressed.emit(now)

    def _look(self) -> None:
        following = self._following
        if following is None or self._looking:
            return
        self._looking = True
        self._looks.do(following.look, self._looked, self._not_looked)

    def _looked(self, look: Look) -> None:
        self._looking = False
        self.looked.emit(look)

    def _not_looked(self, error: Exception) -> None:
        self._looking = False
        self.said.emit(sentence_of(error))

    def _end(self, result: dict[str, Any] | _Ended) -> None:
        self._leave(
            lambda: self.cancelled.emit(result.why) if isinstance(result, _Ended) else self.ended.emit(result)
        )

    def _fail(self, error: Exception) -> None:
        self._leave(lambda: self.failed.emit(sentence_of(error)))

    def _leave(self, tell: Any) -> None:
        """Look a last time, then say how it went."""
        self._tell_timer.stop()
        self._look_timer.stop()
        self._tell()
        following, self._following = self._following, None
        self.job = None
        if following is None:
            tell()
            return

        def show(look: Look) -> None:
            self._looked(look)
            tell()

        def show_not(error: Exception) -> None:
            self._looking = False
            tell()

        self._looks.do(following.look, show, show_not)


def _carry_out(job: TrialJob | CalibrationJob) -> dict[str, Any] | _Ended:
    try:
        return run_trial(job) if isinstance(job, TrialJob) else calibrate_pump(job)
    except Cancelled as cancelled:
        return _Ended(str(cancelled))
