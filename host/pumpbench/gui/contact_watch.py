"""Watches whether what is known of the pump still holds."""

import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from pumpbench.conduct.snapshot import Snapshot
from pumpbench.gui.board_link import BoardLink
from pumpbench.gui.models.contact import Contact, contact_of

_LOOK_EVERY_MS = 500


class ContactWatch(QObject):
    """`now` is the contact as it was judged last: at every snapshot, every change of the link, and twice a
    second, because a link that hangs and a machine that slept send no signal.
    """

    changed = pyqtSignal(object)
    """A `Contact` that is another than the one before."""

    def __init__(self, link: BoardLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._judge)
        self._timer.start(_LOOK_EVERY_MS)
        self.now = self._contact()
        link.snapshot_changed.connect(self._judge)
        link.phase_changed.connect(self._judge)

    @property
    def snapshot(self) -> Snapshot | None:
        """What is known of the pump, current or not."""
        return self._link.snapshot

    def _contact(self) -> Contact:
        link = self._link
        return contact_of(link.phase, link.sentence, link.snapshot, time.time())

    def _judge(self) -> None:
        contact = self._contact()
        if contact != self.now:
            self.now = contact
            self.changed.emit(contact)
