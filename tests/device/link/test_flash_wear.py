"""Five years of running stay within what a flash chip takes: 100,000 erases a sector (W25Q16JV)."""

import pytest
from nor_flash import NorFlash
from storage import SMALL_FLASH, Storage

from pumpfw.config import Config
from pumpfw.flash_layout import SECTOR_SIZE, FlashLayout
from pumpfw.flashlog import FlashLog
from pumpfw.journal import MAX_DOCUMENT, POSITION, PROGRAM, Journal

ENDURANCE = 100_000
FIVE_YEARS_S = 5 * 365.25 * 86_400
POSITION_SIZE = 160  # bytes, more than the pump's
POSITION_S = Config({}).journal_s  # how often the pump puts one at low flows
SUMMARIES_KEPT = 14 * 24 * 60
EVENTS_KEPT = 1000


def erases_a_put(flash: NorFlash, size: int) -> float:
    """Erases of one sector for one document of that size, measured on a ring that has turned over twice."""
    log = FlashLog(flash)
    journal = Journal(log)
    journal.put(PROGRAM, bytes(MAX_DOCUMENT))
    ring = log.journal
    puts = 0
    first = ring.head + 2 * ring.count
    last = first + 2 * ring.count
    while ring.head < last:
        journal.put(POSITION, bytes(size))
        log.service()
        puts += ring.head >= first
    return (last - first) / ring.count / puts


@pytest.fixture(scope="module")
def wear_of_a_position() -> float:
    return erases_a_put(NorFlash(), POSITION_SIZE)


def test_the_positions_of_five_years_of_slow_flow(wear_of_a_position: float) -> None:
    assert FIVE_YEARS_S / POSITION_S * wear_of_a_position < ENDURANCE / 5


def test_a_position_every_ten_microlitres_eight_hours_a_day_at_a_millilitre_a_minute(
    wear_of_a_position: float,
) -> None:
    positions = FIVE_YEARS_S / 3 * (1000 / 60 / 10)
    assert positions * wear_of_a_position < ENDURANCE


def test_all_sectors_of_the_journal_wear_alike() -> None:
    flash = NorFlash(SMALL_FLASH)
    erases_a_put(flash, POSITION_SIZE)
    of_journal = flash.erases[: FlashLayout(SMALL_FLASH).journal_count]
    assert max(of_journal) - min(of_journal) <= 1


def test_a_summary_a_minute_and_a_hundred_events_an_hour_for_five_years() -> None:
    log = FlashLog(NorFlash())
    for records, slot_log in ((FIVE_YEARS_S / 60, log.summaries), (FIVE_YEARS_S / 36, log.events)):
        erases = records / slot_log.slots_in_sector / slot_log.ring.count
        assert erases < ENDURANCE / 10


def test_a_mebibyte_holds_fourteen_days_of_summaries_and_a_thousand_events() -> None:
    log = FlashLog(NorFlash())
    assert log.summaries.capacity >= SUMMARIES_KEPT
    assert log.events.capacity >= EVENTS_KEPT


@pytest.mark.parametrize("size", [SMALL_FLASH, 100 * SECTOR_SIZE, 512 * 1024, 1 << 20, 1 << 21])
def test_regions_lie_side_by_side_within_the_flash(size: int) -> None:
    layout = FlashLayout(size)
    assert layout.journal_first == 0
    assert layout.journal_first + layout.journal_count == layout.events_first
    assert layout.kept_first > layout.events_first
    assert layout.summaries_first > layout.kept_first
    assert layout.summaries_count >= 3
    assert (layout.summaries_first + layout.summaries_count) * SECTOR_SIZE <= size


def test_a_boot_reads_little_of_a_full_flash() -> None:
    storage = Storage(NorFlash())
    for _ in range(10_000):
        storage.journal.put(POSITION, bytes(POSITION_SIZE))
        storage.log.service()
    flash = storage.flash
    flash.reads = 0
    Storage(flash)
    assert flash.reads < flash.size / 16
