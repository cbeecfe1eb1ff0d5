"""Events: numbered for ever, in flash until a host has stored them, shown to a live host once.

``add`` is for the tick: it writes to a queue in memory. ``service`` numbers what is queued and writes it to
flash, and only what is in flash is ever sent, so that no number is used twice. When unacknowledged events
fill the log, the oldest give way: high-priority ones to a region of their own, the others are lost and
counted in an ``EVENT_EVENTS_LOST`` event. Gaps in the numbers tell the same.
"""

import struct

import micropython
from micropython import const

from pumpfw import journal as documents
from pumpfw.errors import Refused, StorageFault
from pumpfw.flashlog import EVENT_SIZE
from pumplink.alarms import HIGH, MEDIUM
from pumplink.states import EVENT_EVENTS_LOST, REFUSED_RANGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from typing import Protocol

    ptr8 = bytearray
    ptr32 = array[int]

    from pumpfw.flashlog import FlashLog
    from pumpfw.journal import Journal

    class Marker(Protocol):
        """The part of the board that shows an event to the outside."""

        def mark_event(self, code: int) -> None:
            """Show it."""


_NOW_LO = const(0)
_NOW_HI = const(1)
_RUN = const(26)
_BOOT = const(27)
_EVENTS_WAIT = const(193)

_QUEUE = 64  # events in memory
_FOR_HIGH = 8  # of these, places that only high-priority ones may take
_CODE, _PRIORITY, _A = 20, 21, 22  # offsets in an event


@micropython.viper
def put_event(  # type: ignore[no-untyped-def]
    c: ptr32, queue: ptr8, at: int, code: int, priority: int, a: int, b: int
):
    """Write an event of now to ``queue[at:]``, as ``EVENT`` of the message table; its number comes later."""
    high = c[_NOW_HI]
    byte = 0
    while byte < 4:
        shift = byte << 3
        queue[at + byte] = 0
        queue[at + 4 + byte] = (c[_BOOT] >> shift) & 255
        queue[at + 8 + byte] = (c[_RUN] >> shift) & 255
        queue[at + 12 + byte] = (c[_NOW_LO] >> shift) & 255
        queue[at + 16 + byte] = (high >> 2 >> shift) & 255
        queue[at + 22 + byte] = (a >> shift) & 255
        queue[at + 26 + byte] = (b >> shift) & 255
        byte += 1
    queue[at + 15] = queue[at + 15] | (high & 3) << 6
    queue[at + 20] = code
    queue[at + 21] = priority
    c[_EVENTS_WAIT] = 1


