"""A stretch of one boot's telemetry in memory, at several levels of detail.

A record's place follows from its counter, so that records may come in any order and more than once, and what
never came stays empty. Level n has bins of 16**n counters. Levels 0 (the records) and 1 lie in blocks that
can be given up, the higher ones, which are small, in one array each.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pumpbench.gui.models.bins import COLUMNS, NEVER_LAST, Bins, Times, Values

FACTOR = 16
BLOCK = FACTOR**4
"""Counters of a block: 11 minutes at 100 Hz, 2.6 MB."""
TRACK = 1 << 26
"""Counters of a track: more than a week at 100 Hz."""
RECORDS, FINE, COARSE = 0, 1, 2
_TOP = 4
_PER_BLOCK = {level: BLOCK // FACTOR**level for level in range(COARSE, _TOP + 1)}


@dataclass
class Block:
    """The records of BLOCK counters, and their bins of 16. Either can be given up, the records first."""

    values: Values | None
    time_us: Times | None
    fine: Bins | None

    @property
    def level(self) -> int:
        """The finest level that is kept."""
        return RECORDS if self.values is not None else FINE if self.fine is not None else COARSE


@dataclass(frozen=True)
class Slice:
    """Bins of a window, those without records left out. Bin i begins at counter ``index[i] * size``."""

    bins: Bins
    index: NDArray[np.int64]
    size: int


class Track:
    """Records `start` to ``start + TRACK - 1`` of a boot; counters here are counted from `start`."""

    def __init__(self, boot: int, start: int) -> None:
        self.boot = boot
        self.start = start
        self.first = TRACK
        """The lowest counter that is there."""
        self.last = -1
        """The highest one."""
        self.blocks: dict[int, Block] = {}
        self._numbers: list[int] = []  # of the blocks, in order
        self._base = 0  # number of the block that the higher levels' arrays begin with
        self._room = 0  # blocks that these arrays have room for
        self._levels: dict[int, Bins] = {level: Bins.empty(0) for level in _PER_BLOCK}

    # --- putting in ---

    def block_at(self, number: int) -> tuple[Block, bool]:
        """The block of this number, and whether it was made just now."""
        block = self.blocks.get(number)
        if block is not None:
            return block, False
        block = self.blocks[number] = Block(
            np.full((len(COLUMNS), BLOCK), np.nan, np.float32),
            np.full(BLOCK, NEVER_LAST, np.int64),
            Bins.empty(BLOCK // FACTOR),
        )
        self._numbers.insert(bisect_left(self._numbers, number), number)
        self._reach(number)
        return block, True

    def put(self, number: int, slots: NDArray[np.int64], values: Values, time_us: Times) -> None:
        """Put records into a block that still has its records; `slots` are their places in it."""
        block = self.blocks[number]
        assert block.values is not None
        assert block.time_us is not None
        assert block.fine is not None
        low, high = int(slots.min()), int(slots.max())
        if high - low + 1 == len(slots) and int(slots[0]) == low:
            block.values[:, low : high + 1] = values
            block.time_us[low : high + 1] = time_us
        else:
            block.values[:, slots] = values
            block.time_us[slots] = time_us
        self.first = min(self.first, number * BLOCK + low)
        self.last = max(self.last, number * BLOCK + high)
        low, high = low // FACTOR, high // FACTOR
        records = slice(low * FACTOR, (high + 1) * FACTOR)
        made = Bins.of_records(block.values[:, records], block.time_us[records]).joined(FACTOR)
        block.fine.put(low, made)
        below, offset = block.fine, 0
        for level in range(COARSE, _TOP + 1):
            low, high = low // FACTOR, high // FACTOR
            made = below.part(offset + low * FACTOR, offset + (high + 1) * FACTOR).joined(FACTOR)
            below, offset = self._levels[level], (number - self._base) * _PER_BLOCK[level]
            below.put(offset + low, made)

    def _reach(self, number: int) -> None:
        """Make room for a block in the higher levels' arrays."""
        if self._room and self._base <= number < self._base + self._room:
            return
        first = min(number, self._numbers[0])
        last = max(number, self._numbers[-1])
        room = max(4, 2 * self._room, last - first + 1)
        base = max(0, last - room + 1) if self._room and number < self._base else first
        for level, per_block in _PER_BLOCK.items():
            larger = Bins.empty(room * per_block)
            if self._room:
                kept_first = max(self._base, base)
                kept_last = min(self._base + self._room, base + room)
                old = self._levels[level].part(
                    (kept_first - self._base) * per_block, (kept_last - self._base) * per_block
                )
                larger.put((kept_first - base) * per_block, old)
            self._levels[level] = larger
        self._base, self._room = base, room

    # --- giving up ---

    def numbers(self) -> list[int]:
        """The numbers of the blocks, in order."""
        return list(self._numbers)

    def drop(self, number: int) -> None:
        """Forget a block wholly, the higher levels included."""
        del self.blocks[number]
        self._numbers.remove(number)
        for level, per_block in _PER_BLOCK.items():
            self._levels[level].put((number - self._base) * per_block, Bins.empty(per_block))
        self.first = max(self.first, self._numbers[0] * BLOCK) if self._numbers else TRACK

    # --- finding ---

    def span_us(self) -> tuple[int, int]:
        """The board's time of the first and of the last record; the track must have one."""
        top = self._levels[_TOP]
        return int(top.first_us.min()), int(top.last_us.max())

    def find(self, time_us: int, *, last: bool) -> int | None:
        """The counter of the first record at or after a time, or (`last`) of the last one at or before it.

        Of a block whose records were given up it is the first, or last, counter of a bin.
        """
        start, stop = 0, self._room * _PER_BLOCK[_TOP]
        base = self._base * BLOCK
        place = 0
        for level in range(_TOP, RECORDS - 1, -1):
            size = FACTOR**level
            if level >= COARSE:
                bins, shift = self._levels[level], 0
            else:
                block = self.blocks[(base + place) // BLOCK]
                if block.level > level:
                    return base + place + (FACTOR * size - 1 if last else 0)
                shift = ((base + place) // BLOCK) * BLOCK - base
                bins = block.fine if level == FINE else _records_of(block)  # type: ignore[assignment]
                assert bins is not None
            low, high = start - shift // size, stop - shift // size
            fits = bins.first_us[low:high] <= time_us if last else bins.last_us[low:high] >= time_us
            found = np.flatnonzero(fits)
            if not len(found):
                return None
            chosen = start + int(found[-1] if last else found[0])
            place = chosen * size
            start, stop = chosen * FACTOR, (chosen + 1) * FACTOR
        return base + place

    def window(self, from_us: int, until_us: int, most: int) -> Slice:
        """About `most` bins (at least 2) that cover a time, one record beyond each end included."""
        low, high = self.find(from_us, last=True), self.find(until_us, last=False)
        low = self.first if low is None else low
        high = self.last if high is None else high
        low, high = min(low, high), max(low, high)  # of bins that stand for given up records, both of one
        size = 1
        while high // size - low // size + 1 > most:
            size *= 2
        level = RECORDS
        while FACTOR ** (level + 1) <= size and level < _TOP:
            level += 1
        numbers = self._numbers
        numbers = numbers[bisect_left(numbers, low // BLOCK) : bisect_right(numbers, high // BLOCK)]
        while level < COARSE and any(self.blocks[number].level > level for number in numbers):
            level += 1
            size = max(size, FACTOR**level)
        low, high = low // size, high // size
        if level >= COARSE:
            return self._of_levels(level, size, low, high)
        return self._of_blocks(level, size, low, high, numbers)

    def _of_levels(self, level: int, size: int, low: int, high: int) -> Slice:
        step = FACTOR**level
        base = self._base * BLOCK // step
        start, stop = low * size // step - base, (high + 1) * size // step - base
        stored = self._levels[level]
        before, behind = max(0, -start), max(0, stop - len(stored))
        part = stored.part(max(0, start), min(stop, len(stored)))
        if before or behind:  # a bin of this window may be larger than what is there
            part = Bins.chain([Bins.empty(before), part, Bins.empty(behind)])
        bins = part.joined(size // step)
        there = bins.count > 0
        return Slice(bins.kept(there), np.flatnonzero(there) + low, size)

    def _of_blocks(self, level: int, size: int, low: int, high: int, numbers: list[int]) -> Slice:
        step = FACTOR**level
        parts, indices = [], []
        for number in numbers:
            block = self.blocks[number]
            begins = number * BLOCK // size
            first, last = max(low, begins), min(high, begins + BLOCK // size - 1)
            start, stop = (first - begins) * size // step, (last + 1 - begins) * size // step
            if level == FINE:
                assert block.fine is not None
                part = block.fine.part(start, stop)
            else:
                part = _records_of(block, start, stop)
            bins = part.joined(size // step)
            there = bins.count > 0
            parts.append(bins.kept(there))
            indices.append(np.flatnonzero(there) + first)
        if not parts:
            return Slice(Bins.empty(0), np.empty(0, np.int64), size)
        return Slice(Bins.chain(parts), np.concatenate(indices), size)


def _records_of(block: Block, start: int = 0, stop: int = BLOCK) -> Bins:
    assert block.values is not None
    assert block.time_us is not None
    return Bins.of_records(block.values[:, start:stop], block.time_us[start:stop])
