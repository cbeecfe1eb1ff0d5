"""One of the board's reservoirs: what it is, how full, and what can be done with it."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from pumpbench.client import Reservoir
from pumpbench.gui.models.overview import gauge_of
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.reservoir_gauge import ReservoirGauge
from pumpbench.units import CONCENTRATION, VOLUME

DEFINE, REFILL, MOVE = 0, 1, 2


class ReservoirCard(QFrame):
    """`wanted` tells which of the three forms above is asked for."""

    wanted = pyqtSignal(int)

    def __init__(self, index: int, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self.setObjectName(f"card-{index}")
        self.gauge = ReservoirGauge(theme)
        self._empty = QLabel(self.tr("Reservoir {0}: not defined yet").format(index))
        self.details = QLabel()
        self.details.setProperty("look", "muted")
        self.details.setWordWrap(True)
        self._buttons = []
        row = QHBoxLayout()
        for form, text in (
            (DEFINE, self.tr("Define")),
            (REFILL, self.tr("Refill")),
            (MOVE, self.tr("Prime")),
        ):
            button = QPushButton(text)
            button.setAccessibleName(self.tr("{0} reservoir {1}").format(text, index))
            button.clicked.connect(lambda _, form=form: self.wanted.emit(form))
            row.addWidget(button)
            self._buttons.append(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        for part in (self._empty, self.gauge, self.details):
            column.addWidget(part)
        column.addLayout(row)

    def show_reservoir(self, reservoir: Reservoir, in_use: bool, current: bool, may: bool) -> None:
        """Show how it is, greyed when this is how it was; `may` is whether the pump may be commanded."""
        defined = reservoir.capacity_nl > 0
        self._empty.setVisible(not defined)
        self.gauge.setVisible(defined)
        self.details.setVisible(defined)
        if defined:
            self.gauge.show_gauge(gauge_of(reservoir, in_use), current)
            self.details.setText(self._details(reservoir))
        for button, needs in zip(self._buttons, (False, True, True), strict=True):
            button.setEnabled(may and (defined or not needs))

    def _details(self, one: Reservoir) -> str:
        parts = []
        if one.concentration_ng_ml:
            parts.append(CONCENTRATION.format(one.concentration_ng_ml))
        if one.low_at_nl:
            parts.append(self.tr("warns at {0}").format(VOLUME.format(one.low_at_nl)))
        if one.empty_at_nl:
            parts.append(self.tr("stops at {0}").format(VOLUME.format(one.empty_at_nl)))
        if one.refills:
            parts.append(self.tr("refills: {0}").format(one.refills))
        return ", ".join(parts)
