"""How long the thread that draws is busy with each thing that it does."""

import time
from pathlib import Path

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QApplication

from pumpbench.gui.main_window import MainWindow


class LiveApplication(QApplication):
    """An application that lives as long as it is told to."""

    def __init__(self) -> None:
        super().__init__(["bench"])

    def live(self, seconds: float) -> None:
        """Let the window live."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self.processEvents()
            time.sleep(0.0005)

    def end(self, window: MainWindow) -> None:
        """Close the window and take it away: events must not come to `notify` when Python is at its end."""
        window.close_now()
        self.processEvents()
        sip.delete(window)


class TimedApplication(LiveApplication):
    """Times every event from the moment it is taken up until it is dealt with, painting included.

    It holds Python's lock all the while, which Qt by itself does not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.spent_s: list[float] = []
        """By the wall's clock."""
        self.cpu_s: list[float] = []
        """By the processor's, of this thread: what other work on the machine does not lengthen."""
        self._depth = 0

    def notify(self, receiver: QObject | None, event: QEvent | None) -> bool:
        """Deal with an event."""
        self._depth += 1
        began, cpu = time.perf_counter(), time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._depth -= 1
            if not self._depth:
                self.spent_s.append(time.perf_counter() - began)
                self.cpu_s.append(time.thread_time() - cpu)

    def forget(self) -> None:
        """Begin anew."""
        self.spent_s.clear()
        self.cpu_s.clear()


def memory_mb() -> float:
    """Resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6
