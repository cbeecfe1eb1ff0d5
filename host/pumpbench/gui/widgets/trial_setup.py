"""Everything that a trial needs before it can start."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pumpbench.gui.lab import Lab
from pumpbench.gui.models.bench_setup import CONNECTED, PROTOCOL_FIELD, VIRTUAL, faults_of
from pumpbench.gui.widgets.bench_setup import BenchSetup
from pumpbench.gui.widgets.protocol_chooser import ProtocolChooser
from pumpbench.gui.worker import Worker
from pumpbench.trials.conduct import TrialJob
from pumpbench.trials.conduct.folder import PROTOCOL


class TrialSetup(BenchSetup):
    """Emits a `TrialJob`."""

    def __init__(self, lab: Lab, reading: Worker) -> None:
        super().__init__(lab, reading, unseen=True, begin=self.tr("&Start the trial"))
        self.begin.setObjectName("start-trial")
        self.chooser = ProtocolChooser(reading)
        self.chooser.changed.connect(self.renew)
        self._left: Path | None = None
        self.leave = QPushButton(self.tr("A &new one instead"))
        self.leave.setObjectName("new-instead")
        self.leave.clicked.connect(lambda: self.go_on_with(None))
        self._left_words = QLabel()
        self._left_words.setWordWrap(True)
        self._left_panel = QWidget()
        row = QHBoxLayout(self._left_panel)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._left_words, 1)
        row.addWidget(self.leave)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._left_panel)
        column.addWidget(self.ask)
        column.addWidget(self.chooser, 1)
        self._left_panel.hide()
        self.lay_out(side)

    @property
    def going_on(self) -> bool:
        """See `BenchSetup`."""
        return self._left is not None

    def go_on_with(self, folder: Path | None) -> None:
        """Set up to go on with the trial in a folder that was cut off; None for a new one again."""
        self._left = folder
        self.ask.hide()
        self._left_panel.setVisible(folder is not None)
        self.chooser.setEnabled(folder is None)
        self.head.where.setReadOnly(folder is not None)
        self.begin.setText(
            self.tr("&Start the trial") if folder is None else self.tr("&Go on with the trial")
        )
        if folder is None:
            self.head.where.setText("")
            self.chooser.files.setCurrentIndex(0)
            self.head.forget()
        else:
            words = self.tr("Going on with {0}. Choose its pump and its balance.")
            self._left_words.setText(words.format(folder))
            self.head.where.setText(str(folder))
            self.chooser.choose(folder / PROTOCOL)
            if self.form.bench.pump == VIRTUAL:
                self.form.set_pump(CONNECTED)
        self.follow_pump()
        self.renew()

    def renew(self) -> None:
        """Propose a folder that is not there yet."""
        if self.going_on:
            self.look()
            return
        trial = self.chooser.protocol.trial
        self.head.propose("trial" if trial is None else trial.name)
        self.look()

    def checks(self) -> Callable[[], dict[str, str]]:
        """See `BenchSetup`."""
        protocol, bench, folder = self.chooser.protocol, self.form.bench, self.head.folder
        fault, going_on = self.pump_fault, self.going_on
        return lambda: faults_of(protocol, bench, folder, fault, going_on=going_on)

    def tell(self, faults: dict[str, str]) -> None:
        """See `BenchSetup`."""
        self.chooser.problem.tell(faults.get(PROTOCOL_FIELD, ""))

    def when_sure(self, go_on: Callable[[], None]) -> None:
        """Ask first where the drug library has a soft limit that is passed, and record why it was."""
        trial = self.chooser.protocol.trial
        if trial is None:
            go_on()
        else:
            self.keep_to(
                self.lab.drugs.check_trial(trial), f"trial {trial.name}", self.chooser.problem, go_on
            )

    def job(self) -> TrialJob:
        """See `BenchSetup`."""
        path, bench, folder = self.chooser.protocol.path, self.form.bench, self.head.folder
        assert path is not None
        assert folder is not None
        virtual = bench.pump == VIRTUAL
        return TrialJob(
            protocol=path,
            out=folder,
            port=bench.job_port,
            balance=bench.job_balance,
            db=self.lab.store.path if bench.pump == CONNECTED else None,
            speed=bench.job_speed if virtual else 1.0,
            seed=bench.job_seed if virtual else None,
            plant=bench.plant if virtual else None,
            who=self.head.person,
        )
