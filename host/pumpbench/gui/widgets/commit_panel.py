"""From a draft to a run, in three steps on one panel: stage, commit, start.

Stage shows what the board understood beside what was sent; nothing runs before it is committed. A step that
fails says why in one sentence and can be tried again: no step leaves a program half taken.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pumpbench.client import Staged
from pumpbench.conduct.desk import Desk
from pumpbench.conduct.drug_limits import Crossing, note, refusal, told
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.expected import sentence_of
from pumpbench.files.program import Program
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.commitment import side_by_side, to_be_sent, totals
from pumpbench.gui.widgets.ask_panel import AskPanel
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.widgets.side_by_side import SideBySide

UNCALIBRATED = "uncalibrated-dose"

T = TypeVar("T")


class CommitPanel(QWidget):
    """Opened with a program and its text; `left` when the person goes back to editing."""

    left = pyqtSignal()
    started = pyqtSignal(int)
    """The id of the run that was begun."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._program: Program | None = None
        self._text = ""
        self._staged: Staged | None = None
        self._digest: bytes | None = None  # of the program, once the board has committed it
        self._before: bytes | None = None  # what it held before that, which an older look may still say
        self._refused = False
        self._busy = False
        self._opened = 0  # counts, so that an answer that comes late is not taken for another program's
        self._title = QLabel()
        self._title.setProperty("look", "title")
        self._step = QLabel()
        self._step.setWordWrap(True)
        self.table = SideBySide(lab.theme)
        self.problem = ProblemLabel()
        self.ask = AskPanel()
        self.back = QPushButton(self.tr("← Back to editing"))
        self.stage = QPushButton(self.tr("1  St&age"))
        self.commit = QPushButton(self.tr("2  Co&mmit"))
        self.start = QPushButton(self.tr("3  S&tart the pump"))
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.stage.clicked.connect(self._stage_when_sure)
        self.commit.clicked.connect(self._commit)
        self.start.clicked.connect(self._start_when_sure)
        lab.theme_changed.connect(self.table.set_theme)
        lab.link.snapshot_changed.connect(self._see)
        lab.link.phase_changed.connect(self._follow)

    def open(self, program: Program, text: str) -> None:
        """Show a program that has no fault. It is staged at once unless something is to be asked before."""
        self._program, self._text = program, text
        self._staged = self._digest = None
        self._refused = self._busy = False
        self._opened += 1
        self._title.setText(self.tr("“{0}”: stage, commit, start").format(program.name))
        self.table.tell(to_be_sent(program))
        self.problem.tell("")
        self.ask.hide()
        self._stage_when_sure()
        self._follow()

    def _lay_out(self) -> None:
        back = QShortcut(QKeySequence("Esc"), self)
        back.activated.connect(self.back.click)
        head, buttons = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.back)
        buttons.addStretch(1)
        for button in (self.stage, self.commit, self.start):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._step)
        column.addWidget(self.table, 1)
        column.addWidget(self.ask)
        column.addWidget(self.problem)
        column.addLayout(buttons)

    # --- step 1 ---

    def _stage_when_sure(self) -> None:
        """Stage at once; past a soft limit of the drug library only for a reason, past a hard one never."""
        program, snapshot = self._program, self._lab.link.snapshot
        assert program is not None
        found = self._lab.drugs.check_program(program, snapshot.reservoirs if snapshot is not None else ())
        refused = refusal(found)
        self._refused = bool(refused)
        if refused:
            self.problem.tell(refused)
        elif found:
            self.ask.ask(told(found), self.tr("Stage all the same"), partial(self._stage, found))
        else:
            self._stage([], "")

    def _stage(self, limits: list[Crossing], reason: str) -> None:
        program = self._program
        assert program is not None

        def work(desk: Desk) -> Staged:
            note(desk.note, f"program {program.name}", limits, reason)
            return desk.stage(program)

        self._command(work, self._take_staged)

    def _take_staged(self, staged: Staged) -> None:
        assert self._program is not None
        self._staged = staged
        self.table.tell([*side_by_side(self._program, staged.program), *totals(self._program, staged)])

    # --- step 2 ---

    def _commit(self) -> None:
        staged, snapshot = self._staged, self._lab.link.snapshot
        assert staged is not None
        self._before = snapshot.digest if snapshot is not None else None
        self._command(
            lambda desk: desk.client.commit(staged.digest), lambda _: self._committed(staged.digest)
        )

    def _committed(self, digest: bytes) -> None:
        self._digest = digest

    # --- step 3 ---

    def _start_when_sure(self) -> None:
        """Start at once; without a calibration that vouches for a volume only for a reason."""
        snapshot = self._lab.link.snapshot
        fault = snapshot.calibration_fault if snapshot is not None else None
        if fault is None:
            self._start("", "")
            return
        doubt = self.tr("{0}, so a volume may be wrong by a quarter")
        self.ask.ask(
            doubt.format(fault[:1].upper() + fault[1:]),
            self.tr("Start all the same"),
            partial(self._start, fault),
        )

    def _start(self, fault: str, reason: str) -> None:
        program, text, digest = self._program, self._text, self._digest
        assert program is not None
        assert digest is not None

        def work(desk: Desk) -> int:
            if fault:
                desk.note(UNCALIBRATED, program.name, {"what": "start", "fault": fault, "reason": reason})
            return desk.start(program, text, digest)

        self._command(work, self._has_started)

    def _has_started(self, run_id: int) -> None:
        self._lab.said.emit(self.tr("started; everything is recorded as run {0}").format(run_id))
        self.started.emit(run_id)

    # --- all steps ---

    def _command(self, work: Callable[[Desk], T], done: Callable[[T], None]) -> None:
        self._busy = True
        self.problem.tell("")
        self._follow()
        opened = self._opened

        def finish(outcome: T) -> None:
            if opened == self._opened:
                self._busy = False
                done(outcome)
                self._follow()

        def fail(error: Exception) -> None:
            if opened == self._opened:
                self._busy = False
                told = self.tr("{0}. Nothing runs that was not committed.").format(sentence_of(error))
                self.problem.tell(told)
                self._follow()

        self._lab.link.command(work, finish, fail)

    def _see(self, snapshot: Snapshot) -> None:
        """What the board holds is what counts, also after an answer got lost or the board was reset."""
        if self._program is not None and self._staged is not None and not self._busy:
            if snapshot.digest == self._staged.digest != self._digest:
                self.problem.tell("")
                self._committed(self._staged.digest)
            elif snapshot.digest not in (self._before, self._digest):
                self._digest = None
        self._follow()

    def _follow(self) -> None:
        link = self._lab.link
        there = link.phase == "connected" and link.snapshot is not None and link.snapshot.commands
        ready = there and not self._busy
        self.stage.setEnabled(ready and not self._refused and self._digest is None)
        self.commit.setEnabled(ready and self._staged is not None and self._digest is None)
        self.start.setEnabled(ready and self._digest is not None)
        self._lead(self.start if self._digest else self.commit if self._staged else self.stage)
        self._step.setText(self._words(there))

    def _lead(self, to: QPushButton) -> None:
        """Let the step that comes next stand out."""
        for button in (self.stage, self.commit, self.start):
            button.setProperty("look", "primary" if button is to else "")
            style = button.style()
            if style is not None:  # the style sheet looks at the property once only
                style.unpolish(button)
                style.polish(button)

    def _words(self, there: bool) -> str:
        if not there:
            return self.tr("No pump that may be commanded is connected; what is committed stays as it is.")
        if self._busy:
            return self.tr("Waiting for the board’s answer…")
        if self._digest is not None:
            return self.tr("The board holds this program, digest {0}. Start runs it.").format(
                self._digest.hex()
            )
        if self._staged is not None:
            return self.tr(
                "This is what the board understood, digest {0}. Commit makes it the program that Start runs; "
                "until then the one before stays."
            ).format(self._staged.digest.hex())
        if self._refused:
            return self.tr("The drug library refuses this program.")
        return self.tr("Stage sends the program and its reservoirs to the board; nothing of it runs yet.")
