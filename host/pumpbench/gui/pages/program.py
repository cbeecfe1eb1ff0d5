"""The page "Program"."""

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page


class ProgramPage(Page):
    """Program."""

    title = "Program"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
