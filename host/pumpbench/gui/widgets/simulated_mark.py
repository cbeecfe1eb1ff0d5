"""The word SIMULATED, where figures are a model's."""

from PyQt6.QtWidgets import QLabel, QSizePolicy

from pumpbench.gui.models.trial_words import SIMULATED
from pumpbench.gui.theme import Theme, ink_on


class SimulatedMark(QLabel):
    """As in the header: black on yellow; hidden until told."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(SIMULATED)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(self.tr("There is a model instead of a pump: no figure is measured"))
        self.dress(theme)
        self.hide()

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.setStyleSheet(
            f"background: {theme.medium}; color: {ink_on(theme.medium)}; font-weight: 700; padding: 1px 8px;"
            " border-radius: 3px;"
        )
