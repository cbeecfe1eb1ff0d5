"""The drug library that the window checks against: one file, read again when the window starts."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from pumpbench.expected import sentence_of
from pumpbench.files import library as library_file
from pumpbench.files.library import Library
from pumpbench.gui.settings import Settings
from pumpbench.gui.worker import Worker


class Drugs(QObject):
    """`library` is None while none is chosen, or the chosen one cannot be used: `problem` says why."""

    changed = pyqtSignal()

    def __init__(self, settings: Settings, reading: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.library: Library | None = None
        self.problem = ""
        self._settings = settings
        self._reading = reading
        if settings.library:
            self.choose(Path(settings.library))

    @property
    def path(self) -> Path | None:
        """The file that was chosen, None for none."""
        return Path(self._settings.library) if self._settings.library else None

    def choose(self, path: Path | None) -> None:
        """Use another file, or none; `changed` tells when it was read."""
        self._settings.library = "" if path is None else str(path)
        if path is None:
            self._take(None, "")
            return
        self._reading.do(
            lambda: library_file.load(path),
            lambda found: self._take(found, ""),
            lambda error: self._take(None, sentence_of(error)),
        )

    def _take(self, library: Library | None, problem: str) -> None:
        self.library, self.problem = library, problem
        self.changed.emit()
