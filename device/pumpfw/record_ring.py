"""The latest telemetry records in memory, as differences: about 16 bytes a record instead of 100.

The ring is blocks of 512 bytes. A block begins afresh, as after a record of zeros; the oldest block gives way
to a new one. A record is 24 bits that say which fields changed, then for each of those how much: six bits of
magnitude, a sign (0x40) and "more follows" (0x80) in the first byte, seven more bits in each that follows.
The time is told as its change's change, the remaining volume as its change beside that of the counted one.
The fields are the first 23 places of ``readings.py`` and the run's number.
"""

from array import array

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    ptr8 = bytearray
    ptr32 = array[int]

_RUN = const(26)
_KEPT = const(183)
_MASK = const(0x3FFFFFFF)

_BLOCKS = const(32)
_BLOCK = const(512)  # bytes
_FIELDS = const(24)
_COUNTED = const(4)
_REMAINING = const(15)  # of which the counted volume is taken, almost always
_LAST = const(23)  # the field that is the run's number
# Places after the fields in the arrays of writer and readers.
_DT = const(24)  # us that the last record came after the one before it
_AT_BLOCK = const(25)
_AT = const(26)  # bytes of it that are written, or read
_INDEX = const(27)  # records of it that are read
_CHANGES = const(28)  # the writer's: how much each field changed
_WORDS = _CHANGES + _FIELDS

RUN = 23  # the field of a cursor that says the run
_RECORD = const(58)
RECORD_SIZE = _RECORD
HEADER_SIZE = 59


@micropython.viper
def append(c: ptr32, w: ptr32, ring: ptr8, counts: ptr8):  # type: ignore[no-untyped-def]
    """Write the readings ``c`` as the newest record; where a new block begins the oldest one is gone."""
    while 1:
        size = 3
        counted = 0
        field = 0
        while field < _FIELDS:
            new = c[_RUN] if field == _LAST else c[field]
            old = w[field]
            if field == 0:
                change = ((new - old) & _MASK) - w[_DT]
            else:
                if new >> 31 == 1:  # a 64-bit port loads words without their sign
                    new = new << 32 >> 32
                if old >> 31 == 1:
                    old = old << 32 >> 32
                change = new - old
                if field == _COUNTED:
                    counted = change
                elif field == _REMAINING:
                    change += counted
            w[_CHANGES + field] = change
            if change:
                if change < 0:
                    change = 0 - change
                change >>= 6
                size += 1
                while change:
                    change >>= 7
                    size += 1
            field += 1
        block = w[_AT_BLOCK]
        at = w[_AT]
        if at + size <= _BLOCK:
            break
        block = block + 1 if block + 1 < _BLOCKS else 0
        w[_AT_BLOCK] = block
        w[_AT] = 0
        c[_KEPT] = c[_KEPT] - counts[block]
        counts[block] = 0
        field = 0
        while field <= _DT:
            w[field] = 0
            field += 1

    w[_AT] = at + size
    counts[block] = counts[block] + 1
    c[_KEPT] = c[_KEPT] + 1
    at += block * _BLOCK
    to = at + 3
    mask = 0
    field = 0
    while field < _FIELDS:
        change = w[_CHANGES + field]
        if change:
            if change >> 31 == 1:
                change = change << 32 >> 32
            mask |= 1 << field
            first = 0
            if change < 0:
                change = 0 - change
                first = 0x40
            first |= change & 63
            change >>= 6
            while change:
                ring[to] = first | 0x80
                to += 1
                first = change & 127
                change >>= 7
            ring[to] = first
            to += 1
        if field == _LAST:
            w[field] = c[_RUN]
        elif field:
            w[field] = c[field]
        field += 1
    w[_DT] = (c[0] - w[0]) & _MASK
    w[0] = c[0]
    ring[at] = mask & 255
    ring[at + 1] = (mask >> 8) & 255
    ring[at + 2] = mask >> 16


@micropython.viper
def step(k: ptr32, ring: ptr8, counts: ptr8):  # type: ignore[no-untyped-def]
    """Let a cursor go on to the next record, which there must be; its fields are then in ``k[0..23]``."""
    block = k[_AT_BLOCK]
    if k[_INDEX] == counts[block]:
        block = block + 1 if block + 1 < _BLOCKS else 0
        k[_AT_BLOCK] = block
        k[_AT] = 0
        k[_INDEX] = 0
        field = 0
        while field <= _DT:
            k[field] = 0
            field += 1
    start = block * _BLOCK
    at = start + k[_AT]
    mask = ring[at] | ring[at + 1] << 8 | ring[at + 2] << 16
    at += 3
    counted = 0
    remaining = 0
    field = 0
    while mask:
        if mask & 1:
            byte = ring[at]
            at += 1
            change = byte & 63
            sign = byte & 64
            shift = 6
            while byte & 128:
                byte = ring[at]
                at += 1
                change |= (byte & 127) << shift
                shift += 7
            if sign:
                change = 0 - change
            if field == 0:
                k[_DT] = k[_DT] + change
            elif field == _REMAINING:
                remaining = change
            else:
                k[field] = k[field] + change
                if field == _COUNTED:
                    counted = change
        mask >>= 1
        field += 1
    k[_REMAINING] = k[_REMAINING] + remaining - counted
    k[0] = (k[0] + k[_DT]) & _MASK
    k[_AT] = at - start
    k[_INDEX] = k[_INDEX] + 1


