"""The page "Plots"."""

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page


class PlotsPage(Page):
    """Plots."""

    title = "Plots"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
