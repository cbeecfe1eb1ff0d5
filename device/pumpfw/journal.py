"""Documents that survive a power cut at any byte: the newest is found, or the one before it, never half.

A document is ``CRC-32 u32, length u16, kind u8, 0, data``, the CRC over all that follows it, written by one
program operation; its place in the ring is its age. The header of each sector notes where the newest document
of each kind lay when the sector was opened, so that a boot reads the sectors' headers and the documents of
the head alone.
"""

import struct
from array import array
from binascii import crc32

from pumpfw.errors import StorageFault
from pumpfw.flash_layout import SECTOR_SIZE
from pumpfw.sector_ring import is_blank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.flashlog import FlashLog

POSITION = 0
PROGRAM = 1
CALIBRATION = 2
RESERVOIRS = 3
SETTINGS = 4
BOOTS = 5  # the journal's own: boot count
EVENTS_STORED = 6  # the number of the last event that a host has stored
_KINDS = 8

MAX_DOCUMENT = 1024
_HEADER_SIZE = 8
_NONE = 0  # no document begins at offset 0: a sector's header lies there
_DAMAGED = 1
_LOST_COUNT = (
    1 << 20
)  # above every count of boots there can have been: tokens of sessions must not come again


class Journal:
    """``boot_count`` is counted up by construction; ``is_sound`` is False when it was not read or kept."""

    def __init__(self, flash_log: "FlashLog") -> None:
        self._flash = flash_log.flash
        self._ring = flash_log.journal
        self._where = array("I", [_NONE] * _KINDS)  # offset in flash of the newest document of each kind
        self._document = bytearray(_HEADER_SIZE + MAX_DOCUMENT)
        self._free = SECTOR_SIZE  # in the head sector, where the next document begins
        if self._ring.head >= 0:
            self._recover()
        self._ring.owner = self
        flash_log.prepare()
        self.is_sound = True
        self.boot_count = self._count_boot()

    def put(self, kind: int, data: "bytes | bytearray | memoryview") -> None:
        """Keep ``data`` (1024 bytes at most) as the newest document of its kind.

        Raises ``StorageFault`` when the flash does not hold it or no erased sector is left; the old one
        stays.
        """
        length = len(data)
        if length > MAX_DOCUMENT:
            raise StorageFault("a document of %d bytes is too long" % length)
        for _attempt in range(2):  # a sector that does not take it is left behind
            self._document[_HEADER_SIZE : _HEADER_SIZE + length] = data
            if self._write(kind, length, 1):
                return
        raise StorageFault("the journal cannot be written")

    def get(self, kind: int) -> "bytes | None":
        """The newest document of that kind, None when there is none; ``StorageFault`` when damaged."""
        offset = self._where[kind]
        if offset == _NONE:
            return None
        if offset == _DAMAGED or self._read(offset) != kind:
            raise StorageFault("document %d of the journal is damaged" % kind)
        return bytes(memoryview(self._document)[_HEADER_SIZE : _HEADER_SIZE + self._length()])

    def reclaim(self, sequence: int) -> bool:
        """Copy one document out of the sector; True when none is left in it."""
        start = self._ring.address(sequence)
        for kind in range(_KINDS):
            offset = self._where[kind]
            if start < offset < start + SECTOR_SIZE:
                if self._read(offset) == kind:
                    self._write(kind, self._length(), 0)
                else:
                    self._where[kind] = _DAMAGED
                return False
        return True

    def _write(self, kind: int, length: int, left_ready: int) -> bool:
        """Write the document whose data stand in the buffer, leaving so many sectors ready."""
        size = _HEADER_SIZE + length
        if self._free + size > SECTOR_SIZE:
            # The last one is for ``reclaim``, which must always be able to go on.
            if self._ring.ready <= left_ready or not self._ring.open_next(struct.pack("<8I", *self._where)):
                return False
            self._free = self._ring.header_size
        document = memoryview(self._document)[:size]
        struct.pack_into("<HBB", document, 4, length, kind, 0)
        crc = crc32(document[4:])
        struct.pack_into("<I", document, 0, crc)
        offset = self._ring.address(self._ring.head) + self._free
        self._flash.program(offset, document)
        self._free += size
        if self._read(offset) != kind or struct.unpack_from("<I", document, 0)[0] != crc:
            self._free = SECTOR_SIZE
            return False
        self._where[kind] = offset
        return True

    def _read(self, offset: int) -> int:
        """Read the document at that offset into the buffer and return its kind, -1 when it is none."""
        document = memoryview(self._document)
        self._flash.read_into(offset, document[:_HEADER_SIZE])
        crc, length, kind = struct.unpack_from("<IHB", document, 0)
        room = SECTOR_SIZE - offset % SECTOR_SIZE - _HEADER_SIZE
        if length > min(MAX_DOCUMENT, room) or kind >= _KINDS:
            return -1
        self._flash.read_into(offset + _HEADER_SIZE, document[_HEADER_SIZE : _HEADER_SIZE + length])
        return kind if crc32(document[4 : _HEADER_SIZE + length]) == crc else -1

    def _count_boot(self) -> int:
        try:
            stored = self.get(BOOTS)
            boot_count = (struct.unpack("<I", stored)[0] if stored else 0) + 1
        except StorageFault:
            self.is_sound = False
            boot_count = _LOST_COUNT + self._ring.head
        try:
            self.put(BOOTS, struct.pack("<I", boot_count))
        except StorageFault:
            self.is_sound = False
        return boot_count

    def _recover(self) -> None:
        for kind, offset in enumerate(struct.unpack("<8I", self._ring.note(self._ring.head))):
            self._where[kind] = offset
        start = self._ring.address(self._ring.head)
        at = self._ring.header_size
        while at + _HEADER_SIZE <= SECTOR_SIZE:
            kind = self._read(start + at)
            damaged = kind < 0
            length, marked = struct.unpack_from("<HB", self._document, 4)
            after = at + _HEADER_SIZE + length
            if damaged and (marked >= _KINDS or after >= SECTOR_SIZE or self._read(start + after) < 0):
                break  # the end, or what a power cut left
            self._where[marked] = _DAMAGED if damaged else start + at
            at = after
        # Behind a document that was cut nothing can be written.
        self._free = at if self._is_blank_from(start, at) else SECTOR_SIZE

    def _length(self) -> int:
        """Bytes of data of the document in the buffer."""
        return struct.unpack_from("<H", self._document, 4)[0]

    def _is_blank_from(self, sector: int, at: int) -> bool:
        chunk = memoryview(self._document)[:64]
        while at < SECTOR_SIZE:
            chunk = chunk[: SECTOR_SIZE - at]
            self._flash.read_into(sector + at, chunk)
            if not is_blank(chunk):
                return False
            at += len(chunk)
        return True
