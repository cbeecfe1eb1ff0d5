"""The application, put together and run."""

import gc
import sys
from pathlib import Path

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from pumpbench.conduct.desk import Desk, Place
from pumpbench.conduct.drug_limits import told
from pumpbench.conduct.job import VIRTUAL
from pumpbench.expected import sentence_of
from pumpbench.files import program as program_file
from pumpbench.files.errors import Fault, FileError
from pumpbench.gui.board_link import CONNECTED
from pumpbench.gui.crash import Net
from pumpbench.gui.lab import Lab
from pumpbench.gui.main_window import MainWindow
from pumpbench.gui.no_database import other_database
from pumpbench.gui.pages.late import LatePage
from pumpbench.store.errors import StoreError

TURN_S = 0.0005
_ALL_IMPORTED_MS = 3000


def take_short_turns() -> None:
    """Let threads take turns ten times as often as Python usually does: Stop waits behind nothing that draws.

    ``make bench PARTS=gui-stop`` measures from Stop to the wire with it.
    """
    sys.setswitchinterval(TURN_S)


def pass_over_what_stays(window: MainWindow) -> None:
    """Let Python's search for garbage pass over the window and its modules, which are there to stay.

    A full search of all of it takes 40 ms, in which no thread does anything, the one that stops included.
    """
    gc.freeze()
    QTimer.singleShot(_ALL_IMPORTED_MS, gc.freeze)
    for page in window.pages:
        if isinstance(page, LatePage):
            page.came.connect(gc.freeze)


def run(database: Path | None, place: Place | None, program: Path | None = None) -> int:
    """Show the window until it is closed, and return 0.

    It connects to the pump at `place`, or to the real one that it was connected to last, and starts `program`
    there. Raises ``StoreError`` when the database cannot be opened and nobody chooses another one, and
    ``KeyboardInterrupt`` after Ctrl-C.
    """
    take_short_turns()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("pumpbench")
    net = Net()
    net.spread()
    lab = open_lab(database)
    window = MainWindow(lab)
    net.interrupt.connect(window.close_now)
    window.show()
    pass_over_what_stays(window)
    wanted = place or _last_place(lab)
    if program is not None:
        _start_when_connected(lab, program)
    if wanted is not None:
        window.show_page("Overview")
        lab.link.open(wanted)
    application.exec()
    if net.interrupted:
        raise KeyboardInterrupt
    return 0


def open_lab(database: Path | None) -> Lab:
    """Open the laboratory; when its database cannot be opened, offer to choose another one. Raises
    ``StoreError`` when nobody does.
    """
    while True:
        try:
            return Lab(database)
        except StoreError as error:
            chosen = other_database(sentence_of(error))
            if chosen is None:
                raise
            database = chosen


def _last_place(lab: Lab) -> Place | None:
    """A real pump is connected to again by itself: it may be under way. A virtual one is not: it is gone."""
    port = lab.settings.port
    return Place(port) if port and port != VIRTUAL else None


def _start_when_connected(lab: Lab, program: Path) -> None:
    def start(desk: Desk) -> None:
        found = lab.drugs.check_program(program_file.load(program), desk.client.reservoirs())
        if found:
            why = f"was not started: {told(found)}; the page Program asks for a reason where one is enough"
            raise FileError(program, [Fault("", "", why)])
        desk.start_file(program)

    def follow(phase: str) -> None:
        if phase == CONNECTED:
            lab.link.phase_changed.disconnect(follow)
            lab.link.command(start, lambda _: None, lambda error: lab.said.emit(sentence_of(error)))

    lab.link.phase_changed.connect(follow)
