"""A dry run's progress and what came of it, in one line below the plot."""

from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from pumpbench.client import Reservoir
from pumpbench.conduct.dry_run import Expected
from pumpbench.conduct.progress import Progress
from pumpbench.gui.dry_run import DryRun
from pumpbench.gui.models.dry_run_words import Pace, outcome, share
from pumpbench.gui.models.program_draft import Tables
from pumpbench.gui.widgets.problem_label import ProblemLabel

_PARTS = 1000


class DryRunBar(QWidget):
    """Starts, shows and calls off. `expected` is the curve of the last one, None when there is none."""

    def __init__(self, dry_run: DryRun) -> None:
        super().__init__()
        self.dry_run = dry_run
        self.expected: Expected | None = None
        self._pace = Pace()
        self._bar = QProgressBar()
        self._bar.setMaximum(_PARTS)
        self._bar.setMaximumWidth(220)
        self._bar.setAccessibleName(self.tr("Progress of the dry run"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self._problem = ProblemLabel()
        self.cancel = QPushButton(self.tr("&Cancel the dry run"))
        self.cancel.clicked.connect(dry_run.call_off)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._bar)
        row.addWidget(self.words, 1)
        row.addWidget(self._problem, 1)
        row.addWidget(self.cancel)
        dry_run.progressed.connect(self._progress)
        dry_run.ended.connect(self._end)
        dry_run.failed.connect(self._fail)
        self.hide()

    def start(self, tables: Tables, board: tuple[Reservoir, ...]) -> None:
        """Begin."""
        self._pace = Pace()
        self._show(self.tr("SIMULATED: starting a virtual board"), running=True)
        self._bar.setValue(0)
        self.dry_run.start(tables, board)

    @property
    def share(self) -> float:
        """How far it is, 0 to 1."""
        return self._bar.value() / _PARTS

    def forget(self) -> None:
        """The program is another one now: what came of the last dry run holds no more."""
        if not self.dry_run.running:
            self.expected = None
            self.hide()

    def _progress(self, progress: Progress) -> None:
        self._bar.setValue(round(share(progress) * _PARTS))
        self.words.setText(self._pace.sentence(progress))

    def _end(self, expected: Expected | None) -> None:
        self.expected = expected
        self._show(self.tr("The dry run was called off.") if expected is None else outcome(expected))

    def _fail(self, sentence: str) -> None:
        self.expected = None
        self._show("")
        self._problem.tell(sentence)

    def _show(self, words: str, running: bool = False) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self._problem.tell("")
        self._bar.setVisible(running)
        self.cancel.setVisible(running)
        self.show()
