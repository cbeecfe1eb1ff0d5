"""The pump's port goes from the window to a trial and back; the window looks on meanwhile."""

from collections.abc import Callable

from PyQt6.QtCore import QObject

from pumpbench.gui.board_link import BoardLink


class Handover(QObject):
    """One at a time."""

    def __init__(self, link: BoardLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._watching = False

    def lend(self, ready: Callable[[], None]) -> None:
        """Let the connected pump go; `ready` is called when somebody else of this program may open it."""
        self._link.lent, self._watching = self._link.place, False
        self._link.leave(ready)

    def watch(self) -> None:
        """Look on while somebody else commands it, who has opened the port by now."""
        if self._link.lent is not None and not self._watching:
            self._watching = True
            self._link.open(self._link.lent)

    def take_back(self) -> None:
        """Connect again as before, unless somebody has chosen another pump meanwhile."""
        lent, self._link.lent = self._link.lent, None
        if lent is not None and self._link.place == lent:
            self._link.open(lent)
