"""The application, put together and run."""

import sys
from pathlib import Path

from PyQt6.QtWidgets import QApplication

from pumpbench.conduct.desk import Place
from pumpbench.gui.lab import Lab
from pumpbench.gui.main_window import MainWindow


def run(database: Path | None, place: Place | None) -> int:
    """Show the window until it is closed; connect to the pump at `place` when one is given.

    Raises ``StoreError`` when the database cannot be opened.
    """
    application = QApplication(sys.argv[:1])
    lab = Lab(database)
    window = MainWindow(lab)
    window.show()
    if place is not None:
        lab.link.open(place)
    return application.exec()
