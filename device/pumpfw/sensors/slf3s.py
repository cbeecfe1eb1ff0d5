"""Sensirion SLF3S-0600F flow sensor, SF06 protocol: start 0x3608 (water), then 9 bytes a reading: three
big-endian words, flow (10 counts a uL/min), temperature (200 counts a degree) and flags, each followed by
its CRC-8 (0x31, begun with 0xFF).
"""

from array import array

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import Board

    ptr8 = bytes | bytearray
    ptr32 = array[int]

_START = b"\x36\x08"
_STOP = b"\x3f\xf9"
_FRAME = const(9)  # bytes
_COUNT = const(0)  # places of what was read last
_TEMPERATURE_MC = const(1)
_SAME_READS = const(2)
_WARM_UP_READS = 2  # 60 ms at 20 Hz
_BAD_BEFORE_RESTART = 20


def _crc_table() -> bytes:
    table = bytearray(256)
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x31 if crc & 0x80 else crc << 1) & 0xFF
        table[byte] = crc
    return bytes(table)


@micropython.viper
def _decode(frame: ptr8, crc: ptr8, words: ptr32) -> int:
    """Put a frame's flow, temperature and number of equal flows in a row into ``words``. Return a record's
    flags for it: 1 valid, 2 air, 4 high flow; 0 where a checksum is wrong."""
    at = 0
    while at < _FRAME:
        if crc[crc[0xFF ^ frame[at]] ^ frame[at + 1]] != frame[at + 2]:
            return 0
        at += 3
    count = frame[0] << 8 | frame[1]
    if count > 0x7FFF:
        count -= 0x10000
    before = words[_COUNT]
    if before >> 31 == 1:  # a 64-bit port loads words without their sign
        before = before << 32 >> 32
    if count != before:
        words[_COUNT] = count
        words[_SAME_READS] = 0
    elif words[_SAME_READS] < 0xFFFFF:
        words[_SAME_READS] += 1
    temperature = frame[3] << 8 | frame[4]
    if temperature > 0x7FFF:
        temperature -= 0x10000
    words[_TEMPERATURE_MC] = temperature * 5
    return 1 | (frame[7] & 3) << 1


class FlowSensor:
    """Flow and temperature. ``read()`` allocates nothing and waits for no bus: it takes the frame that was
    asked for before, and asks for the next one. ``request()`` asks for a fresher one, half a ms before.

    ``words`` holds what was read last: the flow in counts, m°C, and the readings in a row with the same flow.
    """

    def __init__(self, board: "Board", address: int) -> None:
        self._board = board
        self._address = address
        self._fetch = board.i2c_fetch_into  # bound once: they are called 20 times a second in the tick
        self._ask = board.i2c_request
        self._decode = _decode
        self._frame = bytearray(_FRAME)
        self._crc = _crc_table()
        self._warm_up = -1  # readings until it is warm, -1: not started
        self._bad_reads = 0
        self.words = array("i", (0, 0, 0))

    @property
    def flow_count(self) -> int:
        """The flow that was read last, in the sensor's counts."""
        return self.words[_COUNT]

    @property
    def temperature_mc(self) -> int:
        """The temperature that was read last, in m°C."""
        return self.words[_TEMPERATURE_MC]

    @property
    def same_reads(self) -> int:
        """Readings in a row with the same flow."""
        return self.words[_SAME_READS]

    def request(self) -> None:
        """Ask the sensor for the frame that the next ``read()`` takes."""
        if self._warm_up == 0:
            self._ask(self._address, _FRAME)

    def read(self) -> int:
        """Take a reading, or start the sensor when it is not started. Return a record's flags for it, 0 for
        none."""
        if self._warm_up:
            return self._wake()
        flags = 0
        frame = self._frame
        if self._fetch(frame, _FRAME):
            flags = self._decode(frame, self._crc, self.words)
        self._ask(self._address, _FRAME)
        if flags:
            self._bad_reads = 0
            return flags
        return self._bad()

    def _wake(self) -> int:
        if self._warm_up > 0:
            self._warm_up -= 1
            self.request()
            return 0
        try:
            self._board.i2c_write(self._address, _START)
        except OSError:
            return self._bad()
        self._warm_up = _WARM_UP_READS
        return 0

    def _bad(self) -> int:
        self._bad_reads += 1
        if self._bad_reads >= _BAD_BEFORE_RESTART:  # it may have lost its power: start it again
            self._bad_reads = 0
            self._warm_up = -1
            try:
                self._board.i2c_write(self._address, _STOP)
            except OSError:
                return 0
        return 0
