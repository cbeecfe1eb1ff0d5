"""A Sensirion SF06 liquid flow sensor (SLF3S-0600F) as its bus sees it, measuring the modelled flow.

Commands, words, flags, scale and times: Sensirion's SF06 driver and data sheet.
"""

from .clock import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..plant.plant import Plant

ADDRESS = 0x08
SCALE = 10  # counts a uL/min
TEMPERATURE_SCALE = 200  # counts a degree
PRODUCT = 0x07030302  # SLF3S-0600F

_START_WATER = 0x3608
_START_ALCOHOL = 0x3615
_STOP = 0x3FF9
_SLEEP = 0x3677
_IDENTIFY = 0x367C
_IDENTIFY_2 = 0xE102
_FIRST_VALUE_US = 12_000
_READING = 9  # bytes of a whole one

_AIR = 1
_HIGH_FLOW = 2
_SMOOTHING = 32

_NOT_ACKNOWLEDGED = 5  # EIO
_round = round  # a name of the module is found sooner than a built-in one
# CRC-8, polynomial 0x31, start 0xFF, a nibble at a time
_CRC = bytes((0x00, 0x31, 0x62, 0x53, 0xC4, 0xF5, 0xA6, 0x97, 0xB9, 0x88, 0xDB, 0xEA, 0x7D, 0x4C, 0x1F, 0x2E))


def crc8(high: int, low: int) -> int:
    """Return Sensirion's checksum of a word: 0xBEEF gives 0x92."""
    crc = 0xFF ^ high
    crc = ((crc << 4) & 0xFF) ^ _CRC[crc >> 4]
    crc = ((crc << 4) & 0xFF) ^ _CRC[crc >> 4]
    crc ^= low
    crc = ((crc << 4) & 0xFF) ^ _CRC[crc >> 4]
    return ((crc << 4) & 0xFF) ^ _CRC[crc >> 4]


class FlowSensor:
    """``write`` and ``read_into`` as the bus calls them; OSError is a missing acknowledge.

    It keeps measuring while the board is reset, and forgets all when the supply fails.
    """

    def __init__(self, plant: "Plant", clock: Clock, sync: "Callable[[], None]") -> None:
        self._plant = plant
        self._sensor = plant.sensor
        self._clock = clock
        self._sync = sync
        self._slow = bytearray(6)  # the words of temperature and flags, which seldom change
        self._temperature_c = -300.0
        self._flags = 0
        self.power_up()

    def power_up(self) -> None:
        """Start idle."""
        self._mode = 0
        self._previous = 0
        self._ready_at = 0

    def write(self, buffer: bytes) -> None:
        """Take a command: two bytes, and for the liquid's commands nothing more."""
        if not self._sensor.answers or len(buffer) < 2:
            raise OSError(_NOT_ACKNOWLEDGED)
        command = (buffer[0] << 8) | buffer[1]
        if command in (_START_WATER, _START_ALCOHOL):
            self._mode = command
            self._ready_at = self._clock.now + _FIRST_VALUE_US
        elif command in (_STOP, _SLEEP):
            self._mode = 0
        elif command == _IDENTIFY_2 and self._previous == _IDENTIFY:
            self._mode = _IDENTIFY
        elif command != _IDENTIFY:
            raise OSError(_NOT_ACKNOWLEDGED)
        self._previous = command

    def read_into(self, buffer: bytearray) -> None:
        """Fill `buffer` with words and their checksums, as many as it holds."""
        sensor = self._sensor
        if not sensor.answers or not self._mode:
            raise OSError(_NOT_ACKNOWLEDGED)
        if self._mode == _IDENTIFY:
            self._put(buffer, 0, PRODUCT >> 16)
            self._put(buffer, 3, PRODUCT & 0xFFFF)
            for at in range(6, len(buffer), 3):
                self._put(buffer, at, at)
            return
        if self._clock.now < self._ready_at:
            raise OSError(_NOT_ACKNOWLEDGED)
        self._sync()
        plant = self._plant
        flow = _round(plant.flow_reading() * SCALE)
        self._put(buffer, 0, -32768 if flow < -32768 else 32767 if flow > 32767 else flow)
        flags = _SMOOTHING
        if sensor.air:
            flags |= _AIR
        if sensor.high_flow:
            flags |= _HIGH_FLOW
        if plant.temperature_c != self._temperature_c or flags != self._flags:
            self._temperature_c = plant.temperature_c
            self._flags = flags
            self._put(self._slow, 0, _round(plant.temperature_c * TEMPERATURE_SCALE))
            self._put(self._slow, 3, flags)
        if len(buffer) >= _READING:
            buffer[3:_READING] = self._slow
        elif len(buffer) >= 6:
            buffer[3:6] = self._slow[:3]
        if sensor.crc_bad:
            buffer[2] ^= 0xFF

    def _put(self, buffer: bytearray, at: int, word: int) -> None:
        if at + 3 <= len(buffer):
            high = (word >> 8) & 0xFF
            low = word & 0xFF
            buffer[at] = high
            buffer[at + 1] = low
            buffer[at + 2] = crc8(high, low)
