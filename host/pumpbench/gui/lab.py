"""What all pages share, made once by ``app`` and handed to each: no page reaches for anything else."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from pumpbench.gui.board_link import BoardLink
from pumpbench.gui.contact_watch import ContactWatch
from pumpbench.gui.drugs import Drugs
from pumpbench.gui.live import LiveBuffer
from pumpbench.gui.live_feed import LiveFeed
from pumpbench.gui.settings import Settings
from pumpbench.gui.theme import Appearance, Theme
from pumpbench.gui.worker import Worker
from pumpbench.store import Store


class Lab(QObject):
    """The laboratory: its database, its pump.

    Attributes:
        store: safe to use from several threads, but its reads can be slow: use `reading`.
        link: the pump.
        contact: whether what is known of the pump still holds.
        reading: a thread for reads of the database, one after the other.
        live: the telemetry of the pump that is connected, to be drawn.
        settings: what the window remembers.
        drugs: the drug library in use.
    """

    theme_changed = pyqtSignal(object)
    """The `Theme` that holds from now on."""
    said = pyqtSignal(str)
    """A sentence for the person, shown where the person is looking."""
    page_wanted = pyqtSignal(str)
    """The (untranslated) title of a page to show."""
    closing = pyqtSignal()
    """The window is closed: who has a thread of its own ends it."""

    def __init__(
        self, database: Path | None, who: str | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__()
        self.settings = settings or Settings(parent=self)
        self._appearance = Appearance(self.settings, self)
        self._appearance.changed.connect(self.theme_changed)
        self.store = Store(database, who=who)
        self.link = BoardLink(self.store, who, self)
        self.contact = ContactWatch(self.link, self)
        self.reading = Worker("reading", self)
        self.live = LiveBuffer()
        self._feed = LiveFeed(self.live, self.link, self.store, self.said.emit, self)
        self.drugs = Drugs(self.settings, self.reading, self)

    @property
    def theme(self) -> Theme:
        """The colours that hold now."""
        return self._appearance.theme

    def close(self) -> None:
        """Leave the pump and close the database; waits for both."""
        self.closing.emit()
        self.link.close()
        self._feed.close()
        self.reading.close()
        self.store.close()
