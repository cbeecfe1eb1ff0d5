"""A log of equal, numbered records in a ring of sectors: events and summaries.

A slot is the record, whose first word is its number, and its CRC-32. Numbers rise. A slot that was cut while
it was written fails its CRC and is passed over. A position counts all slots since the ring's first sector:
``sequence * slots_in_sector + slot``.
"""

import struct
from binascii import crc32

from pumpfw.flash_layout import SECTOR_SIZE
from pumpfw.sector_ring import SectorRing, is_blank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.sector_ring import Flash

NOTE_SIZE = 4  # a sector's header notes the number of its first record


class SlotLog:
    """``end`` is the position after the newest slot, ``next_number`` one above the newest record's number."""

    def __init__(self, flash: "Flash", first_sector: int, count: int, record_size: int) -> None:
        self.ring = SectorRing(flash, first_sector, count, NOTE_SIZE, 1)
        self.record_size = record_size
        self.record = bytearray(record_size + 4)  # the slot that was read last
        self._flash = flash
        self._slot = bytearray(record_size + 4)
        self.slots_in_sector = (SECTOR_SIZE - self.ring.header_size) // (record_size + 4)
        # One sector may be just begun, one erased ahead.
        self.capacity = (count - 2) * self.slots_in_sector
        self.next_number = 1
        self.end = 0
        if self.ring.head >= 0:
            self._recover_head()

    def begin(self) -> int:
        """The position of the oldest slot."""
        return self.ring.tail * self.slots_in_sector

    def oldest_number(self) -> int:
        """The number of the oldest record, or of the next one when there is none."""
        if self.ring.head < 0:
            return self.next_number
        return self.first_number(self.ring.tail)

    def first_number(self, sequence: int) -> int:
        """The number of the first record in that sector."""
        return struct.unpack("<I", self.ring.note(sequence))[0]

    def append(self, record: "bytes | bytearray | memoryview") -> bool:
        """Write the record. False, and nothing kept, when no sector is ready or the flash did not take it."""
        if self.end == (self.ring.head + 1) * self.slots_in_sector and not self.ring.open_next(
            struct.pack("<I", self.next_number)
        ):
            return False
        slot = self._slot
        slot[0 : self.record_size] = record
        struct.pack_into("<I", slot, self.record_size, crc32(record))
        self._flash.program(self._address(self.end), slot)
        self.end += 1
        if not self.read(self.end - 1) or self.record != slot:
            return False
        self.next_number = struct.unpack_from("<I", slot, 0)[0] + 1
        return True

    def read(self, position: int) -> bool:
        """Read a slot into ``record``; False when it holds no whole record."""
        record = self.record
        self._flash.read_into(self._address(position), record)
        crc = struct.unpack_from("<I", record, self.record_size)[0]
        return crc32(memoryview(record)[: self.record_size]) == crc

    def number(self) -> int:
        """The number of the record that was read last."""
        return struct.unpack_from("<I", self.record, 0)[0]

    def seek(self, number: int) -> int:
        """The position of the first record with at least that number, ``end`` when there is none."""
        low = self.begin()
        high = self.end
        while low < high:
            middle = (low + high) // 2
            whole = middle
            while whole < high and not self.read(whole):
                whole += 1
            if whole < high and self.number() < number:
                low = whole + 1
            else:
                high = middle
        while low < self.end and not self.read(low):
            low += 1
        return low

    def _address(self, position: int) -> int:
        in_sector = self.slots_in_sector
        sector = self.ring.address(position // in_sector) + self.ring.header_size
        return sector + position % in_sector * (self.record_size + 4)

    def _recover_head(self) -> None:
        head = self.ring.head
        self.next_number = self.first_number(head)
        self.end = first = head * self.slots_in_sector
        for position in range(first, first + self.slots_in_sector):
            whole = self.read(position)
            if whole:
                self.next_number = self.number() + 1
            if whole or not is_blank(memoryview(self.record)):
                self.end = position + 1
