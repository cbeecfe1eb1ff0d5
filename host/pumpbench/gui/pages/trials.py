"""The page "Trials": trials and calibrations, guided, watched while they form, looked at again."""

from pathlib import Path
from typing import Any

from PyQt6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout

from pumpbench.conduct.job import VIRTUAL
from pumpbench.expected import sentence_of
from pumpbench.gui.bench_work import BenchWork
from pumpbench.gui.handover import Handover
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.shown_again import Again, read_again
from pumpbench.gui.pages.page import Page
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.calibration_setup import CalibrationSetup
from pumpbench.gui.widgets.csv_analysis import CsvAnalysis
from pumpbench.gui.widgets.earlier_trials import EarlierTrials
from pumpbench.gui.widgets.trial_setup import TrialSetup
from pumpbench.gui.widgets.trial_view import TrialView
from pumpbench.gui.worker import Worker
from pumpbench.trials.conduct import Progress, TrialJob
from pumpbench.trials.conduct.earlier import Earlier, report_again
from pumpbench.tuning.guided import CalibrationJob

Job = TrialJob | CalibrationJob


class TrialsPage(Page):
    """Set-ups and lists in tabs; what goes on, or was looked up, in their place."""

    title = "Trials"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.work = BenchWork(self)
        self._reading = Worker("trials", self)  # figures and reports take seconds
        self._handover = Handover(lab.link, self)
        self._simulated = False
        self._wanted: Job | None = None  # to be started as soon as the port is free
        self.trial, self.calibration = TrialSetup(lab, self._reading), CalibrationSetup(lab, self._reading)
        self.earlier = EarlierTrials(lab.settings, self._reading)
        self.csv = CsvAnalysis(lab.theme, self._reading)
        self.view = TrialView(lab.theme)
        self.tabs = QTabWidget()
        for widget, words in (
            (self.trial, self.tr("Carry out a trial")),
            (self.calibration, self.tr("Calibrate a pump")),
            (self.earlier, self.tr("Earlier ones")),
            (self.csv, self.tr("Analyse a file")),
        ):
            self.tabs.addTab(widget, words)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tabs)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(self._stack)
        self._connect(lab)

    def _connect(self, lab: Lab) -> None:
        work, view = self.work, self.view
        self.trial.wanted.connect(self.carry_out)
        self.calibration.wanted.connect(self.carry_out)
        self.earlier.chosen.connect(self.look_at)
        self.earlier.go_on_wanted.connect(self._set_up_to_go_on)
        work.began.connect(self._begin)
        work.progressed.connect(self._show_progress)
        work.looked.connect(view.show_look)
        work.asked.connect(self._ask)
        work.said.connect(view.progress.say)
        work.ended.connect(self._end)
        work.cancelled.connect(lambda sentence: self._end_without(sentence, bad=False))
        work.failed.connect(lambda sentence: self._end_without(sentence, bad=True))
        view.guide.done.connect(work.answer)
        view.progress.cancelled.connect(work.cancel)
        view.left.connect(self._show_tabs)
        view.outcome.report_wanted.connect(self._report_again)
        lab.link.stop_sent.connect(self._stop_sent)
        lab.theme_changed.connect(self._dress)
        lab.closing.connect(self._close)

    # --- carrying out ---

    def carry_out(self, job: Job) -> None:
        """Start, after the window has given the pump's port up when that is the one."""
        if self.lab.link.stop_first is not None:  # another one is under way, or about to be
            return
        self._simulated = job.port == VIRTUAL
        self._wanted = job
        self.lab.link.stop_first = self.work.stop
        if job.port is None or job.port == VIRTUAL:
            self._start()
        else:
            self._handover.lend(self._start)

    def _start(self) -> None:
        job, self._wanted = self._wanted, None
        if job is None:
            self._leave()
            self.lab.said.emit(self.tr("It was not started: Stop came first"))
        else:
            self.work.start(job)

    def _begin(self, job: Job) -> None:
        trial = self.trial.chooser.protocol.trial if isinstance(job, TrialJob) else None
        self.view.begin(job.out, trial, self.tr("Opening the pump and the balance …"))
        self._stack.setCurrentWidget(self.view)

    def _show_progress(self, now: Progress) -> None:
        self._simulated = now.simulated
        self._handover.watch()
        self.view.progress.show_progress(now)

    def _ask(self, sentence: str) -> None:
        self.view.guide.ask(sentence)
        self.lab.said.emit(self.tr("The trial waits for somebody: {0}").format(sentence))

    def _stop_sent(self) -> None:
        self._wanted = None
        if self.work.job is not None:
            self.view.guide.hide()
            self.view.progress.end()

    def _end(self, result: dict[str, Any]) -> None:
        folder = self._leave()
        look = self.view.look
        if "uncertainty" in result:
            self.view.show_calibration(folder, look, result)
        else:
            self.view.show_trial(folder, self.view.trial, look, result)

    def _end_without(self, sentence: str, *, bad: bool) -> None:
        folder = self._leave()
        self.view.show_without(folder, folder.name, self._simulated, sentence, bad=bad)

    # --- earlier ones ---

    def look_at(self, one: Earlier) -> None:
        """Show one that was carried out before."""
        if self.work.job is None:
            self._reading.do(lambda: read_again(one), lambda again: self._show_again(one, again), self._say)

    def _show_again(self, one: Earlier, again: Again) -> None:
        if self.work.job is not None:
            return
        self._simulated = one.simulated
        view = self.view
        if again.calibration is not None:
            view.show_calibration(one.folder, again.look, again.calibration)
        elif again.result is not None:
            view.show_trial(one.folder, again.trial, again.look, again.result)
        else:
            view.show_unfinished(one.folder, again.look, one.simulated)
        self._stack.setCurrentWidget(view)

    def _report_again(self) -> None:
        folder, trial, look = self.view.folder, self.view.trial, self.view.look
        self.view.outcome.again.setEnabled(False)

        def show(result: dict[str, Any]) -> None:
            self.view.outcome.again.setEnabled(True)
            if self.view.folder == folder:
                self.view.show_trial(folder, trial, look, result)
                self.lab.said.emit(self.tr("The report is written anew"))

        def fail(error: Exception) -> None:
            self.view.outcome.again.setEnabled(True)
            self._say(error)

        self._reading.do(lambda: report_again(folder), show, fail)

    def _set_up_to_go_on(self, one: Earlier) -> None:
        self.trial.go_on_with(one.folder)
        self.tabs.setCurrentWidget(self.trial)

    # --- all of them ---

    def _leave(self) -> Path:
        """Give the pump back; returns the folder of what is over."""
        self.lab.link.stop_first = None
        self._handover.take_back()
        if self.trial.going_on:
            self.trial.go_on_with(None)
        return self.view.folder

    def _show_tabs(self) -> None:
        self._stack.setCurrentWidget(self.tabs)

    def _say(self, error: Exception) -> None:
        self.lab.said.emit(sentence_of(error))

    def _dress(self, theme: Theme) -> None:
        self.view.dress(theme)
        self.csv.dress(theme)

    def _close(self) -> None:
        self.work.close()
        self._reading.close()
