"""The board's flash as the firmware sees it: four rings of sectors, and the one place that erases.

An erase takes a chip some 45 ms in which no code runs. So nothing else erases: the main loop calls
``service`` when it can spare the time, and each call erases at most one sector.
"""

from pumpfw.flash_layout import EVENT_SECTORS, KEPT_SECTORS, FlashLayout
from pumpfw.sector_ring import SectorRing
from pumpfw.slot_log import SlotLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.sector_ring import Flash

EVENT_SIZE = 30
SUMMARY_SIZE = 28
JOURNAL_NOTE_SIZE = 32
JOURNAL_RESERVE = 3
_MOST_WORK = 64


class FlashLog:
    """The regions of ``flash_layout``; ``erases`` counts the sectors erased since boot."""

    def __init__(self, flash: "Flash") -> None:
        layout = FlashLayout(flash.size)
        self.flash = flash
        self.erases = 0
        self.journal = SectorRing(
            flash, layout.journal_first, layout.journal_count, JOURNAL_NOTE_SIZE, JOURNAL_RESERVE
        )
        self.kept = SlotLog(flash, layout.kept_first, KEPT_SECTORS, EVENT_SIZE)
        self.events = SlotLog(flash, layout.events_first, EVENT_SECTORS, EVENT_SIZE)
        self.summaries = SlotLog(flash, layout.summaries_first, layout.summaries_count, SUMMARY_SIZE)
        # ``kept`` before ``events``: what gives way in the second needs room in the first.
        self._rings = (self.journal, self.kept.ring, self.events.ring, self.summaries.ring)
        self._journal, self._kept, self._events, self._summaries = self._rings

    def service(self) -> bool:
        """Erase one sector where a ring has too few ready. False when there was nothing to do."""
        # Spelt out: the loop asks 100,000 times a second on a virtual board.
        if (
            self._journal.wants_erase
            or self._events.wants_erase
            or self._kept.wants_erase
            or self._summaries.wants_erase
        ):
            return self._work()
        return False

    def prepare(self) -> None:
        """Erase at boot, while nothing turns, what a power cut left half done."""
        for _ in range(_MOST_WORK):  # flash that is worn out would never be done
            if not self._work():
                return

    def _work(self) -> bool:
        for ring in self._rings:
            owner = ring.owner
            if ring.wants_erase and owner:
                doomed = ring.doomed()
                if doomed < ring.tail or owner.reclaim(doomed):
                    ring.erase_next()
                    self.erases += 1
                return True
        return False
