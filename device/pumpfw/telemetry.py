"""Telemetry: a ring of the latest records in memory, a live stream from it, and back-fill of what a host
missed.

``record`` writes the readings to the ring (``record_ring.py``), at the record rate and whether or not anyone
listens.
"""

from struct import pack_into

import micropython
from micropython import const

from pumpfw.errors import Refused
from pumpfw.record_ring import HEADER_SIZE, RECORD_SIZE, RUN, Cursor, RecordRing, append, put_wide
from pumplink.states import BATCH_BACKFILL, REFUSED_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from pumpfw.readings import Readings

    ptr32 = array[int]

_PHASE = const(180)
_RECORDS_HZ = const(181)
_TICKS_HZ = const(182)
_KEPT = const(183)
_COUNTER_LO = const(184)
_COUNTER_HI = const(185)
_BATCH = const(186)
_IS_LIVE = const(187)
_LIVE_AGE = const(188)
_LIVE_DUE = const(189)
_FETCH_AGE = const(190)
_FETCH_LEFT = const(191)
_DROPPED = const(192)

_MASK = const(0x3FFFFFFF)

CAPACITY = 600  # records that fit at least, where every number changes: a minute at 10 Hz
MAX_BATCH = 7  # records that fit a frame
DEFAULT_HZ = 10
_FRAMES_HZ = 20  # a live record waits for others at most so long: 1/20 s
_WIDE_AT = HEADER_SIZE - 40


@micropython.viper
def is_record_due(c: ptr32) -> int:
    """Return whether a record is due in this tick."""
    phase = c[_PHASE] + c[_RECORDS_HZ]
    if phase < c[_TICKS_HZ]:
        c[_PHASE] = phase
        return 0
    c[_PHASE] = phase - c[_TICKS_HZ]
    return 1


@micropython.viper
def count_record(c: ptr32):  # type: ignore[no-untyped-def]
    """Number the record that was written, and note what waits to be sent."""
    if c[_COUNTER_LO] == _MASK:
        c[_COUNTER_LO] = 0
        c[_COUNTER_HI] = c[_COUNTER_HI] + 1
    else:
        c[_COUNTER_LO] = c[_COUNTER_LO] + 1
    age = c[_LIVE_AGE]
    if c[_IS_LIVE]:
        age += 1
        if age > c[_KEPT]:
            c[_DROPPED] = (c[_DROPPED] + age - c[_KEPT]) & _MASK
            age = c[_KEPT]
        c[_LIVE_AGE] = age
        if age >= c[_BATCH]:
            c[_LIVE_DUE] = 1
    elif age:
        c[_LIVE_AGE] = age + 1  # the rest of a stream that was stopped
    if c[_FETCH_LEFT]:
        c[_FETCH_AGE] = c[_FETCH_AGE] + 1


