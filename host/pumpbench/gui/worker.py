"""A thread that does one thing after the other and hands each outcome back to the thread that draws."""

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from pumpbench.expected import is_expected

T = TypeVar("T")
Work = tuple[Callable[[], Any], Callable[[Any], None], Callable[[Exception], None]]


class Worker(QObject):
    """Made on the thread that draws, where `done` and `failed` are called, too.

    `failed` gets errors that are to be expected (``pumpbench.expected``); any other is raised on the thread
    that draws, for the window's own net.
    """

    _outcome = pyqtSignal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._outcome.connect(self._hand_back)
        self._thread = threading.Thread(target=self._work, name=f"pumpbench-{name}", daemon=True)
        self._thread.start()

    def do(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Queue `work`; returns at once."""
        self._queue.put((work, done, failed))

    def close(self) -> None:
        """End when what is queued is done; waits for that."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            work, done, failed = item
            try:
                outcome = work()
            except Exception as error:  # noqa: BLE001  the thread that draws gets whatever it is
                self._outcome.emit(failed if is_expected(error) else _raise, error)
            else:
                self._outcome.emit(done, outcome)

    @pyqtSlot(object, object)
    def _hand_back(self, callback: Callable[[Any], None], outcome: Any) -> None:
        callback(outcome)


def _raise(error: Exception) -> None:
    raise error
