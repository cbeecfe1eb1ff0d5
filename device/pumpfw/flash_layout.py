"""Where everything lies in the board's flash, in sectors of 4096 bytes, counted from the start of the data
part.

==========  =======================================================================  ====================
region      what it holds                                                            sectors of 1 MiB
==========  =======================================================================  ====================
journal     documents, the newest of each kind counts: position, program, ...        48
events      numbered events until they are acknowledged                              14
kept        high-priority events that gave way in a full ``events``                  3
summaries   one-minute summaries, 14 days of them                                    161
==========  =======================================================================  ====================

A smaller flash has a smaller journal and fewer summaries; the board says how many. The journal takes nearly
all of the wear: a position every 10 s for five years is 15.8 million documents
(``tests/device/link/test_flash_wear.py``).
"""

from pumpfw.errors import StorageFault

SECTOR_SIZE = 4096
SMALLEST = 64 * SECTOR_SIZE

EVENT_SECTORS = 14
KEPT_SECTORS = 3
MAX_JOURNAL_SECTORS = 48
MAX_SUMMARY_SECTORS = 161  # 159 full ones are 20,193 minutes; one more is being filled and one erased ahead


class FlashLayout:
    """First sector and number of sectors of each region. Raises ``StorageFault`` for too small a flash."""

    def __init__(self, flash_size: int) -> None:
        if flash_size < SMALLEST:
            raise StorageFault(
                "%d bytes of flash are too few, at least %d are needed" % (flash_size, SMALLEST)
            )
        sectors = flash_size // SECTOR_SIZE
        self.journal_first = 0
        self.journal_count = min(sectors // 4, MAX_JOURNAL_SECTORS)
        self.events_first = self.journal_count
        self.kept_first = self.events_first + EVENT_SECTORS
        self.summaries_first = self.kept_first + KEPT_SECTORS
        self.summaries_count = min(sectors - self.summaries_first, MAX_SUMMARY_SECTORS)
