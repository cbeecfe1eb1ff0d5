"""Sensirion SLF3S-0600F flow sensor, SF06 protocol: start 0x3608 (water), then 9 bytes a reading: three
big-endian words, flow (10 counts a uL/min), temperature (200 counts a degree) and flags, each followed by
its CRC-8 (0x31, begun with 0xFF).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import Board

_START = b"\x36\x08"
_STOP = b"\x3f\xf9"
_AIR = 1
_HIGH_FLOW = 2
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


class FlowSensor:
    """``read()`` fills ``flow_count, temperature_mc, air, high_flow``; allocates nothing, and waits for no
    bus: it takes the frame that was asked for before, and asks for the next one. ``request()`` asks for a fresher
    one, at least half a millisecond before.

    ``valid`` is False while the sensor warms up, does not answer or answers with a wrong checksum;
    ``bad_reads`` counts such readings in a row, ``same_reads`` readings in a row with the same flow.
    """

    def __init__(self, board: "Board", address: int) -> None:
        self._board = board
        self._address = address
        self._buffer = bytearray(9)
        self._crc = _crc_table()
        self._warm_up = -1  # -1: not started
        self.valid = False
        self.flow_count = 0
        self.temperature_mc = 0
        self.air = False
        self.high_flow = False
        self.bad_reads = 0
        self.same_reads = 0

    def request(self) -> None:
        """Ask the sensor for the frame that the next ``read()`` takes."""
        if self._warm_up == 0:
            self._board.i2c_request(self._address, len(self._buffer))

    def read(self) -> bool:
        """Take a reading, or start the sensor when it is not started; True when it is a good one."""
        if self._warm_up < 0:
            self._start()
            return False
        if self._warm_up > 0:
            self._warm_up -= 1
            self.request()
            return False
        try:
            self._board.i2c_fetch_into(self._buffer)
        except OSError:
            self.request()
            return self._bad()
        self.request()
        if not self._is_whole():
            return self._bad()
        buffer = self._buffer
        flow = (buffer[0] << 8) | buffer[1]
        if flow > 0x7FFF:
            flow -= 0x10000
        temperature = (buffer[3] << 8) | buffer[4]
        if temperature > 0x7FFF:
            temperature -= 0x10000
        self.same_reads = self.same_reads + 1 if flow == self.flow_count and self.same_reads < 0xFFFFF else 0
        self.flow_count = flow
        self.temperature_mc = temperature * 5
        self.air = buffer[7] & _AIR != 0
        self.high_flow = buffer[7] & _HIGH_FLOW != 0
        self.bad_reads = 0
        self.valid = True
        return True

    def _is_whole(self) -> bool:
        buffer = self._buffer
        table = self._crc
        return (
            table[table[0xFF ^ buffer[0]] ^ buffer[1]] == buffer[2]
            and table[table[0xFF ^ buffer[3]] ^ buffer[4]] == buffer[5]
            and table[table[0xFF ^ buffer[6]] ^ buffer[7]] == buffer[8]
        )

    def _start(self) -> None:
        try:
            self._board.i2c_write(self._address, _START)
        except OSError:
            self._bad()
            return
        self._warm_up = _WARM_UP_READS

    def _bad(self) -> bool:
        self.valid = False
        self.bad_reads = (self.bad_reads + 1) & 0xFFFFF
        if self.bad_reads % _BAD_BEFORE_RESTART == 0:  # it may have lost its power: start it again
            self._warm_up = -1
            try:
                self._board.i2c_write(self._address, _STOP)
            except OSError:
                return False
        return False
