"""One-minute summaries in flash, 14 days of them: what is left of a run when the ring in memory has turned
over.

``second`` samples the readings and queues a summary each minute; ``service`` writes it. A record is laid out
as ``SUMMARY_RECORD`` of the message table.
"""

from struct import pack_into

from pumpfw.flashlog import SUMMARY_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.flashlog import FlashLog
    from pumpfw.readings import Readings

_SECOND_US = 1_000_000
_MINUTE_S = 60
_LOWEST_PA = -0x3FFFFFFF
_IN_A_FRAME = 17


class Summaries:
    """``fetch_due`` says that ``take_fetched`` has summaries to send."""

    def __init__(self, flash_log: "FlashLog", readings: "Readings") -> None:
        self._log = flash_log.summaries
        self._readings = readings
        self._record = bytearray(SUMMARY_SIZE)  # the one that waits to be written
        self._waiting = False
        self._seconds = readings.now_lo // _SECOND_US  # since boot
        self._samples = 0
        # A sum of sixty flows would leave the small integers: sum of quotients by 60, and of remainders.
        self._set_quotient = self._set_remainder = 0
        self._measured_quotient = self._measured_remainder = 0
        self._pressure_max_pa = _LOWEST_PA
        self._fetch = self._fetch_end = 0
        self.fetch_due = False
        self._log.ring.owner = self
        flash_log.prepare()
        self.capacity = self._log.capacity

    def service(self) -> bool:
        """Write the summary of the last minute. False when there is none, or no room until an erase."""
        if not self._waiting:
            return False
        pack_into("<I", self._record, 0, self._log.next_number)
        if not self._log.append(self._record):
            return False
        self._waiting = False
        return True

    def fetch(self, first: int, count: int) -> "tuple[int, int, int, int]":
        """Send summaries again: ``(first number, how many, oldest number, next number)``."""
        log = self._log
        oldest = log.oldest_number()
        first = min(max(first, oldest), log.next_number)
        count = min(count, log.next_number - first)
        self._fetch, self._fetch_end = log.seek(first), log.seek(first + count)
        self.fetch_due = count > 0
        return first, count, oldest, log.next_number

    def cancel_fetch(self) -> None:
        """Send no more of what was asked for."""
        self.fetch_due = False

    def take_fetched(self, payload: bytearray) -> int:
        """Copy as many of the fetched summaries into ``payload`` as fit one frame; returns the length."""
        log = self._log
        length = 0
        self._fetch = max(self._fetch, log.begin())
        while self._fetch < self._fetch_end and length < _IN_A_FRAME * SUMMARY_SIZE:
            if log.read(self._fetch):
                payload[length : length + SUMMARY_SIZE] = memoryview(log.record)[:SUMMARY_SIZE]
                length += SUMMARY_SIZE
            self._fetch += 1
        self.fetch_due = self._fetch < self._fetch_end
        return length

    def reclaim(self, _sequence: int) -> bool:
        """Let the oldest go."""
        return True

    def second(self) -> None:
        """Sample. To be called once a second of the board's time; allocates nothing."""
        self._seconds += 1
        readings = self._readings
        self._set_quotient += readings.set_nl_h // _MINUTE_S
        self._set_remainder += readings.set_nl_h % _MINUTE_S
        self._measured_quotient += readings.measured_nl_h // _MINUTE_S
        self._measured_remainder += readings.measured_nl_h % _MINUTE_S
        if readings.pressure_pa > self._pressure_max_pa:
            self._pressure_max_pa = readings.pressure_pa
        self._samples += 1
        if self._samples == _MINUTE_S:
            self._queue()

    def _queue(self) -> None:
        readings = self._readings
        pack_into(
            "<IHBBIiiHHi",
            self._record,
            0,
            0,  # the number comes when it is written
            readings.boot & 0xFFFF,
            readings.state,
            readings.segment,
            self._seconds,
            self._set_quotient + self._set_remainder // _MINUTE_S,
            self._measured_quotient + self._measured_remainder // _MINUTE_S,
            readings.counted_lo & 0xFFFF,
            (readings.counted_lo >> 16) | ((readings.counted_hi & 3) << 14),
            self._pressure_max_pa,
        )
        self._waiting = True
        self._samples = 0
        self._set_quotient = self._set_remainder = 0
        self._measured_quotient = self._measured_remainder = 0
        self._pressure_max_pa = _LOWEST_PA
