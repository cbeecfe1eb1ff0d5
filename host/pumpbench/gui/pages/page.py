"""What every page of the window is."""

from PyQt6.QtWidgets import QWidget

from pumpbench.gui.lab import Lab


class Page(QWidget):
    """A page; it follows the pump by ``lab.link``'s signals, whether it is shown or not."""

    title = ""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self.lab = lab
