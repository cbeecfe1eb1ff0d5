"""What the draft comes to, what the board says to it, and what the board holds now."""

from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from pumpbench.conduct.snapshot import Snapshot
from pumpbench.files.program import Program
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.document import Document
from pumpbench.gui.models.program_summary import (
    FAULT,
    FINE,
    NOTE,
    Line,
    board_says,
    draws,
    same_program,
    total,
)
from pumpbench.gui.widgets.lines_label import LinesLabel


class ProgramState(QWidget):
    """Follows the draft, the board and the drug library."""

    def __init__(self, lab: Lab, document: Document) -> None:
        super().__init__()
        self._lab = lab
        self._document = document
        self._judged: tuple[object, list[Line]] | None = None
        self.total = QLabel()
        self.total.setWordWrap(True)
        self.lines = LinesLabel()
        self.held = QLabel()
        self.held.setWordWrap(True)
        self.held.setProperty("look", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for label in (self.total, self.lines, self.held):
            column.addWidget(label)
        document.changed.connect(self._follow)
        lab.link.snapshot_changed.connect(self._follow)
        lab.link.phase_changed.connect(self._follow)
        lab.drugs.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        draft = self._document.draft
        program = draft.program
        self.held.setText(self._held())
        if program is None:
            more = len(draft.problems) - 1
            tail = self.tr(" (and {0} more)").format(more) if more else ""
            self.total.setText("")
            self.lines.tell([Line(FAULT, draft.first_problem() + tail)])
            return
        self.total.setText(total(program))
        snapshot = self._lab.link.snapshot
        board = snapshot.reservoirs if snapshot is not None else ()
        self.lines.tell([*draws(program, board), *self._limits(program, snapshot)])

    def _limits(self, program: Program, snapshot: Snapshot | None) -> list[Line]:
        """What board and library say; worked out again only when one of them, or the program, is another."""
        drugs, board = self._lab.drugs, snapshot.reservoirs if snapshot is not None else ()
        limits = snapshot.limits if snapshot is not None else None
        filled = [(one.drug, one.concentration_ng_ml) for one in board]
        of = (program, limits, drugs.library, drugs.problem, filled)
        if self._judged is not None and self._judged[0] == of:
            return self._judged[1]
        lines = []
        if snapshot is not None and limits is not None:
            lines += board_says(program, limits, snapshot.info.telemetry_max_hz)
        if program.reservoirs or board:
            found = drugs.check_program(program, board)
            lines += [Line(FAULT if one.hard else NOTE, one.sentence) for one in found]
            if not found and drugs.library is not None:
                lines.append(Line(FINE, self.tr("within the limits of “{0}”").format(drugs.library.name)))
        self._judged = of, lines
        return lines

    def _held(self) -> str:
        snapshot, program = self._lab.link.snapshot, self._document.draft.program
        if snapshot is None:
            return self.tr("No pump is connected: its limits are not known.")
        if snapshot.program is None or snapshot.digest is None:
            return self.tr("The board holds no program.")
        same = program is not None and same_program(program, snapshot.program)
        told = self.tr("the same as this draft") if same else self.tr("not this draft")
        return self.tr("The board holds “{0}”, {1}: {2}.").format(
            snapshot.program.name, snapshot.digest.hex(), told
        )
