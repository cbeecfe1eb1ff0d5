"""Journal, events and summaries on one flash, without a link. Runs on both interpreters."""

from nor_flash import NorFlash

from pumpfw.events import Events
from pumpfw.flashlog import FlashLog
from pumpfw.journal import Journal
from pumpfw.readings import Readings, new_cells
from pumpfw.summaries import Summaries

SMALL_FLASH = 64 * 4096
MASK = 0x3FFFFFFF


class Marks:
    """The part of a board that shows events."""

    def mark_event(self, code):
        pass


class Storage:
    """What a boot makes of a flash."""

    def __init__(self, flash=None):
        self.flash = flash or NorFlash(SMALL_FLASH)
        self.cells = new_cells()
        self.readings = Readings(self.cells)
        self.log = FlashLog(self.flash)
        self.journal = Journal(self.log)
        self.readings.boot = self.journal.boot_count
        self.events = Events(self.log, self.journal, self.cells, Marks())
        self.summaries = Summaries(self.log, self.readings)

    def write_event(self, code, a=0, b=0, priority=1):
        """Add an event and see it written."""
        self.events.add(code, a, b, priority)
        self.settle()

    def minutes(self, count=1):
        """Let minutes pass; a summary is written for each."""
        for _ in range(60 * count):
            now = self.readings
            time_us = (now.now_hi << 30) + now.now_lo + 1_000_000
            now.now_hi, now.now_lo = time_us >> 30, time_us & MASK
            self.summaries.second()
            self.summaries.service()
        self.settle()

    def settle(self):
        """Do what the main loop would do in its slack, until nothing is left."""
        while self.events.service() or self.summaries.service() or self.log.service():
            pass

    def kept_events(self, first=0):
        """``[(number, code, priority, a)]`` of the events that a fetch sends, in order."""
        payload = bytearray(64)
        self.events.fetch(first)
        events = []
        while self.events.fetch_due:
            if self.events.take_fetched(payload):
                number = int.from_bytes(payload[0:4], "little")
                events.append((number, payload[20], payload[21], int.from_bytes(payload[22:26], "little")))
        return events

    def summary_numbers(self, first=0, count=0xFFFF):
        """The numbers of the summaries that a fetch sends, in order."""
        payload = bytearray(496)
        self.summaries.fetch(first, count)
        numbers = []
        while self.summaries.fetch_due:
            length = self.summaries.take_fetched(payload)
            numbers += [int.from_bytes(payload[at : at + 4], "little") for at in range(0, length, 28)]
        return numbers
