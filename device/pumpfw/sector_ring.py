"""A ring of flash sectors: filled one after the other, the oldest erased for the next, so that all wear
alike.

Every sector begins with a header: ``mark u32, sequence u32, note, CRC-32 u32`` (the CRC is over sequence and
note). The mark is programmed when an erase has ended, the rest when the sector is opened: a sector that was
cut in an erase, or while it was being opened, has no whole header and is erased again. The sector with
sequence ``s`` always lies at place ``s % count``; the highest sequence is the head, which is being written.
"""

import struct
from binascii import crc32

from pumpfw.flash_layout import SECTOR_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Flash(Protocol):
        """NOR flash: erasing sets all bits of a sector, programming clears some."""

        size: int

        def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
            """Fill ``buffer`` from ``offset``."""

        def program(self, offset: int, buffer: "bytes | bytearray | memoryview") -> None:
            """Clear bits."""

        def erase(self, offset: int) -> None:
            """Set all bits of the sector at ``offset``."""

    class Owner(Protocol):
        """Who keeps records in the ring."""

        def reclaim(self, sequence: int) -> bool:
            """Save what must live on of that sector. True: it may be erased now; False: ask again."""


_MARK = b"pB1\x5a"


class SectorRing:
    """``head`` and ``tail``: sequences of the sector in use and of the oldest; ``ready``: sectors erased
    ahead.

    ``reserve`` sectors are to be kept erased ahead of the head; ``note_size`` is that of the header's note,
    bytes.
    """

    def __init__(self, flash: "Flash", first_sector: int, count: int, note_size: int, reserve: int) -> None:
        self.flash = flash
        self.count = count
        self.reserve = reserve
        self.owner: "Owner | None" = None
        self.head = -1
        self.tail = 0
        self.ready = 0
        self.wants_erase = True
        self.header_size = 12 + note_size
        self._start = first_sector * SECTOR_SIZE
        self._header = bytearray(self.header_size)
        self._recover()

    def address(self, sequence: int) -> int:
        """Offset in flash of the sector with that sequence."""
        return self._start + sequence % self.count * SECTOR_SIZE

    def doomed(self) -> int:
        """The sequence that the next sector to be erased holds; below ``tail`` when it holds nothing."""
        return self.head + 1 + self.ready - self.count

    def erase_next(self) -> None:
        """Erase the sector after those that are ready. What it held is gone."""
        doomed = self.doomed()
        offset = self.address(doomed)
        self.tail = max(self.tail, doomed + 1)
        self.flash.erase(offset)
        self.flash.program(offset, _MARK)
        self._count_ready(self.ready + 1)

    def open_next(self, note: "bytes | bytearray") -> bool:
        """Make the next erased sector the head. False when none is ready."""
        if not self.ready:
            return False
        header = self._header
        header[0:4] = _MARK
        struct.pack_into("<I", header, 4, self.head + 1)
        header[8:-4] = note
        struct.pack_into("<I", header, self.header_size - 4, crc32(memoryview(header)[4:-4]))
        self.flash.program(self.address(self.head + 1) + 4, memoryview(header)[4:])
        self.head += 1
        self.ready -= 1
        self.wants_erase = self.ready < self.reserve
        return True

    def note(self, sequence: int) -> bytes:
        """The note in the header of that sector, which must be between ``tail`` and ``head``."""
        self.flash.read_into(self.address(sequence), self._header)
        return bytes(self._header[8:-4])

    def _recover(self) -> None:
        for place in range(self.count):
            self.head = max(self.head, self._sequence_at(place))
        self.tail = max(self.head, 0)
        while self.tail > 0 and self._sequence_at((self.tail - 1) % self.count) == self.tail - 1:
            self.tail -= 1
        self._count_ready(0)

    def _count_ready(self, at_least: int) -> None:
        self.ready = at_least
        while self.ready < self.reserve and self._is_clean((self.head + 1 + self.ready) % self.count):
            self.ready += 1
        self.wants_erase = self.ready < self.reserve

    def _sequence_at(self, place: int) -> int:
        """The sequence of the sector at that place, -1 when it was not opened whole."""
        header = self._header
        self.flash.read_into(self._start + place * SECTOR_SIZE, header)
        mark, sequence = struct.unpack_from("<4sI", header, 0)
        if mark != _MARK or sequence % self.count != place:  # a boot looks at all: the checksum comes last
            return -1
        if crc32(memoryview(header)[4:-4]) != struct.unpack_from("<I", header, len(header) - 4)[0]:
            return -1
        return sequence

    def _is_clean(self, place: int) -> bool:
        """Whether the sector at that place was erased to the end and not touched since."""
        header = self._header
        self.flash.read_into(self._start + place * SECTOR_SIZE, header)
        return header[0:4] == _MARK and is_blank(memoryview(header)[4:])


_BLANK = memoryview(b"\xff" * 64)


def is_blank(data: memoryview) -> bool:
    """Whether flash of at most 64 bytes was not programmed since the last erase."""
    return data == _BLANK[: len(data)]
