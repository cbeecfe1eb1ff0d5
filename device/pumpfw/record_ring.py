"""The latest telemetry records in memory, as differences: 18 bytes a record at most, as a rule, not 100.

The ring is blocks of 512 bytes. A block begins afresh, as after a record of zeros; the oldest block gives way
to a new one. A record is 24 bits that say which fields tell a difference, then each of those: six bits of
magnitude, a sign (0x40) and "more follows" (0x80) in the first byte, seven more bits in each that follows.
The fields are the first 23 places of ``readings.py`` and the run's number.

What most fields tell is how much they changed. Time, commanded and counted volume, steps and rotor go on as
they went before: they tell the change beside their last one (which counts as none from 2^24 on, so that
differences stay below 2^31). The remaining volume tells its change beside that of the counted one.
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

_BLOCKS = const(23)
_BLOCK = const(512)  # bytes
_LONGEST = const(124)  # bytes of a record
_COUNTED = const(4)
_REMAINING = const(15)  # of which the counted volume is taken, almost always
_LAST = const(23)  # the field that is the run's number
_STEADY = const(0x2115)  # bits by field: those that go on as before
_STEADY_FIELDS = const(14)
_STEADY_OR_REMAINING = const(0xA115)
_OFTEN = const(0x2F955)  # those that change in most records
_ALL = const(0xFFFFFF)
_FAST = const(0x1000000)
# Places after the fields in the arrays of writer and readers.
_CHANGES = const(24)  # the last change of a steady field, at half its place
_AT_BLOCK = const(31)
_AT = const(32)  # bytes of it that are written, or read
_INDEX = const(33)  # records of it that are read
_WORDS = const(34)

RUN = 23  # the field of a cursor that says the run
_RECORD = const(58)
RECORD_SIZE = _RECORD
HEADER_SIZE = 59


@micropython.viper
def append(c: ptr32, w: ptr32, ring: ptr8, counts: ptr8):  # type: ignore[no-untyped-def]
    """Write the readings ``c`` as the newest record; where a new block begins the oldest one is gone."""
    while 1:
        block = w[_AT_BLOCK]
        at = block * _BLOCK + w[_AT]
        to = at + 3
        mask = 0
        counted = 0
        # Upper limbs, set flow, alarms, late ticks, state, flags, segment, reservoir and run stay for long.
        others = c[1] ^ w[1] | c[3] ^ w[3] | c[5] ^ w[5] | c[7] ^ w[7] | c[9] ^ w[9] | c[10] ^ w[10]
        others |= c[16] ^ w[16] | c[18] ^ w[18] | c[19] ^ w[19] | c[20] ^ w[20] | c[21] ^ w[21]
        others |= c[22] ^ w[22] | c[_RUN] ^ w[_LAST]
        left = _ALL if others else _OFTEN
        kinds = _STEADY_OR_REMAINING
        field = 0
        while left:
            if left & 1:
                new = c[_RUN] if field == _LAST else c[field]
                old = w[field]
                if kinds & 1 or new != old:
                    w[field] = new
                    if new >> 31 == 1:  # a 64-bit port loads words without their sign
                        new = new << 32 >> 32
                    if old >> 31 == 1:
                        old = old << 32 >> 32
                    change = new - old
                    if field == _REMAINING:
                        change += counted
                    elif kinds & 1:
                        if field == 0:
                            change &= _MASK
                        elif field == _COUNTED:
                            counted = change
                        before = w[_CHANGES + (field >> 1)]
                        if before >> 31 == 1:
                            before = before << 32 >> 32
                        w[_CHANGES + (field >> 1)] = change if change > 0 - _FAST and change < _FAST else 0
                        change -= before
                    if change:
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
            left >>= 1
            kinds >>= 1
            field += 1
        if to <= (block + 1) * _BLOCK:
            break
        # What was written beyond this block lies in the oldest one, or behind the last one.
        block = block + 1 if block + 1 < _BLOCKS else 0
        c[_KEPT] = c[_KEPT] - counts[block]
        counts[block] = 0
        field = 0
        while field < _AT_BLOCK:
            w[field] = 0
            field += 1
        w[_AT_BLOCK] = block
        w[_AT] = 0
    w[_AT] = to - block * _BLOCK
    counts[block] = counts[block] + 1
    c[_KEPT] = c[_KEPT] + 1
    ring[at] = mask & 255
    ring[at + 1] = (mask >> 8) & 255
    ring[at + 2] = mask >> 16


@micropython.viper
def step(k: ptr32, ring: ptr8, counts: ptr8):  # type: ignore[no-untyped-def]
    """Let a cursor go on to the next record, which there must be; its fields are then in ``k[0..23]``."""
    block = k[_AT_BLOCK]
    if k[_INDEX] == counts[block]:
        block = block + 1 if block + 1 < _BLOCKS else 0
        field = 0
        while field < _AT_BLOCK:
            k[field] = 0
            field += 1
        k[_AT_BLOCK] = block
        k[_AT] = 0
        k[_INDEX] = 0
    start = block * _BLOCK
    at = start + k[_AT]
    mask = ring[at] | ring[at + 1] << 8 | ring[at + 2] << 16
    at += 3
    counted = 0
    remaining = 0
    field = 0
    while mask or field < _STEADY_FIELDS:
        change = 0
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
        if (_STEADY >> field) & 1:
            before = k[_CHANGES + (field >> 1)]
            if before >> 31 == 1:  # a 64-bit port loads words without their sign
                before = before << 32 >> 32
            change += before
            k[_CHANGES + (field >> 1)] = change if change > 0 - _FAST and change < _FAST else 0
            if field == _COUNTED:
                counted = change
        if field == _REMAINING:
            remaining = change
        elif change:
            k[field] = k[field] + change
        mask >>= 1
        field += 1
    k[_REMAINING] = k[_REMAINING] + remaining - counted
    k[0] = k[0] & _MASK
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
        self.ring = bytearray(_BLOCKS * _BLOCK + _LONGEST)
        self.counts = bytearray(_BLOCKS)  # records in each block
        self.writer = array("i", [0] * _WORDS)


class Cursor:
    """A place in the ring, and the record there: ``fields[0..23]``."""

    def __init__(self, ring: RecordRing) -> None:
        self._ring = ring
        self.fields = array("i", [0] * _WORDS)

    def seek(self, age: int) -> None:
        """Stand before the record of that age, 1 being the newest, so that ``step`` goes on to it."""
        ring = self._ring
        fields = self.fields
        block: int = ring.writer[_AT_BLOCK]
        while age > ring.counts[block]:
            age -= ring.counts[block]
            block = (block if block else _BLOCKS) - 1
        for place in range(_AT_BLOCK):
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
