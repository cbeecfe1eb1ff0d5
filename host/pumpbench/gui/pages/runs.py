"""The page "Runs"."""

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page


class RunsPage(Page):
    """Runs."""

    title = "Runs"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
