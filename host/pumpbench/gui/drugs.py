"""The drug library that the window checks against: one file, read again when the window starts."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from pumpbench.conduct.drug_limits import Crossing, Filled, check_bolus, check_filling, check_program
from pumpbench.expected import sentence_of
from pumpbench.files import library as library_file
from pumpbench.files.library import Library
from pumpbench.files.program import Program
from pumpbench.files.trial import Trial
from pumpbench.gui.settings import Settings
from pumpbench.gui.worker import Worker
from pumpbench.trials.conduct.drug_limits import check_trial
from pumpbench.tuning.drug_limits import Deliveries, check_flows


class Drugs(QObject):
    """`library` is None while none is chosen, or the chosen one cannot be used: `problem` says why.

    What is checked while the chosen one cannot be used needs a reason, as past a soft limit.
    """

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

    def check_program(self, program: Program, board: Sequence[Filled]) -> list[Crossing]:
        """What the library says to a program; `board` holds the board's reservoirs."""
        if self.library is None:
            return self._without()
        return check_program(self.library, program, board)

    def check_bolus(self, filled: Filled, volume_nl: int, where: str) -> list[Crossing]:
        """What it says to a single bolus."""
        if self.library is None:
            return self._without()
        return check_bolus(self.library, filled, volume_nl, where)

    def check_filling(self, filled: Filled, where: str) -> list[Crossing]:
        """What it says to what a reservoir holds."""
        if self.library is None:
            return self._without()
        return check_filling(self.library, filled, where)

    def check_trial(self, trial: Trial) -> list[Crossing]:
        """What it says to all that a trial delivers."""
        if self.library is None:
            return self._without()
        return check_trial(self.library, trial)

    def check_flows(self, deliveries: Deliveries, filled: Filled) -> list[Crossing]:
        """What it says to what a calibration turns out of a reservoir."""
        if self.library is None:
            return self._without()
        return check_flows(self.library, deliveries, filled)

    def _without(self) -> list[Crossing]:
        if self.path is None:
            return []
        why = self.problem or self.tr("{0} is still being read").format(self.path)
        return [
            Crossing(
                False,
                self.tr("the drug library cannot be used ({0}), so none of its limits holds").format(why),
            )
        ]

    def _take(self, library: Library | None, problem: str) -> None:
        self.library, self.problem = library, problem
        self.changed.emit()
