"""A dry run that goes on beside the window, to be watched and called off."""

import threading
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from pumpbench.client import Reservoir
from pumpbench.conduct.dry_run import Expected, dry_run
from pumpbench.conduct.progress import Progress
from pumpbench.expected import sentence_of
from pumpbench.gui.worker import Worker


class _CalledOff(Exception):  # noqa: N818
    """Raised where the run tells its progress, so that it ends there."""


class DryRun(QObject):
    """One at a time, each on a virtual board and in a database of its own."""

    progressed = pyqtSignal(object)
    """A `Progress`, some times a second."""
    formed = pyqtSignal(object)
    """The `Curves` of what was carried out so far, about once a second."""
    ended = pyqtSignal(object)
    """What is `Expected`; None when it was called off."""
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.running = False
        self._off = threading.Event()
        self._worker = Worker("dry-run", self)

    def start(self, tables: dict[str, Any], board: tuple[Reservoir, ...]) -> None:
        """Run the program in `tables`, which has no fault; `board` holds the board's reservoirs."""
        self.running = True
        self._off.clear()
        self._worker.do(lambda: self._work(tables, board), self._end, self._fail)

    def call_off(self) -> None:
        """End it soon; `ended` tells when."""
        self._off.set()

    def close(self) -> None:
        """Call off what goes on and wait for it."""
        self.call_off()
        self._worker.close()

    def _work(self, tables: dict[str, Any], board: tuple[Reservoir, ...]) -> Expected | None:
        try:
            return dry_run(tables, board, self._tell, self.formed.emit)
        except _CalledOff:
            return None

    def _tell(self, progress: Progress) -> None:
        if self._off.is_set():
            raise _CalledOff
        self.progressed.emit(progress)

    def _end(self, expected: Expected | None) -> None:
        self.running = False
        self.ended.emit(expected)

    def _fail(self, error: Exception) -> None:
        self.running = False
        self.failed.emit(sentence_of(error))
