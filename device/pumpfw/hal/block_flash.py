"""Flash for journal, events and summaries on a chip whose whole storage belongs to a littlefs file system.

MicroPython leaves no part of the storage out of the file system. But the data of a file of exactly one block
(4096 bytes) lies in that block alone, with nothing of the file system's in it, and littlefs neither moves nor
touches it while nobody writes the file. So there is a folder of such files, and once it is known which block
each one has, these blocks are erased and programmed directly, sector by sector, by the rules of NOR flash.

``/journal/map`` holds the blocks' numbers and a checksum. At each start the files are counted, and some are
read: one that is missing, or that reads otherwise through the file system than in its block (someone has
copied the files back), means that the map is not that of these files, and all is laid out anew.
"""

import os
from array import array
from binascii import crc32

import micropython

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import ptr8

SECTOR_SIZE = 4096
_PAGE = 256  # bytes that are programmed at a time
_FOLDER = "/journal/"
_MAP = _FOLDER + "map"
_TAG = 16
_FILES = 64  # in a folder: littlefs reads all of it to find one, and a folder takes two blocks of its own
_SAMPLE = 31  # of so many files one is read at each start
_BLOCK_COUNT, _ERASE = 4, 6  # block device controls


class BlockFlash:
    """``size``, ``sector_size``, ``read_into``, ``program`` and ``erase`` over a block `device` as ``vfs``
    uses it, with `sectors` sectors."""

    sector_size = SECTOR_SIZE

    def __init__(self, device, sectors: int) -> None:  # type: ignore[no-untyped-def]
        self._control = device.ioctl
        self._read = device.readblocks
        self._write = device.writeblocks
        self._page = bytearray(_PAGE)
        self.size = sectors * SECTOR_SIZE
        blocks = _load_map(sectors)
        if blocks is None or not self._are_ours(blocks):
            blocks = lay_out(device, sectors)
        self._blocks = blocks

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """Fill `buffer` from `offset`; both ends lie in one sector."""
        self._read(self._blocks[offset >> 12], buffer, offset & 0xFFF)

    def program(self, offset: int, buffer: "bytes | bytearray | memoryview") -> None:
        """Clear the bits that are 0 in `buffer`; both ends lie in one sector."""
        block = self._blocks[offset >> 12]
        at = offset & 0xFFF
        done = 0
        while done < len(buffer):
            in_page = at & (_PAGE - 1)
            done = _lay(self._page, in_page, buffer, done, len(buffer))
            self._write(block, self._page, at - in_page)
            at += _PAGE - in_page

    def erase(self, offset: int) -> None:
        """Set every bit of the sector that begins at `offset`."""
        self._control(_ERASE, self._blocks[offset >> 12])

    def _are_ours(self, blocks: "array[int]") -> bool:
        """Whether all files are there, and some of them read as their blocks do."""
        whole = 0
        for first in range(0, len(blocks), _FILES):
            for entry in os.ilistdir(_folder(first)):
                if entry[3] == SECTOR_SIZE:  # type: ignore[misc]
                    whole += 1
        if whole != len(blocks):
            return False
        raw = bytearray(_TAG)
        seen = bytearray(_TAG)
        for index in range(0, len(blocks), _SAMPLE):
            self._read(blocks[index], raw, 0)
            with open(_name(index), "rb") as file:
                file.readinto(seen)
            if seen != raw:
                return False
        return True


def lay_out(device, sectors: int) -> "array[int]":  # type: ignore[no-untyped-def]
    """Make the files anew and return the numbers of their blocks. What they held is gone."""
    _if_possible(os.mkdir, _FOLDER[:-1])
    _if_possible(os.remove, _MAP)
    for first in range(0, sectors, _FILES):
        _if_possible(os.mkdir, _folder(first))
    tag = bytearray(_TAG)
    tag[:12] = os.urandom(12)
    rest = b"\xff" * (SECTOR_SIZE // 8)
    for index in range(sectors):
        tag[12] = index & 0xFF
        tag[13] = index >> 8
        with open(_name(index), "wb") as file:
            file.write(tag)
            file.write(rest[_TAG:])
            for _ in range(7):
                file.write(rest)
    blocks = array("H", [0xFFFF] * sectors)
    seen = bytearray(_TAG)
    for block in range(device.ioctl(_BLOCK_COUNT, 0)):
        device.readblocks(block, seen, 0)
        index = seen[12] | seen[13] << 8
        if seen[:12] == tag[:12] and index < sectors:
            blocks[index] = block
    with open(_MAP, "wb") as file:
        file.write(blocks)
        file.write(crc32(blocks).to_bytes(4, "little"))
    return blocks


def _load_map(sectors: int) -> "array[int] | None":
    blocks = array("H", bytearray(2 * sectors))
    try:
        with open(_MAP, "rb") as file:
            count = file.readinto(blocks)
            crc = file.read()
    except OSError:
        return None
    if count != 2 * sectors or crc != crc32(blocks).to_bytes(4, "little"):
        return None
    return blocks


def _folder(index: int) -> str:
    return _FOLDER + "%d" % (index // _FILES)


def _name(index: int) -> str:
    return _folder(index) + "/%d" % (index % _FILES)


def _if_possible(change, path: str) -> None:  # type: ignore[no-untyped-def]
    try:
        change(path)
    except OSError:  # it is there already, or gone already
        pass


@micropython.viper
def _lay(page: ptr8, at: int, data: ptr8, done: int, length: int) -> int:
    """Put data from `done` on into a blank page at `at`; return how far it got."""
    for i in range(256):
        page[i] = 0xFF
    while at < 256 and done < length:
        page[at] = data[done]
        at += 1
        done += 1
    return done
