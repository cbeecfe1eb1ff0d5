"""What takes its time with stored runs: exports that can be given up, and finding a run's board."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from pumpbench.client.discover import find_boards, identify
from pumpbench.gui.worker import Worker
from pumpbench.store import Store
from pumpbench.store.errors import ExportError


class ExportGivenUp(ExportError):  # noqa: N818
    """Somebody gave the export up; no file was left behind."""


class Exports(QObject):
    """One export at a time, on a thread of its own."""

    progressed = pyqtSignal(int, int)
    """Records done, of all."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._given_up = threading.Event()
        self._worker = Worker("export", self)

    def start(
        self,
        run_id: int,
        form: str,
        path: Path,
        done: Callable[[list[Path]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Write a run as "csv", "parquet" or "mcap"; `failed` gets `ExportGivenUp` after `give_up`."""
        self._given_up.clear()
        self._worker.do(lambda: self._store.export(run_id, form, path, self._progress), done, failed)

    def give_up(self) -> None:
        """End what is under way; what was written of it is taken away."""
        self._given_up.set()

    def close(self) -> None:
        """Give up and end the thread; waits for it."""
        self.give_up()
        self._worker.close()

    def _progress(self, done: int, of: int) -> None:
        if self._given_up.is_set():
            raise ExportGivenUp("the export was given up; no file was left behind")
        self.progressed.emit(done, of)


def port_of(unique_id: str, likely: Iterable[str]) -> str | None:
    """The port where a board answers now: one of the `likely` ones, or any; None when it is at none."""
    for port in likely:
        info = identify(port)
        if info is not None and info.unique_id == unique_id:
            return port
    for found, info in find_boards():
        if info is not None and info.unique_id == unique_id:
            return found.url
    return None
