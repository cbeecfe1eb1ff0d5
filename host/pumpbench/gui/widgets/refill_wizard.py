"""A refill in three steps: measure what comes back, see what it says of the flow, note what goes in."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pumpbench.client import Reservoir
from pumpbench.conduct.desk import Desk
from pumpbench.expected import sentence_of
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.refill_books import lines
from pumpbench.gui.widgets.lines_label import LinesLabel
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.widgets.quantity_edit import QuantityEdit
from pumpbench.units import MAX_VOLUME_NL, VOLUME

MEASURE, JUDGE, DONE = 0, 1, 2


class RefillWizard(QWidget):
    """For one reservoir at a time. Nothing is noted before the last step."""

    noted = pyqtSignal(int)
    """A refill of this reservoir is on the board."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._reservoir: Reservoir | None = None
        self._title = QLabel()
        self._title.setProperty("look", "title")
        self.filled = self._volume(self.tr("In it after the last fill"))
        self.returned = self._volume(self.tr("What came back"))
        self.contents = self._volume(self.tr("What goes in now"))
        self.judgement = LinesLabel()
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.problem = ProblemLabel()
        self.next = QPushButton(self.tr("Ne&xt"))
        self.back = QPushButton(self.tr("&Back"))
        self.steps = QStackedWidget()
        self._lay_out()
        self.next.clicked.connect(self._go_on)
        self.back.clicked.connect(lambda: self._go_to(MEASURE))

    def open(self, reservoir: Reservoir) -> None:
        """Begin with a reservoir of the board."""
        self._reservoir = reservoir
        self.filled.set_value(reservoir.capacity_nl)
        self.returned.set_value(None)
        self.contents.set_value(reservoir.capacity_nl)
        for field in (self.filled, self.returned, self.contents):
            field.set_range(0, reservoir.capacity_nl)
        self._go_to(MEASURE)

    def refresh(self, reservoir: Reservoir) -> None:
        """Begin anew when the reservoir is another one now, and nothing was typed yet."""
        before = self._reservoir
        untouched = self.steps.currentIndex() == MEASURE and not self.returned.edit.text()
        if untouched and (before is None or before.capacity_nl != reservoir.capacity_nl):
            self.open(reservoir)

    def _volume(self, name: str) -> QuantityEdit:
        return QuantityEdit(VOLUME, name, maximum=MAX_VOLUME_NL)

    def _lay_out(self) -> None:
        how = QLabel(
            self.tr(
                "Let the reservoir empty itself into a measuring vessel; do not draw at it. "
                "Measure what comes back before anything is filled in."
            )
        )
        fill = QLabel(self.tr("Fill the reservoir now, then note how much went in."))
        for label in (how, fill):
            label.setWordWrap(True)
        self.steps.addWidget(_step(how, self.filled, self.returned))
        self.steps.addWidget(_step(self.judgement, fill, self.contents))
        self.steps.addWidget(_step(self.outcome))
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addWidget(self.next)
        row.addStretch(1)
        self.next.setProperty("look", "primary")
        column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addWidget(self.steps)
        column.addWidget(self.problem)
        column.addLayout(row)
        column.addStretch(1)

    def _go_to(self, step: int) -> None:
        reservoir = self._reservoir
        assert reservoir is not None
        self.steps.setCurrentIndex(step)
        self.problem.tell("")
        self._title.setText(self.tr("Refill reservoir {0}, step {1} of 3").format(reservoir.index, step + 1))
        self.back.setVisible(step == JUDGE)
        words = {MEASURE: self.tr("Ne&xt"), JUDGE: self.tr("&Note the refill"), DONE: self.tr("An&other one")}
        self.next.setText(words[step])
        self.next.setEnabled(reservoir.capacity_nl > 0)

    def _go_on(self) -> None:
        step = self.steps.currentIndex()
        if step == MEASURE:
            self._judge()
        elif step == JUDGE:
            self._note()
        elif self._reservoir is not None:
            self.open(self._reservoir)

    def _judge(self) -> None:
        """See what the board counts to be left now, and compare."""
        at_fault = [field.show_problem() for field in (self.filled, self.returned)]
        if any(at_fault) or self._reservoir is None:
            return
        index = self._reservoir.index
        self.next.setEnabled(False)
        self._lab.link.command(lambda desk: desk.client.reservoir(index), self._show_judgement, self._fail)

    def _show_judgement(self, now: Reservoir) -> None:
        self._reservoir = now
        assert self.filled.value is not None
        assert self.returned.value is not None
        self.judgement.tell(lines(self.filled.value, now.contents_nl, self.returned.value))
        self._go_to(JUDGE)

    def _note(self) -> None:
        if self.contents.show_problem() or self._reservoir is None:
            return
        index, returned_nl, contents_nl = self._reservoir.index, self.returned.value, self.contents.value
        assert returned_nl is not None
        assert contents_nl is not None

        def work(desk: Desk) -> Reservoir:
            desk.client.refill(index, residual_nl=returned_nl, contents_nl=contents_nl)
            return desk.client.reservoir(index)

        self.next.setEnabled(False)
        self._lab.link.command(work, self._show_outcome, self._fail)

    def _show_outcome(self, now: Reservoir) -> None:
        self._reservoir = now
        self.outcome.setText(
            self.tr(
                "✓ The board noted refill {3}: {0} came back, {1} were expected, {2} are in it now."
            ).format(
                VOLUME.format(now.last_residual_nl),
                VOLUME.format(now.expected_residual_nl),
                VOLUME.format(now.contents_nl),
                now.refills,
            )
        )
        self._go_to(DONE)
        self.noted.emit(now.index)

    def _fail(self, error: Exception) -> None:
        self.next.setEnabled(True)
        self.problem.tell(sentence_of(error))


def _step(*parts: QWidget) -> QWidget:
    """Words over the whole width, fields with their names beside them."""
    step = QWidget()
    grid = QGridLayout(step)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setColumnStretch(1, 1)
    for row, part in enumerate(parts):
        if isinstance(part, QuantityEdit):
            label = QLabel(part.name)
            label.setBuddy(part.edit)
            grid.addWidget(label, row, 0)
            grid.addWidget(part, row, 1)
        else:
            grid.addWidget(part, row, 0, 1, 2)
    grid.setRowStretch(len(parts), 1)
    return step
