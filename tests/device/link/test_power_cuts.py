"""A power cut at any byte leaves the old or the new, never half, and nothing that was whole is lost."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nor_flash import SECTOR, NorFlash, PowerCut
from storage import SMALL_FLASH, Storage

from pumpfw import journal as documents
from pumplink.alarms import HIGH, LOW

KINDS = (documents.POSITION, documents.PROGRAM, documents.RESERVOIRS)


def worn_flash() -> NorFlash:
    """A flash whose next few documents fill a sector, so that the first one must be emptied and erased."""
    storage = Storage()
    storage.journal.put(documents.PROGRAM, b"program" * 90)
    storage.journal.put(documents.RESERVOIRS, b"reservoirs" * 20)
    ring = storage.log.journal
    while ring.head < ring.count - 1 - ring.reserve:
        storage.journal.put(documents.POSITION, POSITION_BEFORE)
        storage.log.service()
    for _ in range(4000 // len(POSITION_BEFORE) - 3):
        storage.journal.put(documents.POSITION, POSITION_BEFORE)
    for i in range(EVENTS_BEFORE):
        storage.write_event(3, i)
    storage.minutes(5)
    storage.settle()
    return storage.flash


POSITION_BEFORE = b"position" * 17
EVENTS_BEFORE = 3


class Story:
    """Carries out a fixed piece of work and knows what must be true if it breaks off."""

    def __init__(self, flash: NorFlash) -> None:
        self.flash = flash
        self.done: dict[int, bytes] = {
            documents.PROGRAM: b"program" * 90,
            documents.RESERVOIRS: b"reservoirs" * 20,
            documents.POSITION: POSITION_BEFORE,
        }
        self.under_way: tuple[int, bytes] | None = None
        self.events_written = 0

    def run(self) -> None:
        storage = Storage(self.flash)
        for i in range(3):
            self._put(storage, documents.POSITION, b"later %8d" % i * 12)
            storage.write_event(7, i)
            self.events_written += 1
        self._put(storage, documents.PROGRAM, b"another" * 80)
        self._put(storage, documents.POSITION, b"last" * 30)
        storage.settle()
        storage.minutes()

    def _put(self, storage: Storage, kind: int, data: bytes) -> None:
        self.under_way = (kind, data)
        storage.journal.put(kind, data)
        self.done[kind] = data
        self.under_way = None
        storage.log.service()

    def check(self, boots_before: int) -> None:
        """Boot again and look."""
        after = Storage(self.flash)
        for kind, data in self.done.items():
            allowed = [data]
            if self.under_way and self.under_way[0] == kind:
                allowed.append(self.under_way[1])
            assert after.journal.get(kind) in allowed
        assert after.journal.boot_count in (boots_before + 1, boots_before + 2)
        numbers = [number for number, *_ in after.kept_events()]
        assert numbers == list(range(1, len(numbers) + 1))
        after.journal.put(documents.POSITION, b"and on")
        assert Storage(self.flash).journal.get(documents.POSITION) == b"and on"


def tale_of(image: bytes, cut: int, noise: int, boots_before: int) -> bool:
    """Run the story on a copy of the flash with a cut; True when the power failed before its end."""
    flash = NorFlash(SMALL_FLASH)
    flash.data[:] = image
    flash.cut_after(cut, noise)
    story = Story(flash)
    try:
        story.run()
    except PowerCut:
        flash.power_up()
        story.check(boots_before)
        written = [event for event in Storage(flash).kept_events() if event[1] == 7]
        assert len(written) in (story.events_written, story.events_written + 1)
        return True
    return False


@pytest.fixture(scope="module")
def worn() -> bytes:
    """The image of a flash before the story, after one boot."""
    return bytes(worn_flash().data)


def whole_story(image: bytes) -> NorFlash:
    flash = NorFlash(SMALL_FLASH)
    flash.data[:] = image
    Story(flash).run()
    return flash


def test_the_story_empties_and_erases_a_sector(worn: bytes) -> None:
    flash = whole_story(worn)
    assert flash.erases[0] == 1
    assert Storage(flash).journal.get(documents.RESERVOIRS) == b"reservoirs" * 20


def test_every_cut_leaves_old_or_new(worn: bytes) -> None:
    flash = whole_story(worn)
    for cut in range(flash.written):
        within_erase = [cut - start for start in flash.erase_starts if start < cut < start + SECTOR]
        if not within_erase or within_erase[0] % 61 == 0:
            assert tale_of(worn, cut, 0, 1)
    assert not tale_of(worn, flash.written, 0, 1)


def test_cuts_that_hit_the_rest_of_a_page_leave_old_or_new(worn: bytes) -> None:
    total = whole_story(worn).written
    draw = random.Random(5)
    for _ in range(400):
        assert tale_of(worn, draw.randrange(total), draw.randrange(1, 1 << 29), 1)


def full_of_events() -> tuple[bytes, int]:
    """A flash in which the next event opens a sector, and how many bytes writing it and making room takes."""
    storage = Storage()
    log = storage.log.events
    for i in range((log.ring.count - 1) * log.slots_in_sector):
        storage.write_event(7, i, 0, HIGH if i % 9 == 0 else LOW)
    image = bytes(storage.flash.data)
    before = storage.flash.written
    storage.write_event(7, 0, 0, LOW)
    assert storage.log.kept.end > 0
    return image, storage.flash.written - before


def test_a_cut_while_events_give_way_keeps_each_high_one_once() -> None:
    image, size = full_of_events()
    for cut in range(0, size, 37):
        flash = NorFlash(SMALL_FLASH)
        flash.data[:] = image
        storage = Storage(flash)
        high = [event for event in storage.kept_events() if event[2] == HIGH]
        flash.cut_after(cut)
        with pytest.raises(PowerCut):
            storage.write_event(7, 0, 0, LOW)
        flash.power_up()
        after = Storage(flash)
        after.write_event(7, 0, 0, LOW)
        events = after.kept_events()
        assert [event for event in events if event[2] == HIGH] == high
        assert len({number for number, *_ in events}) == len(events)


work = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(KINDS), st.integers(0, 1024)),
        st.tuples(st.just("event"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("store"), st.integers(1, 5), st.just(0)),
        st.tuples(st.just("minutes"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("cut"), st.integers(0, 6000), st.integers(0, 1 << 29)),
        st.tuples(st.just("service"), st.just(0), st.just(0)),
    ),
    min_size=5,
    max_size=60,
)


class Model:
    """What a correct board remembers, however often its power fails."""

    def __init__(self) -> None:
        self.documents: dict[int, set[bytes]] = {}
        self.numbers: dict[int, tuple[int, ...]] = {}
        self.written = 0
        self.serial = 0


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(work)
def test_any_work_with_any_cuts_keeps_what_was_whole(steps: list[tuple[str, int, int]]) -> None:
    flash = NorFlash(SMALL_FLASH)
    model = Model()
    storage = Storage(flash)
    for step in steps:
        try:
            do(storage, model, step)
        except PowerCut:
            flash.power_up()
            storage = Storage(flash)
            look(storage, model)
    flash.power_up()
    look(Storage(flash), model)


def do(storage: Storage, model: Model, step: tuple[str, int, int]) -> None:
    name, first, second = step
    if name == "put":
        model.serial += 1
        data = (b"%06d" % model.serial * 200)[:second]
        before = model.documents.get(first, {b"never"})
        model.documents[first] = before | {data}
        storage.journal.put(first, data)
        model.documents[first] = {data}
    elif name == "event":
        model.serial += 1
        storage.write_event(9, model.serial, 0, first)
        model.written += 1
    elif name == "store":
        newest = storage.log.events.next_number - 1
        storage.events.acknowledge(min(first, newest))
    elif name == "minutes":
        storage.minutes(first)
    elif name == "cut":
        storage.flash.cut_after(first, second)
    storage.log.service()


def look(storage: Storage, model: Model) -> None:
    for kind, allowed in model.documents.items():
        found = storage.journal.get(kind)
        assert (b"never" if found is None else found) in allowed
        model.documents[kind] = {b"never" if found is None else found}
    events = storage.kept_events()
    assert [number for number, *_ in events] == list(range(1, len(events) + 1))
    assert len(events) >= model.written
    model.written = len(events)
    for number, *rest in events:
        assert model.numbers.setdefault(number, tuple(rest)) == tuple(rest), "a number was used twice"
