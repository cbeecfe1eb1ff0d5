"""A trial or a calibration as it goes on, and as it was: curves, and beside them progress or outcome."""

from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pumpbench.files.trial import Trial
from pumpbench.gui.models.trial_curves import curves_of
from pumpbench.gui.models.trial_words import forming_in_words
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.bench_progress import BenchProgress
from pumpbench.gui.widgets.guide_panel import GuidePanel
from pumpbench.gui.widgets.trial_outcome import TrialOutcome
from pumpbench.gui.widgets.trial_plots import TrialPlots
from pumpbench.trials.conduct import Look

_SIDE_PX, _PLOTS_PX = 440, 660


class TrialView(QWidget):
    """Knows nothing of pumps and files: it is told what to show."""

    left = pyqtSignal()
    """Back to the list, or to another set-up."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.trial: Trial | None = None
        self.look: Look | None = None
        """The newest look that is shown."""
        self.folder = Path()
        self.back = QPushButton(self.tr("← &Back"))
        self.back.setObjectName("trial-back")
        self.where = QLabel()
        self.where.setProperty("look", "muted")
        self.where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.delivery = QComboBox()
        self.delivery.setAccessibleName(self.tr("Delivery whose curves are shown"))
        self.delivery.setObjectName("delivery")
        self.guide = GuidePanel(theme)
        self.progress = BenchProgress(theme)
        self.outcome = TrialOutcome(theme)
        self.plots = TrialPlots(theme)
        self._side = QStackedWidget()
        self._side.addWidget(self.progress)
        self._side.addWidget(_scrolled(self.outcome))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._side)
        split.addWidget(self.plots)
        split.setStretchFactor(1, 1)
        split.setSizes([_SIDE_PX, _PLOTS_PX])
        top = QHBoxLayout()
        top.addWidget(self.back)
        top.addWidget(self.where, 1)
        top.addWidget(self.delivery)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.guide)
        column.addWidget(split, 1)
        self.back.clicked.connect(self.left)
        self.delivery.currentIndexChanged.connect(self._draw)

    @property
    def under_way(self) -> bool:
        """Whether progress is shown, not an outcome."""
        return self._side.currentIndex() == 0

    def begin(self, folder: Path, trial: Trial | None, words: str) -> None:
        """A trial begins; a calibration without `trial`."""
        self._clear(folder, trial)
        self.progress.begin(words)
        self._side.setCurrentIndex(0)
        self.back.setEnabled(False)
        self.back.setToolTip(self.tr("It goes on: end it first"))
        self.progress.cancel.setFocus()

    def show_look(self, look: Look) -> None:
        """Show what there is of it."""
        newest = self.delivery.currentIndex() == self.delivery.count() - 1
        self.look = look
        self.plots.show_weight(look.time_s, look.mass_g)
        if len(look.deliveries) != self.delivery.count():
            self.delivery.blockSignals(True)
            self.delivery.clear()
            for one in look.deliveries:
                self.delivery.addItem(self.tr("Step {0}: {1}").format(one.step, one.text))
            self.delivery.blockSignals(False)
            if newest:
                self.delivery.setCurrentIndex(self.delivery.count() - 1)
        self.delivery.setVisible(self.delivery.count() > 1)
        self._draw()

    def show_trial(
        self, folder: Path, trial: Trial | None, look: Look | None, result: dict[str, Any]
    ) -> None:
        """Show what a trial came to."""
        self._end(folder, trial, look)
        self.outcome.show_trial(folder, result)

    def show_calibration(self, folder: Path, look: Look | None, told: dict[str, Any]) -> None:
        """Show what a calibration came to."""
        self._end(folder, None, look)
        self.outcome.show_calibration(folder, told)

    def show_without(
        self, folder: Path, name: str, simulated: bool, sentence: str, *, bad: bool = False
    ) -> None:
        """Show that what went on came to nothing, and why."""
        self._end(folder, self.trial, self.look)
        self.outcome.show_without(folder, name, simulated, sentence, bad=bad)

    def show_unfinished(self, folder: Path, look: Look, simulated: bool) -> None:
        """Show a calibration that was ended before there was anything to fit."""
        self._end(folder, None, look)
        sentence = look.said[-1] if look.said else self.tr("it was cut off")
        self.outcome.show_without(folder, self.tr("Calibration"), simulated, sentence, bad=False)

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for widget in (self.guide, self.progress.simulated, self.outcome, self.plots):
            widget.dress(theme)
        self._draw()

    def _end(self, folder: Path, trial: Trial | None, look: Look | None) -> None:
        if look is not self.look or look is None:
            self._clear(folder, trial)
            if look is not None:
                self.show_look(look)
        self.guide.hide()
        self._side.setCurrentIndex(1)
        self.back.setEnabled(True)
        self.back.setToolTip("")
        self.back.setFocus()

    def _clear(self, folder: Path, trial: Trial | None) -> None:
        self.trial, self.look = trial, None
        self.folder = folder
        self.where.setText(folder.name)
        self.where.setToolTip(str(folder))
        self.delivery.clear()
        self.delivery.hide()
        self.guide.hide()
        self.plots.show_weight_alone(trial is None)
        self.plots.show_curves(None)
        self.plots.show_weight(np.empty(0), np.empty(0))

    def _draw(self) -> None:
        look, at = self.look, self.delivery.currentIndex()
        if look is None or not 0 <= at < len(look.deliveries):
            return
        forming = look.deliveries[at]
        self.plots.show_curves(curves_of(forming, self.trial))
        self.progress.forming.setText(forming_in_words(forming))


def _scrolled(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area
