"""NOR flash in memory, whose power can fail at any byte. Runs on both interpreters."""

SECTOR = 4096
PAGE = 256


class PowerCut(BaseException):
    """The power is gone; nothing of the firmware runs on."""


class NorFlash:
    """``erases`` counts by sector. ``cut_after(n)``: n more bytes, then the power fails."""

    sector_size = SECTOR

    def __init__(self, size=1 << 20):
        self.size = size
        self.data = bytearray(size)
        for offset in range(0, size, SECTOR):
            self.data[offset : offset + SECTOR] = b"\xff" * SECTOR
        self.erases = [0] * (size // SECTOR)
        self.reads = 0
        self.written = 0  # bytes programmed or erased in all
        self.erase_starts = []  # ``written`` when each erase began
        self._left = -1
        self._noise = 0
        self.is_dead = False  # takes nothing any more

    def cut_after(self, count, noise=0):
        """Fail after ``count`` bytes. With ``noise`` the rest of the page, or sector, is hit at random."""
        self._left = count
        self._noise = noise

    def power_up(self):
        self._left = -1

    def read_into(self, offset, buffer):
        self.reads += len(buffer)
        buffer[:] = memoryview(self.data)[offset : offset + len(buffer)]

    def program(self, offset, buffer):
        count = len(buffer)
        taken = self._bytes_before_cut(count)
        for i in range(taken):
            old = self.data[offset + i]
            assert self.is_dead or old & buffer[i] == buffer[i], "programming sets no bits"
            if not self.is_dead:
                self.data[offset + i] = old & buffer[i]
        if taken < count:
            page_end = (offset + taken) // PAGE * PAGE + PAGE - offset
            for i in range(taken, min(page_end, count)):
                self.data[offset + i] &= buffer[i] | self._random_byte(0xFF)
            raise PowerCut

    def erase(self, offset):
        assert offset % SECTOR == 0
        self.erases[offset // SECTOR] += 1
        self.erase_starts.append(self.written)
        taken = self._bytes_before_cut(SECTOR)
        if not self.is_dead:
            self.data[offset : offset + taken] = b"\xff" * taken
        if taken < SECTOR:
            for i in range(taken, SECTOR if self._noise else taken):
                self.data[offset + i] |= self._random_byte(0)
            raise PowerCut

    def _bytes_before_cut(self, count):
        if 0 <= self._left < count:
            count = self._left
        elif self._left > 0:
            self._left -= count
        self.written += count
        return count

    def _random_byte(self, without_noise):
        if not self._noise:
            return without_noise
        self._noise = (self._noise * 1103515245 + 12345) & 0x3FFFFFFF
        return self._noise >> 16 & 0xFF
