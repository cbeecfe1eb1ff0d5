"""How far a trial or a calibration is: step, time, weight, and what was said; and the button that ends it."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
)

from pumpbench.gui.models.trial_words import clock
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.simulated_mark import SimulatedMark
from pumpbench.trials.conduct import Progress

_SAID_PX = 110
_PERMILLE = 1000


class BenchProgress(QFrame):
    """Cancel asks once more, in the page, before it ends anything."""

    cancelled = pyqtSignal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.simulated = SimulatedMark(theme)
        self.setProperty("look", "panel")
        self.step, self.clock, self.mass, self.forming = QLabel(), QLabel(), QLabel(), QLabel()
        self.step.setWordWrap(True)
        self.step.setProperty("look", "title")
        self.step.setObjectName("trial-step")
        self.clock.setObjectName("trial-clock")
        self.mass.setProperty("look", "figure")
        self.mass.setObjectName("trial-mass")
        self.mass.setAccessibleName(self.tr("Weight on the balance"))
        self.forming.setWordWrap(True)
        self.forming.setObjectName("trial-forming")
        self.bar = QProgressBar()
        self.bar.setRange(0, _PERMILLE)
        self.bar.setTextVisible(False)
        self.said = QPlainTextEdit()
        self.said.setReadOnly(True)
        self.said.setMinimumHeight(_SAID_PX)
        self.said.setAccessibleName(self.tr("What was said"))
        self.said.setPlaceholderText(self.tr("Nothing was said so far."))
        self.said.setTabChangesFocus(True)
        self.cancel = QPushButton(self.tr("E&nd it early"))
        self.cancel.setObjectName("trial-cancel")
        self.sure, self.go_on = QPushButton(self.tr("Yes, &end it")), QPushButton(self.tr("&No, go on"))
        self.sure.setObjectName("trial-cancel-sure")
        self.question = QLabel()
        self.question.setWordWrap(True)
        buttons = QHBoxLayout()
        for button in (self.cancel, self.sure, self.go_on):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        above = (self.step, self.simulated, self.bar, self.clock, self.mass, self.forming)
        for widget in (*above, self.said, self.question):
            column.addWidget(widget)
        column.setStretchFactor(self.said, 1)
        column.addLayout(buttons)
        self.cancel.clicked.connect(lambda: self._ask(True))
        self.go_on.clicked.connect(lambda: self._ask(False))
        self.sure.clicked.connect(self._end)
        self._ask(False)

    def begin(self, words: str) -> None:
        """Another one begins."""
        self.step.setText(words)
        self.simulated.hide()
        self.clock.setText("")
        self.mass.setText("")
        self.forming.setText("")
        self.said.clear()
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        self._ask(False)

    def show_progress(self, now: Progress) -> None:
        """Show where it stands."""
        self.step.setText(now.step)
        self.bar.setRange(0, _PERMILLE)
        self.bar.setValue(round(_PERMILLE * min(1.0, now.time_s / max(now.total_s, 1.0))))
        self.simulated.setVisible(now.simulated)
        self.clock.setText(clock(now))
        self.mass.setText(self.tr("no weight") if now.mass_g is None else f"{now.mass_g:.4f} g")

    def say(self, sentence: str) -> None:
        """Keep what was said."""
        self.said.appendPlainText(f"{sentence[:1].upper()}{sentence[1:]}")

    def _ask(self, ask: bool) -> None:
        self.question.setText(
            self.tr("End it now? The pump stops; what was measured is kept and reported.") if ask else ""
        )
        self.question.setVisible(ask)
        self.cancel.setVisible(not ask)
        self.sure.setVisible(ask)
        self.go_on.setVisible(ask)
        (self.go_on if ask else self.cancel).setFocus()

    def _end(self) -> None:
        self.end()
        self.cancelled.emit()

    def end(self) -> None:
        """It is being ended: there is nothing more to press."""
        self._ask(False)
        self.cancel.setEnabled(False)
        self.step.setText(self.tr("Ending: what was measured is being worked out and kept"))
