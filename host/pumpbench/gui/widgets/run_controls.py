"""Start, pause, resume and bolus, each with why it is not to be had."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from pumpbench.client import Limits
from pumpbench.conduct.desk import Desk
from pumpbench.conduct.drug_limits import Crossing, note, refusal, told
from pumpbench.conduct.held_program import as_file
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.expected import sentence_of
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.actions import Actions, actions_of
from pumpbench.gui.widgets.ask_panel import AskPanel
from pumpbench.gui.widgets.overview_panels import Panel
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.widgets.quantity_edit import QuantityEdit
from pumpbench.units import RATE, VOLUME

_FIRST_LIMIT_NL, _FIRST_LIMIT_NL_H = 1_000_000_000, 1_000_000_000  # until the board has told its own


@dataclass(frozen=True)
class _Bolus:
    reservoir: int
    volume_nl: int
    rate_nl_h: int


class RunControls(Panel):
    """A dose that no calibration vouches for is asked about first, in the panel itself; why is recorded."""

    def __init__(self, lab: Lab) -> None:
        super().__init__("")
        self.title.setText(self.tr("Run"))
        self._lab = lab
        self._actions = Actions("", "", "", "", "")
        self._limits: Limits | None = None
        self.start = self._button(self.tr("&Start"), "start", self._start)
        self.pause = self._button(
            self.tr("&Pause"), "pause", lambda: self._send(lambda desk: desk.client.pause())
        )
        self.resume = self._button(
            self.tr("R&esume"), "resume", lambda: self._send(lambda desk: desk.resume())
        )
        self.start.setProperty("look", "primary")
        self.volume = QuantityEdit(
            VOLUME, self.tr("Bolus volume"), minimum=1, maximum=_FIRST_LIMIT_NL, like="0.1 mL"
        )
        self.rate = QuantityEdit(
            RATE, self.tr("Bolus rate"), minimum=1, maximum=_FIRST_LIMIT_NL_H, like="6 mL/h"
        )
        self.reservoir = QComboBox()
        self.reservoir.setAccessibleName(self.tr("Bolus from reservoir"))
        self.reservoir.setMinimumWidth(112)
        self.bolus = self._button(self.tr("Give &bolus"), "bolus", self._give_bolus)
        self.problem = ProblemLabel()
        self.problem.setObjectName("run-problem")
        self.ask = AskPanel()
        self._why = QLabel()
        self._why.setProperty("look", "muted")
        self._why.setWordWrap(True)
        self._lay_out()

    def _button(self, text: str, name: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.clicked.connect(lambda: act())
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for button in (self.start, self.pause, self.resume):
            row.addWidget(button)
        row.addStretch(1)
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        fields: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Bolus"), self.volume),
            (self.tr("at"), self.rate),
            (self.tr("from"), self.reservoir),
        )
        for column, (name, field) in enumerate(fields):
            grid.addWidget(QLabel(name), 0, 2 * column)
            grid.addWidget(field, 0, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 0 if field is self.reservoir else 1)
        grid.addWidget(self.bolus, 0, 6)
        self.column.addLayout(row)
        self.column.addWidget(self._why)
        self.column.addLayout(grid)
        self.column.addWidget(self.ask)
        self.column.addWidget(self.problem)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """Take over what the pump would take now."""
        snapshot = self._lab.contact.snapshot
        self._actions = actions_of(snapshot, self._lab.contact.now.current)
        for button, why in (
            (self.start, self._actions.start),
            (self.pause, self._actions.pause),
            (self.resume, self._actions.resume),
            (self.bolus, self._actions.bolus),
        ):
            button.setEnabled(not why)
            button.setToolTip(why)
        self._why.setText(self._actions.hint[:1].upper() + self._actions.hint[1:])
        self._why.setVisible(bool(self._actions.hint))
        if snapshot is not None:
            self._take_limits(snapshot)

    def _take_limits(self, snapshot: Snapshot) -> None:
        if snapshot.limits is not None and snapshot.limits != self._limits:
            self._limits = snapshot.limits
            self.volume.set_range(1, snapshot.limits.max_bolus_nl)
            self.rate.set_range(1, snapshot.limits.max_bolus_nl_h)
        defined = [one.index for one in snapshot.reservoirs if one.capacity_nl]
        if [self.reservoir.itemData(at) for at in range(self.reservoir.count())] != defined:
            self.reservoir.clear()
            for index in defined:
                self.reservoir.addItem(self.tr("reservoir {0}").format(index), index)

    # --- commands ---

    def _start(self) -> None:
        snapshot = self._lab.contact.snapshot
        if snapshot is None or snapshot.program is None or snapshot.digest is None:
            return
        program, text = as_file(snapshot.program)
        digest = snapshot.digest
        self._when_sure(
            self.tr("Start all the same"),
            "start",
            f"program {program.name}",
            lambda desk: desk.start(program, text, digest),
            self._lab.drugs.check_program(program, snapshot.reservoirs),
        )

    def _give_bolus(self) -> None:
        at_fault = [field.show_problem() for field in (self.volume, self.rate)]
        if any(at_fault) or self.volume.value is None or self.rate.value is None:
            return
        if self.reservoir.currentData() is None:
            self.problem.tell(self.tr("no reservoir is defined: the page Reservoirs does that"))
            return
        bolus = _Bolus(self.reservoir.currentData(), self.volume.value, self.rate.value)

        def give(desk: Desk) -> None:
            desk.client.bolus(bolus.reservoir, volume_nl=bolus.volume_nl, rate_nl_h=bolus.rate_nl_h)

        subject = f"{VOLUME.format(bolus.volume_nl)} at {RATE.format(bolus.rate_nl_h)}"
        self._when_sure(self.tr("Give it all the same"), "bolus", subject, give, self._crossed(bolus))

    def _crossed(self, bolus: _Bolus) -> list[Crossing]:
        """What the drug library says to a bolus."""
        snapshot = self._lab.contact.snapshot
        if snapshot is None:
            return []
        where = self.tr("reservoir {0}").format(bolus.reservoir)
        return self._lab.drugs.check_bolus(snapshot.reservoirs[bolus.reservoir], bolus.volume_nl, where)

    def _when_sure(
        self, yes: str, what: str, subject: str, work: Callable[[Desk], Any], limits: Sequence[Crossing]
    ) -> None:
        """Carry out a dose, which the drug library may refuse; ask first when nothing vouches for its volume,
        or a soft limit is passed, and record why it was given.
        """
        self.ask.hide()
        refused = refusal(limits)
        self.problem.tell(refused)
        if refused:
            return
        snapshot = self._lab.contact.snapshot
        fault = snapshot.calibration_fault if snapshot is not None else None
        if fault is None and not limits:
            self._send(work)
            return
        doubts = [told(limits)] if limits else []
        if fault is not None:
            doubts.append(self.tr("{0}, so a volume may be wrong by a quarter").format(fault))
        doubt = "; ".join(doubts)

        def go_on(reason: str) -> None:
            def noted(desk: Desk) -> None:
                if fault is not None:
                    desk.note("uncalibrated-dose", subject, {"what": what, "fault": fault, "reason": reason})
                note(desk.note, subject, limits, reason)
                work(desk)

            self._send(noted)

        self.ask.ask(doubt[:1].upper() + doubt[1:], yes, go_on)

    def _send(self, work: Callable[[Desk], Any]) -> None:
        self.problem.tell("")
        self._lab.link.command(
            work, lambda _: self.problem.tell(""), lambda error: self.problem.tell(sentence_of(error))
        )
