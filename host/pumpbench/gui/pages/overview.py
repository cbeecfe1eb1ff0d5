"""The page "Overview"."""

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page


class OverviewPage(Page):
    """Overview."""

    title = "Overview"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