class Telemetry:
    """``max_hz`` is the highest record rate that port and tick allow; ``readings.dropped`` counts what the
    stream missed.

    ``readings.live_due`` and ``fetch_due`` say that ``take_live`` and ``take_fetched`` have a batch to send.
    """

    def __init__(self, cells: "array[int]", readings: "Readings", max_hz: int) -> None:
        self.max_hz = min(max_hz, readings.tick_hz)
        self.fetch_due = False
        self._cells = cells
        self._readings = readings
        self._ring = RecordRing()
        self._live = Cursor(self._ring)
        self._fetched = Cursor(self._ring)
        self._live_at = self._fetched_at = -1  # the number of the record that a cursor goes on to
        self._is_wanted = True  # the rate was not set to 0
        self._is_open = False  # there is a port to stream to
        # The ages count backwards from the next record, so that they stay small: live_age is that of the
        # oldest record not yet streamed, fetch_age that of the next one to send again.
        readings.records_hz = min(DEFAULT_HZ, self.max_hz)
        readings.ticks_hz = readings.tick_hz
        readings.batch = 1
        self.record = self._recorder()

    def _recorder(self) -> "Callable[[], None]":
        # Four names: a closure of more than five makes an object at each call.
        cells, writer, ring, counts = self._cells, self._ring.writer, self._ring.ring, self._ring.counts

        def record() -> None:
            """Write a record. To be called in a tick in which ``is_record_due``; allocates nothing."""
            append(cells, writer, ring, counts)
            count_record(cells)

        return record

    def set_rate(self, rate_hz: int) -> None:
        """Set record rate and stream; 0 stops the stream only. Raises ``Refused`` above ``max_hz``."""
        if rate_hz > self.max_hz:
            raise Refused(REFUSED_LIMIT, 0, rate_hz, 0, self.max_hz)
        if rate_hz:
            self._readings.records_hz = rate_hz
        self._is_wanted = rate_hz > 0
        self._decide()

    def set_live(self, is_open: bool) -> None:
        """Stream from now on; or, when nobody is there any more, drop what was not sent."""
        if is_open and not self._is_open:
            self._readings.live_age = 0
        self._is_open = is_open
        if not is_open:
            self._readings.live_age = self._readings.fetch_left = 0
            self.fetch_due = False
        self._decide()

    def fetch(self, first: int, count: int) -> "tuple[int, int, int, int]":
        """Send records again: ``(counter of the first, how many, oldest counter kept, next counter)``."""
        following = (self._readings.counter_hi << 30) | self._readings.counter_lo
        oldest = following - self._readings.kept
        first = min(max(first, oldest), following)
        self._readings.fetch_age = following - first
        self._readings.fetch_left = min(count, self._readings.fetch_age)
        self.fetch_due = self._readings.fetch_left > 0
        return first, self._readings.fetch_left, oldest, following

    def take_live(self, payload: bytearray) -> int:
        """Put the next batch of the stream into ``payload``; returns its length, 0 when there is none."""
        if self._readings.live_age > self._readings.kept:
            self._readings.live_age = self._readings.kept  # overwritten while the stream was stopped
        readings = self._readings
        length = self._take(self._live, self._live_at, payload, readings.live_age, readings.live_age, 0)
        readings.live_age -= self._records(length)
        self._live_at = ((readings.counter_hi << 30) | readings.counter_lo) - readings.live_age
        self._readings.live_due = self._is_batch_due()
        return length

    def take_fetched(self, payload: bytearray) -> int:
        """Put the next batch of a fetch into ``payload``; returns its length, 0 when there is none."""
        overwritten = self._readings.fetch_age - self._readings.kept
        if overwritten > 0:
            self._readings.fetch_age -= overwritten
            self._readings.fetch_left = max(0, self._readings.fetch_left - overwritten)
        readings = self._readings
        age, left = readings.fetch_age, readings.fetch_left
        length = self._take(self._fetched, self._fetched_at, payload, age, left, BATCH_BACKFILL)
        sent = self._records(length)
        readings.fetch_age -= sent
        readings.fetch_left -= sent
        self._fetched_at = ((readings.counter_hi << 30) | readings.counter_lo) - readings.fetch_age
        self.fetch_due = self._readings.fetch_left > 0
        return length

    def _decide(self) -> None:
        self._readings.is_live = 1 if self._is_open and self._is_wanted else 0
        self._readings.batch = min(MAX_BATCH, (self._readings.records_hz + _FRAMES_HZ - 1) // _FRAMES_HZ)
        self._readings.live_due = self._is_batch_due()

    def _is_batch_due(self) -> int:
        readings = self._readings
        return 1 if readings.live_age >= (readings.batch if readings.is_live else 1) else 0

    @staticmethod
    def _records(length: int) -> int:
        return (length - HEADER_SIZE) // RECORD_SIZE if length else 0

    def _take(self, cursor: Cursor, at: int, payload: bytearray, age: int, left: int, flags: int) -> int:
        """Put a batch of records from that age on, all of one run, into ``payload``; returns its length."""
        if not left:
            return 0
        readings = self._readings
        counter = ((readings.counter_hi << 30) | readings.counter_lo) - age
        if counter != at:
            cursor.seek(age)
        fields = cursor.fields
        cursor.step()
        run = fields[RUN]
        pack_into("<IIBHQ", payload, 0, readings.boot, run, flags, readings.records_hz, counter)
        put_wide(fields, payload, _WIDE_AT)
        count = cursor.put_run(payload, HEADER_SIZE, min(left, MAX_BATCH))
        if fields[RUN] != run:
            cursor.seek(age - count)
        return HEADER_SIZE + count * RECORD_SIZE
