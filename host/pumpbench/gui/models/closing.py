"""What closing the window does to the pump, so that nobody stops a run without meaning to."""

from PyQt6.QtCore import QCoreApplication

from pumpbench.conduct.snapshot import Snapshot
from pumpbench.gui.models.state import MOVING


def closing_stops(snapshot: Snapshot | None, current: bool, virtual: bool, trial: bool) -> str:
    """What comes to an end with the window, or is lost, in a sentence; "" when nothing is.

    `virtual` is whether the board was started by this window, and ends with it; `trial` whether a trial or a
    calibration is under way.
    """
    translate = QCoreApplication.translate
    if trial:
        return translate("closing", "Closing the window ends the trial; what was measured is kept.")
    if snapshot is not None and snapshot.problem is not None:
        told = translate(
            "closing", "{0}. What is not recorded yet may be lost when the window is closed now."
        )
        return told.format(snapshot.problem)
    if snapshot is None or not current or not snapshot.commands or snapshot.status.state not in MOVING:
        return ""
    if virtual:
        return translate("closing", "Closing the window ends the virtual board, and its run with it.")
    if snapshot.program is not None and snapshot.program.mode == "attended":
        return translate("closing", "Closing the window stops the run: its program is attended.")
    return ""
