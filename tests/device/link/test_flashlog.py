"""What the flash holds from boot to boot, and what gives way when it is full."""

import pytest
from nor_flash import NorFlash
from storage import Storage

from pumpfw import journal as documents
from pumpfw.errors import Refused, StorageFault
from pumpfw.flash_layout import SECTOR_SIZE
from pumpfw.flashlog import FlashLog
from pumplink.alarms import HIGH, LOW
from pumplink.states import EVENT_EVENTS_LOST, EVENT_SEGMENT, REFUSED_RANGE


def again(storage: Storage) -> Storage:
    return Storage(storage.flash)


def put_many(storage: Storage, count: int) -> None:
    for _ in range(count):
        storage.journal.put(documents.POSITION, bytes(100))


# --- the journal ---


def test_a_document_is_found_after_a_boot() -> None:
    storage = Storage()
    storage.journal.put(documents.PROGRAM, b"a program")
    assert again(storage).journal.get(documents.PROGRAM) == b"a program"


def test_a_document_that_was_never_put_is_none() -> None:
    assert Storage().journal.get(documents.CALIBRATION) is None


def test_boots_are_counted() -> None:
    storage = Storage()
    assert [
        storage.journal.boot_count,
        again(storage).journal.boot_count,
        again(storage).journal.boot_count,
    ] == [1, 2, 3]


def test_cold_documents_outlive_any_number_of_hot_ones() -> None:
    storage = Storage()
    storage.journal.put(documents.CALIBRATION, b"calibration")
    for i in range(3000):
        storage.journal.put(documents.POSITION, b"%04d" % i * 30)
        storage.log.service()
    after = again(storage)
    assert after.journal.get(documents.CALIBRATION) == b"calibration"
    assert after.journal.get(documents.POSITION) == b"2999" * 30


def test_a_document_that_is_too_long_is_refused_and_the_old_one_stays() -> None:
    storage = Storage()
    storage.journal.put(documents.PROGRAM, b"old")
    with pytest.raises(StorageFault):
        storage.journal.put(documents.PROGRAM, bytes(documents.MAX_DOCUMENT + 1))
    assert storage.journal.get(documents.PROGRAM) == b"old"


def test_flash_that_takes_nothing_is_a_fault() -> None:
    storage = Storage()
    storage.flash.is_dead = True
    with pytest.raises(StorageFault):
        storage.journal.put(documents.POSITION, b"somewhere")


def test_a_board_whose_flash_died_still_boots_and_says_so() -> None:
    storage = Storage()
    put_many(storage, 10)
    assert storage.journal.is_sound
    storage.flash.is_dead = True
    after = again(storage)
    assert not after.journal.is_sound
    assert after.journal.boot_count == 2


def test_a_lost_boot_count_never_comes_again() -> None:
    storage = Storage()
    put_many(storage, 1)
    at = storage.flash.data.find(bytes([4, 0, documents.BOOTS, 0, 1, 0, 0, 0]))
    storage.flash.data[at + 4] = 0
    after = again(storage)
    assert after.journal.boot_count > 1
    assert again(after).journal.boot_count > after.journal.boot_count


def test_a_document_that_rotted_is_a_fault_until_it_is_put_again() -> None:
    storage = Storage()
    storage.journal.put(documents.PROGRAM, b"unmistakable")
    storage.journal.put(documents.POSITION, b"later")
    at = storage.flash.data.find(b"unmistakable")
    storage.flash.data[at] &= 0x0F
    with pytest.raises(StorageFault):
        storage.journal.get(documents.PROGRAM)
    storage = again(storage)
    with pytest.raises(StorageFault):
        storage.journal.get(documents.PROGRAM)
    assert storage.journal.get(documents.POSITION) == b"later"
    storage.journal.put(documents.PROGRAM, b"again")
    assert storage.journal.get(documents.PROGRAM) == b"again"


def test_without_service_nothing_is_erased_and_the_journal_says_when_it_is_full() -> None:
    storage = Storage()
    storage.settle()
    before = sum(storage.flash.erases)
    with pytest.raises(StorageFault):
        put_many(storage, 10_000)
    assert sum(storage.flash.erases) == before
    storage.settle()
    storage.journal.put(documents.POSITION, b"goes on")
    assert again(storage).journal.get(documents.POSITION) == b"goes on"


def test_service_erases_one_sector_at_most() -> None:
    storage = Storage()
    for _ in range(500):
        storage.journal.put(documents.POSITION, bytes(120))
        storage.write_event(EVENT_SEGMENT)
        before = sum(storage.flash.erases)
        storage.log.service()
        assert sum(storage.flash.erases) <= before + 1


def test_flash_that_is_too_small_is_a_fault() -> None:
    with pytest.raises(StorageFault):
        FlashLog(NorFlash(32 * SECTOR_SIZE))