class Events:
    """``live_due`` and ``fetch_due`` say that ``take_live`` and ``take_fetched`` have an event to send."""

    def __init__(
        self, flash_log: "FlashLog", journal: "Journal", cells: "array[int]", board: "Marker"
    ) -> None:
        self._log = flash_log.events
        self._kept = flash_log.kept
        self._journal = journal
        self._cells = cells
        self._board = board
        self._queue = bytearray(_QUEUE * EVENT_SIZE)
        self._in = 0  # where the next event goes in the queue, bytes
        self._out = 0
        self._queued = 0
        self._lost = 0
        self._stored = _stored(journal)
        # A fetch sends kept[_fetch_kept:_fetch_kept_end] below _fetch_before, then log[_fetch:_fetch_end].
        self._fetch_first = self._fetch_before = 0
        self._fetch_kept = self._fetch_kept_end = 0
        self._fetch = self._fetch_end = 0
        self.fetch_due = False
        self._log.ring.owner = self
        self._kept.ring.owner = _KeptOwner(self)
        flash_log.prepare()
        self._live = self._log.end  # position of the next event to show
        self._is_live = False
        self.live_due = False
        self.capacity = self._log.capacity

    def add(self, code: int, a: int, b: int, priority: int) -> None:
        """Queue an event of now. Allocates nothing; ``a`` and ``b`` are below 2^30 in magnitude."""
        if self._queued >= (_QUEUE if priority == HIGH else _QUEUE - _FOR_HIGH):
            self._lost += 1
            return
        at = self._in
        put_event(self._cells, self._queue, at, code, priority, a, b)
        at += EVENT_SIZE
        self._in = at if at < _QUEUE * EVENT_SIZE else 0
        self._queued += 1
        self._board.mark_event(code)

    def service(self) -> bool:
        """Write one queued event to flash. False when there was none, or no room before the next erase."""
        if not self._queued and not self._lost:
            self._cells[_EVENTS_WAIT] = 0
            return False
        if not self._queued:
            self._report_lost()
        event = memoryview(self._queue)[self._out : self._out + EVENT_SIZE]
        struct.pack_into("<I", event, 0, self._log.next_number)
        if not self._log.append(event):
            return False
        self._queued -= 1
        self._out += EVENT_SIZE
        if self._out == _QUEUE * EVENT_SIZE:
            self._out = 0
        if self._is_live:
            self.live_due = True
        else:
            self._live = self._log.end
        return True

    def acknowledge(self, up_to: int) -> None:
        """Note for good that a host has stored all events up to that number; ``Refused`` for later ones."""
        newest = self._log.next_number - 1
        if up_to > newest:
            raise Refused(REFUSED_RANGE, 0, up_to, 0, newest)
        if up_to > self._stored:
            self._journal.put(documents.EVENTS_STORED, struct.pack("<I", up_to))
            self._stored = up_to

    def set_live(self, live: bool) -> None:
        """Show events from now on as they are written, or stop showing."""
        if live and not self._is_live:
            self._live = self._log.end
        if not live:
            self.live_due = self.fetch_due = False
        self._is_live = live

    def take_live(self, payload: bytearray) -> int:
        """Copy the next event to show into ``payload``; returns its length, 0 when there is none."""
        self._live = max(self._live, self._log.begin())
        while self._live < self._log.end:
            self._live += 1
            self.live_due = self._live < self._log.end
            if self._log.read(self._live - 1):
                payload[0:EVENT_SIZE] = memoryview(self._log.record)[:EVENT_SIZE]
                return EVENT_SIZE
        self.live_due = False
        return 0

    def fetch(self, first: int) -> "tuple[int, int, int]":
        """Send again all events in flash from that number on: ``(how many, oldest number, next number)``."""
        log, kept = self._log, self._kept
        self._fetch_first = first
        self._fetch_before = log.oldest_number()
        self._fetch, self._fetch_end = log.seek(first), log.end
        self._fetch_kept, self._fetch_kept_end = kept.seek(first), kept.end
        count = 0
        oldest = self._fetch_before
        for position in range(kept.begin(), kept.end):
            if kept.read(position) and kept.number() < self._fetch_before:
                oldest = min(oldest, kept.number())
                count += position >= self._fetch_kept
        # The log's numbers have no gaps.
        if self._fetch < self._fetch_end:
            log.read(self._fetch)
            count += log.next_number - log.number()
        self.fetch_due = count > 0
        return min(count, 0xFFFF), oldest, log.next_number

    def take_fetched(self, payload: bytearray) -> int:
        """Copy the next fetched event into ``payload``; returns its length, 0 when there are no more."""
        self._fetch_kept = max(self._fetch_kept, self._kept.begin())
        self._fetch = max(self._fetch, self._log.begin())
        while self._fetch_kept < self._fetch_kept_end:
            self._fetch_kept += 1
            if self._kept.read(self._fetch_kept - 1) and self._kept.number() < self._fetch_before:
                payload[0:EVENT_SIZE] = memoryview(self._kept.record)[:EVENT_SIZE]
                return EVENT_SIZE
        while self._fetch < self._fetch_end:
            self._fetch += 1
            self.fetch_due = self._fetch < self._fetch_end
            if self._log.read(self._fetch - 1):
                payload[0:EVENT_SIZE] = memoryview(self._log.record)[:EVENT_SIZE]
                return EVENT_SIZE
        self.fetch_due = False
        return 0

    def reclaim(self, sequence: int) -> bool:
        """Save the high-priority events of a sector that no host has stored; True when it may be erased."""
        log, kept = self._log, self._kept
        if log.first_number(sequence + 1) <= self._stored + 1:
            return True
        start = sequence * log.slots_in_sector
        lost = 0
        for position in range(start, start + log.slots_in_sector):
            if log.read(position) and log.number() > self._stored:
                if log.record[_PRIORITY] != HIGH and log.record[_CODE] != EVENT_EVENTS_LOST:
                    lost += 1
                elif log.number() >= kept.next_number:  # not yet kept before a power cut
                    kept.append(memoryview(log.record)[:EVENT_SIZE])
        self._lose(lost)
        return True

    def forget_kept(self, sequence: int) -> None:
        """Count the kept events of a sector that are lost now."""
        kept = self._kept
        start = sequence * kept.slots_in_sector
        for position in range(start, min(start + kept.slots_in_sector, kept.end)):
            if kept.read(position) and kept.number() > self._stored:
                was_count = kept.record[_CODE] == EVENT_EVENTS_LOST
                self._lose(struct.unpack_from("<i", kept.record, _A)[0] if was_count else 1)

    def _lose(self, count: int) -> None:
        self._lost += count
        self._cells[_EVENTS_WAIT] = 1

    def _report_lost(self) -> None:
        lost = self._lost
        self._lost = 0
        self.add(EVENT_EVENTS_LOST, lost, 0, MEDIUM)


def _stored(journal: "Journal") -> int:
    """The number of the last event that a host has stored; 0 when that is lost: then it gets them again."""
    try:
        document = journal.get(documents.EVENTS_STORED)
    except StorageFault:
        document = None
    return struct.unpack("<I", document)[0] if document else 0


class _KeptOwner:
    """Owner of the region of events that were kept once: nothing in it lives on a second time."""

    def __init__(self, events: Events) -> None:
        self._events = events

    def reclaim(self, sequence: int) -> bool:
        """Count what is lost."""
        self._events.forget_kept(sequence)
        return True