@micropython.viper
def put_record(k: ptr32, out: ptr8, at: int):  # type: ignore[no-untyped-def]
    """Write a cursor's record to ``out[at:]`` as it travels: ``RECORD`` of the message table."""
    place = 0
    while place < 10:
        word = k[place]
        out[at] = word & 255
        out[at + 1] = (word >> 8) & 255
        out[at + 2] = (word >> 16) & 255
        out[at + 3] = (word >> 24) & 0x3F | (k[place + 1] & 3) << 6
        at += 4
        place += 2
    while place < 18:
        word = k[place]
        out[at] = word & 255
        out[at + 1] = (word >> 8) & 255
        out[at + 2] = (word >> 16) & 255
        out[at + 3] = (word >> 24) & 255
        at += 4
        place += 1
    out[at] = k[place] & 255  # late ticks
    out[at + 1] = (k[place] >> 8) & 255
    at += 2
    while place < 22:
        place += 1
        out[at] = k[place] & 255
        at += 1


@micropython.viper
def put_run(k: ptr32, ring: ptr8, counts: ptr8, out: ptr8, at: int, most: int) -> int:
    """Write a cursor's record and those that follow it in its run, at most so many, to ``out[at:]``; return
    how many.

    The cursor then stands at the last one; or at the next run's first one, if that came sooner.
    """
    run = k[_LAST]
    count = 0
    while True:
        put_record(k, out, at)
        count += 1
        if count == most:
            break
        step(k, ring, counts)
        if k[_LAST] != run:
            break
        at += _RECORD
    return count


@micropython.viper
def put_wide(k: ptr32, out: ptr8, at: int):  # type: ignore[no-untyped-def]
    """Write time and volumes of a cursor's record to ``out[at:]`` in full, 64 bits each."""
    place = 0
    while place < 10:
        low = k[place]
        high = k[place + 1]
        if high >> 31 == 1:  # a 64-bit port loads words without their sign
            high = high << 32 >> 32
        out[at] = low & 255
        out[at + 1] = (low >> 8) & 255
        out[at + 2] = (low >> 16) & 255
        out[at + 3] = (low >> 24) & 0x3F | (high & 3) << 6
        high >>= 2
        out[at + 4] = high & 255
        out[at + 5] = (high >> 8) & 255
        out[at + 6] = (high >> 16) & 255
        out[at + 7] = (high >> 24) & 255
        at += 8
        place += 2


class RecordRing:
    """``append(cells, writer, ring, counts)`` of this module writes; a ``Cursor`` reads."""

    def __init__(self) -> None:
        self.ring = bytearray(_BLOCKS * _BLOCK)
        self.counts = bytearray(_BLOCKS)  # records in each block
        self.writer = array("i", [0] * _WORDS)


class Cursor:
    """A place in the ring, and the record there: ``fields[0..23]``."""

    def __init__(self, ring: RecordRing) -> None:
        self._ring = ring
        self.fields = array("i", [0] * _CHANGES)

    def seek(self, age: int) -> None:
        """Stand before the record of that age, 1 being the newest, so that ``step`` goes on to it."""
        ring = self._ring
        fields = self.fields
        block: int = ring.writer[_AT_BLOCK]
        while age > ring.counts[block]:
            age -= ring.counts[block]
            block = (block if block else _BLOCKS) - 1
        for place in range(_DT + 1):
            fields[place] = 0
        fields[_AT_BLOCK] = block
        fields[_AT] = fields[_INDEX] = 0
        for _ in range(ring.counts[block] - age):
            step(fields, ring.ring, ring.counts)

    def step(self) -> None:
        """Go on to the next record, which there must be."""
        step(self.fields, self._ring.ring, self._ring.counts)

    def put_run(self, payload: bytearray, at: int, most: int) -> int:
        """See ``put_run`` of this module."""
        return put_run(self.fields, self._ring.ring, self._ring.counts, payload, at, most)
