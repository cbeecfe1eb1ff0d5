"""The page "Reservoirs"."""

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page


class ReservoirsPage(Page):
    """Reservoirs."""

    title = "Reservoirs"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
