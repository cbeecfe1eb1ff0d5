"""The page "Trials"."""

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page


class TrialsPage(Page):
    """Trials."""

    title = "Trials"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