def test_foreign_bytes_in_the_flash_are_no_documents() -> None:
    flash = NorFlash()
    flash.data[:] = bytes(range(256)) * (flash.size // 256)
    storage = Storage(flash)
    assert storage.journal.boot_count == 1
    assert storage.kept_events() == []
    storage.write_event(EVENT_SEGMENT)
    assert len(again(storage).kept_events()) == 1


# --- events ---


def lost_and_kept(events: list[tuple[int, int, int, int]]) -> int:
    """How many events there were, by those that are there and the reports of those that are not."""
    return sum(a if code == EVENT_EVENTS_LOST else 1 for _, code, _, a in events)


def test_event_numbers_go_on_after_a_boot() -> None:
    storage = Storage()
    for i in range(5):
        storage.write_event(EVENT_SEGMENT, i)
    storage = again(storage)
    storage.write_event(EVENT_SEGMENT, 99)
    assert [(number, a) for number, _, _, a in storage.kept_events()] == [
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 3),
        (5, 4),
        (6, 99),
    ]


def test_events_are_fetched_from_a_number_on() -> None:
    storage = Storage()
    for i in range(300):
        storage.write_event(EVENT_SEGMENT, i)
    assert storage.events.fetch(298) == (3, 1, 301)
    assert [number for number, *_ in storage.kept_events(298)] == [298, 299, 300]
    assert storage.events.fetch(301) == (0, 1, 301)


def test_acknowledged_events_give_way_without_loss() -> None:
    storage = Storage()
    for i in range(4000):
        storage.write_event(EVENT_SEGMENT, i)
        storage.events.acknowledge(i + 1)
    codes = {code for _, code, *_ in storage.kept_events()}
    assert codes == {EVENT_SEGMENT}


def test_an_acknowledgement_outlives_a_boot_and_one_for_the_future_is_refused() -> None:
    storage = Storage()
    for i in range(10):
        storage.write_event(EVENT_SEGMENT, i)
    storage.events.acknowledge(10)
    storage = again(storage)
    with pytest.raises(Refused) as refused:
        storage.events.acknowledge(11)
    assert (refused.value.code, refused.value.value, refused.value.maximum) == (REFUSED_RANGE, 11, 10)


def test_a_thousand_events_wait_for_a_host() -> None:
    storage = Storage()
    for i in range(1000):
        storage.write_event(EVENT_SEGMENT, i)
    assert [number for number, *_ in again(storage).kept_events()] == list(range(1, 1001))


def test_a_full_log_keeps_high_priority_and_counts_what_it_lost() -> None:
    storage = Storage()
    high = []
    for i in range(5000):
        priority = HIGH if i % 50 == 0 else LOW
        storage.write_event(EVENT_SEGMENT, i, 0, priority)
        if priority == HIGH:
            high.append(i)
    events = again(storage).kept_events()
    assert [a for _, code, priority, a in events if priority == HIGH and code == EVENT_SEGMENT] == high
    numbers = [number for number, *_ in events]
    assert numbers == sorted(set(numbers))
    assert lost_and_kept(events) == 5000
    count, oldest, following = storage.events.fetch(0)
    assert (count, oldest, following) == (len(events), numbers[0], numbers[-1] + 1)


def test_even_high_priority_events_have_an_end_and_are_counted() -> None:
    storage = Storage()
    for i in range(5000):
        storage.write_event(EVENT_SEGMENT, i, 0, HIGH)
    events = storage.kept_events()
    assert lost_and_kept(events) == 5000
    assert events[-1][3] == 4999 or events[-2][3] == 4999


def test_a_queue_that_overflows_keeps_room_for_high_priority_and_counts() -> None:
    storage = Storage()
    for i in range(100):
        storage.events.add(EVENT_SEGMENT, i, 0, LOW)
    storage.events.add(EVENT_SEGMENT, 1234, 0, HIGH)
    storage.settle()
    events = storage.kept_events()
    assert (EVENT_SEGMENT, HIGH, 1234) in [event[1:] for event in events]
    assert lost_and_kept(events) == 101


# --- summaries ---


def test_fourteen_days_of_summaries_are_kept_and_found_by_number() -> None:
    storage = Storage(NorFlash())
    record = bytearray(28)
    log = storage.log.summaries
    minutes = 14 * 24 * 60 + 500
    for number in range(1, minutes + 1):
        record[0:4] = number.to_bytes(4, "little")
        assert log.append(record)
        storage.log.service()
    after = again(storage)
    kept = after.summary_numbers()
    assert len(kept) >= 14 * 24 * 60
    assert kept == list(range(kept[0], minutes + 1))
    assert after.summary_numbers(minutes - 3, 2) == [minutes - 3, minutes - 2]


def test_a_summary_has_means_maximum_and_time() -> None:
    storage = Storage()
    storage.readings.set_nl_h = 1_020_000_000
    storage.readings.measured_nl_h = -7
    storage.readings.counted_lo = (1 << 30) - 1
    storage.readings.counted_hi = 6
    storage.readings.pressure_pa = -4000
    storage.minutes(2)
    payload = bytearray(496)
    assert storage.summaries.fetch(2, 10) == (2, 1, 1, 3)
    assert storage.summaries.take_fetched(payload) == 28
    fields = [int.from_bytes(payload[at : at + 4], "little", signed=True) for at in range(0, 28, 4)]
    assert fields[0] == 2
    assert fields[2:5] == [120, 1_020_000_000, -7]
    assert fields[5] & 0xFFFFFFFF == ((6 << 30) + (1 << 30) - 1) & 0xFFFFFFFF
    assert fields[6] == -4000
