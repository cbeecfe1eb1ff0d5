"""Set-up moves: prime, purge, jog. Each ends by itself after its volume; no run counts it."""

from PyQt6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pumpbench.client import Reservoir
from pumpbench.conduct.desk import Desk
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.expected import sentence_of
from pumpbench.gui.lab import Lab
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.widgets.quantity_edit import QuantityEdit
from pumpbench.units import MAX_VOLUME_NL, RATE, VOLUME
from pumplink.names import MOVE_NAMES, STATE_NAMES
from pumplink.numbers import MAX_FLOW_NL_H
from pumplink.states import MOVING

_PARTS = 1000
_USUAL_NL = 500_000
_USUAL_NL_H = 30_000_000  # as the command line has it


class MovePanel(QWidget):
    """For one reservoir at a time; progress is by the board's clock."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._index = 0
        self._began_us: int | None = None
        self._lasts_s = 0.0
        self._title = QLabel()
        self._title.setProperty("look", "title")
        self.kind = QComboBox()
        self.kind.addItems(MOVE_NAMES)
        self.kind.setAccessibleName(self.tr("Kind of move"))
        self.volume = QuantityEdit(VOLUME, self.tr("Volume"), minimum=1, maximum=MAX_VOLUME_NL, like="0.5 mL")
        self.rate = QuantityEdit(RATE, self.tr("Rate"), minimum=1, maximum=MAX_FLOW_NL_H, like="20 mL/h")
        self.start = QPushButton(self.tr("&Move"))
        self.start.setProperty("look", "primary")
        self.stop = QPushButton(self.tr("S&top the move"))
        self.bar = QProgressBar()
        self.bar.setMaximum(_PARTS)
        self.bar.setAccessibleName(self.tr("Progress of the move"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.problem = ProblemLabel()
        self._lay_out()
        self.volume.set_value(_USUAL_NL)
        self.rate.set_value(_USUAL_NL_H)
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(lab.link.stop)
        lab.link.snapshot_changed.connect(self._follow)
        self._show_moving(False)

    def open(self, reservoir: Reservoir) -> None:
        """Move out of this reservoir."""
        self._index = reservoir.index
        self._title.setText(self.tr("Set-up moves out of reservoir {0}").format(reservoir.index))

    def _lay_out(self) -> None:
        told = QLabel(
            self.tr(
                "prime fills the line, purge drives air out of it, jog turns the head a little. "
                "The outlet has to be open and free."
            )
        )
        told.setWordWrap(True)
        told.setProperty("look", "muted")
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        fields = (
            (self.tr("&Kind"), self.kind, self.kind),
            (self.tr("&Volume"), self.volume, self.volume.edit),
            (self.tr("&Rate"), self.rate, self.rate.edit),
        )
        for row, (name, field, buddy) in enumerate(fields):
            label = QLabel(name)
            label.setBuddy(buddy)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.start)
        buttons.addWidget(self.stop)
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addWidget(told)
        column.addLayout(grid)
        column.addLayout(buttons)
        column.addWidget(self.words)
        column.addWidget(self.problem)
        column.addStretch(1)

    def _start(self) -> None:
        at_fault = [field.show_problem() for field in (self.volume, self.rate)]
        volume_nl, rate_nl_h = self.volume.value, self.rate.value
        if any(at_fault) or volume_nl is None or rate_nl_h is None:
            return
        kind, index = self.kind.currentText(), self._index

        def work(desk: Desk) -> int:
            return desk.move(kind, reservoir=index, volume_nl=volume_nl, rate_nl_h=rate_nl_h)

        def done(time_us: int) -> None:
            self._began_us, self._lasts_s = time_us, volume_nl * 3600 / rate_nl_h
            words = self.tr("{0}: {1} at {2}")
            self.words.setText(words.format(kind, VOLUME.format(volume_nl), RATE.format(rate_nl_h)))
            self._show_moving(True)

        self.problem.tell("")
        self.words.setText("")
        self.start.setEnabled(False)
        self._lab.link.command(work, done, self._fail)

    def _fail(self, error: Exception) -> None:
        self._show_moving(False)
        self.problem.tell(sentence_of(error))

    def _follow(self, snapshot: Snapshot) -> None:
        if snapshot.limits is not None:
            self.volume.set_range(1, snapshot.limits.max_move_nl)
            self.rate.set_range(1, snapshot.limits.max_flow_nl_h)
        if self._began_us is None or snapshot.status.time_us <= self._began_us:
            return
        gone_s = (snapshot.status.time_us - self._began_us) / 1e6
        self.bar.setValue(min(_PARTS, round(_PARTS * gone_s / self._lasts_s)))
        if snapshot.status.state != STATE_NAMES[MOVING]:
            self._began_us = None
            ended = self.tr("ended") if gone_s >= self._lasts_s else self.tr("ended before its volume")
            self.words.setText(self.tr("{0}; the pump is {1}").format(ended, snapshot.status.state))
            self._show_moving(False)

    def _show_moving(self, moving: bool) -> None:
        self.start.setEnabled(not moving)
        self.stop.setVisible(moving)
        self.bar.setVisible(moving)
        if not moving:
            self._began_us = None
