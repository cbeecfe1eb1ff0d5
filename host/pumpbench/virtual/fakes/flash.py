"""The part of a chip's flash that is kept for data: NOR rules, in a file that outlives the board."""

from .power import PowerCut

_CHUNK = 256


class Flash:
    """``size``, ``sector_size``, ``read_into``, ``program`` and ``erase``; the power may fail at any byte.

    Erasing and programming take no virtual time; the emulated board shows what they cost on a chip.
    """

    sector_size = 4096
    size = 256 * 4096

    def __init__(self, path: str) -> None:
        self._file = _open(path, self.size)
        self._old = bytearray(_CHUNK)
        self._blank = bytearray(b"\xff" * _CHUNK)
        self._left = -1  # bytes until the power fails, -1: it does not
        self._powered = True

    def power_up(self) -> None:
        """Come back after a power failure."""
        self._left = -1
        self._powered = True

    def fail_after(self, count: int) -> None:
        """Let the power fail after `count` more bytes have been programmed or erased."""
        self._left = count

    def power_down(self) -> None:
        """Take no byte any more, whatever the firmware does while it is torn down."""
        self._powered = False

    def read_into(self, offset: int, buffer: bytearray) -> None:
        """Fill `buffer` from `offset`; ValueError outside the flash."""
        self._check(offset, len(buffer))
        self._file.seek(offset)
        self._file.readinto(buffer)

    def program(self, offset: int, buffer: bytes) -> None:
        """Clear the bits that are 0 in `buffer`; none can be set. ValueError outside the flash."""
        self._check(offset, len(buffer))
        view = memoryview(buffer)
        for start in range(0, len(buffer), _CHUNK):
            self._program_chunk(offset + start, view[start : start + _CHUNK])

    def erase(self, offset: int) -> None:
        """Set every bit of the sector that begins at `offset`; ValueError when none begins there."""
        self._check(offset, self.sector_size)
        if offset % self.sector_size:
            raise ValueError("no sector begins at %d" % offset)
        for start in range(0, self.sector_size, _CHUNK):
            self._write(offset + start, self._blank, _CHUNK)

    def _program_chunk(self, offset: int, data: "memoryview") -> None:
        length = len(data)
        old = self._old
        self._file.seek(offset)
        self._file.readinto(old)
        for i in range(length):
            old[i] &= data[i]
        self._write(offset, old, length)

    def _write(self, offset: int, data: bytearray, length: int) -> None:
        if not self._powered:
            raise PowerCut
        fails = 0 <= self._left < length
        if fails:
            length = self._left
        if length:
            self._file.seek(offset)
            self._file.write(memoryview(data)[:length])
        if fails:
            self._powered = False
            raise PowerCut
        if self._left > 0:
            self._left -= length

    def _check(self, offset: int, length: int) -> None:
        if offset < 0 or offset + length > self.size:
            raise ValueError("flash has %d bytes, not %d to %d" % (self.size, offset, offset + length))


def _open(path: str, size: int):  # type: ignore[no-untyped-def]
    """Open the image at `path`, made erased, or longer, where it is not there or too short."""
    try:
        file = open(path, "r+b", 0)  # noqa: SIM115 (kept for as long as the board lives)
    except OSError:
        file = open(path, "w+b", 0)  # noqa: SIM115
    length = file.seek(0, 2)
    blank = b"\xff" * 4096
    while length < size:
        length += file.write(blank[: size - length])
    file.flush()
    return file
