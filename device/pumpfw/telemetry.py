"""Telemetry: a ring of the latest records in memory, a live stream from it, and back-fill of what a host
missed.

``tick`` packs the readings into the ring at the record rate, whether or not anyone listens. A record lies
there as it goes over the wire (``RECORD`` of the message table, low words of the wide fields). The words
above them and the run's number, for the header of a batch that begins with that record, hardly ever change:
they lie in a short table of *tops*, and a byte a record says which one is its own.
"""

import struct
from struct import pack_into

import micropython
from micropython import const

from pumpfw.errors import Refused
from pumplink.states import BATCH_BACKFILL, REFUSED_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from pumpfw.readings import Readings

    ptr8 = bytearray
    ptr32 = array[int]

_NOW_LO = const(0)
_NOW_HI = const(1)
_COMMANDED_HI = const(3)
_COUNTED_HI = const(5)
_MEASURED_HI = const(7)
_STEPS_HI = const(9)
_SET_NL_H = const(10)
_LATE_TICKS = const(18)
_STATE = const(19)
_RUN = const(26)
_PHASE = const(180)
_RECORDS_HZ = const(181)
_TICKS_HZ = const(182)
_SLOT = const(183)
_KEPT = const(184)
_COUNTER_LO = const(185)
_COUNTER_HI = const(186)
_BATCH = const(187)
_IS_LIVE = const(188)
_LIVE_AGE = const(189)
_LIVE_DUE = const(190)
_FETCH_AGE = const(191)
_FETCH_LEFT = const(192)
_DROPPED = const(193)
_TOP = const(194)
_TOP_TIME_HI = const(195)  # and of commanded, counted, measured, steps; then the run

_MASK = const(0x3FFFFFFF)
_CAPACITY = const(600)
_RECORD_SIZE = const(58)

CAPACITY = 600  # records: a minute at 10 Hz
RECORD_SIZE = 58
HEADER_SIZE = 59
MAX_BATCH = 7  # records that fit a frame
DEFAULT_HZ = 10
_FRAMES_HZ = 20  # a live record waits for others at most so long: 1/20 s
_TOPS = 16
_TOP_SIZE = 14
_RUN_AT = 10  # offset of the run's number in a top
_BATCH_HEADER = "<IIBHQHHHHHHHHHHHHHHHHHHHH"


@micropython.viper
def is_record_due(c: ptr32) -> int:
    """Return 0 when no record is due in this tick, 1 when one is, 2 when it needs another top."""
    phase = c[_PHASE] + c[_RECORDS_HZ]
    if phase < c[_TICKS_HZ]:
        c[_PHASE] = phase
        return 0
    c[_PHASE] = phase - c[_TICKS_HZ]
    place = _TOP_TIME_HI
    of = _NOW_HI
    while of <= _STEPS_HI:
        if c[place] != c[of]:
            return 2
        place += 1
        of += 2
    if c[place] != c[_RUN]:
        return 2
    return 1


@micropython.viper
def record(c: ptr32, ring: ptr8, top_of: ptr8):  # type: ignore[no-untyped-def]  # viper has no None
    """Write the readings to the ring as they travel, and count the record."""
    slot = c[_SLOT]
    top_of[slot] = c[_TOP]
    at = slot * _RECORD_SIZE
    place = _NOW_LO
    while place <= _STEPS_HI:
        word = c[place]
        ring[at] = word & 0xFF
        ring[at + 1] = (word >> 8) & 0xFF
        ring[at + 2] = (word >> 16) & 0xFF
        ring[at + 3] = (word >> 24) & 0x3F | (c[place + 1] & 3) << 6
        at += 4
        place += 2
    while place < _LATE_TICKS:
        word = c[place]
        ring[at] = word & 0xFF
        ring[at + 1] = (word >> 8) & 0xFF
        ring[at + 2] = (word >> 16) & 0xFF
        ring[at + 3] = (word >> 24) & 0xFF
        at += 4
        place += 1
    ring[at] = c[place] & 0xFF
    ring[at + 1] = (c[place] >> 8) & 0xFF
    ring[at + 2] = c[_STATE] & 0xFF
    ring[at + 3] = c[_STATE + 1] & 0xFF
    ring[at + 4] = c[_STATE + 2] & 0xFF
    ring[at + 5] = c[_STATE + 3] & 0xFF

    slot += 1
    c[_SLOT] = slot if slot < _CAPACITY else 0
    if c[_KEPT] < _CAPACITY:
        c[_KEPT] = c[_KEPT] + 1
    if c[_COUNTER_LO] == _MASK:
        c[_COUNTER_LO] = 0
        c[_COUNTER_HI] = c[_COUNTER_HI] + 1
    else:
        c[_COUNTER_LO] = c[_COUNTER_LO] + 1
    age = c[_LIVE_AGE]
    if c[_IS_LIVE]:
        age += 1
        if age > _CAPACITY:
            age = _CAPACITY
            c[_DROPPED] = (c[_DROPPED] - _MASK) & _MASK  # one more
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
        self._ring = bytearray(CAPACITY * RECORD_SIZE)
        self._top_of = bytearray(CAPACITY)
        self._tops = bytearray(_TOPS * _TOP_SIZE)
        self._wanted = bytearray(_TOP_SIZE)  # the top of the record that is being packed
        self._newest_top = 0
        self._is_wanted = True  # the rate was not set to 0
        self._is_open = False  # there is a port to stream to
        # The ages count backwards from the next record, so that they stay small: live_age is that of the
        # oldest record not yet streamed, fetch_age that of the next one to send again.
        readings.records_hz = min(DEFAULT_HZ, self.max_hz)
        readings.ticks_hz = readings.tick_hz
        readings.batch = 1
        self.tick = self._recorder()

    def _recorder(self) -> "Callable[[], None]":
        # Four names: a closure of more than five makes an object at each call.
        cells, ring, top_of, change_top = self._cells, self._ring, self._top_of, self._change_top

        def tick() -> None:
            """Write a record when it is time. To be called at the end of every tick; allocates nothing."""
            due = is_record_due(cells)
            if due:
                if due > 1:
                    change_top()
                record(cells, ring, top_of)

        return tick

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
        length = self._take(payload, self._readings.live_age, self._readings.live_age, 0)
        self._readings.live_age -= self._records(length)
        self._readings.live_due = self._is_batch_due()
        return length

    def take_fetched(self, payload: bytearray) -> int:
        """Put the next batch of a fetch into ``payload``; returns its length, 0 when there is none."""
        overwritten = self._readings.fetch_age - self._readings.kept
        if overwritten > 0:
            self._readings.fetch_age -= overwritten
            self._readings.fetch_left = max(0, self._readings.fetch_left - overwritten)
        length = self._take(payload, self._readings.fetch_age, self._readings.fetch_left, BATCH_BACKFILL)
        sent = self._records(length)
        self._readings.fetch_age -= sent
        self._readings.fetch_left -= sent
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

    def _change_top(self) -> None:
        """Use the top of the present readings; a new one takes the place of the oldest and its records."""
        now = self._readings
        now.top_time_hi = now.now_hi
        now.top_commanded_hi = now.commanded_hi
        now.top_counted_hi = now.counted_hi
        now.top_measured_hi = now.measured_hi
        now.top_steps_hi = now.steps_hi
        now.top_run = now.run
        # Sixteen more bits of each: nine years of microseconds, 280 m3.
        pack_into(
            "<HHHHHHH",
            self._wanted,
            0,
            now.now_hi >> 2 & 0xFFFF,
            now.commanded_hi >> 2 & 0xFFFF,
            now.counted_hi >> 2 & 0xFFFF,
            now.measured_hi >> 2 & 0xFFFF,
            now.steps_hi >> 2 & 0xFFFF,
            now.run & 0xFFFF,
            now.run >> 16,
        )
        at = self._tops.find(self._wanted)
        if at >= 0 and at % _TOP_SIZE == 0:
            self._readings.top = at // _TOP_SIZE
            return
        self._newest_top = (self._newest_top + 1) % _TOPS
        self._readings.top = self._newest_top
        self._forget(self._readings.top)
        at = self._readings.top * _TOP_SIZE
        for i in range(_TOP_SIZE):
            self._tops[at + i] = self._wanted[i]

    def _forget(self, top: int) -> None:
        """Keep only the records that are newer than the last one of that top."""
        slot = self._readings.slot
        for age in range(self._readings.kept):
            slot = (slot if slot else CAPACITY) - 1
            if self._top_of[slot] == top:
                self._readings.kept = age
                if self._readings.is_live and self._readings.live_age > age:
                    self._readings.dropped = (
                        self._readings.dropped + self._readings.live_age - age
                    ) & 0x3FFFFFFF
                    self._readings.live_age = age
                return

    def _take(self, payload: bytearray, age: int, left: int, flags: int) -> int:
        """Put a batch of records from that age on, all of one run, into ``payload``; returns its length."""
        if not left:
            return 0
        slot = self._readings.slot - age
        if slot < 0:
            slot += CAPACITY
        count = self._same_run(slot, min(left, MAX_BATCH))
        self._pack_header(payload, slot, age, flags)
        records = memoryview(self._ring)
        end = HEADER_SIZE + count * RECORD_SIZE
        payload[HEADER_SIZE:end] = records[slot * RECORD_SIZE : (slot + count) * RECORD_SIZE]
        return end

    def _same_run(self, slot: int, count: int) -> int:
        """How many of the records from ``slot`` on, without turning over, are of one run."""
        count = min(count, CAPACITY - slot)
        run = self._run_at(slot)
        for i in range(1, count):
            if self._run_at(slot + i) != run:
                return i
        return count

    def _run_at(self, slot: int) -> bytearray:
        at = self._top_of[slot] * _TOP_SIZE + _RUN_AT
        return self._tops[at : at + 4]

    def _pack_header(self, payload: bytearray, slot: int, age: int, flags: int) -> None:
        (
            time_0,
            time_1,
            commanded_0,
            commanded_1,
            counted_0,
            counted_1,
            measured_0,
            measured_1,
            steps_0,
            steps_1,
        ) = struct.unpack_from("<HHHHHHHHHH", self._ring, slot * RECORD_SIZE)
        time_2, commanded_2, counted_2, measured_2, steps_2, run_0, run_1 = struct.unpack_from(
            "<HHHHHHH", self._tops, self._top_of[slot] * _TOP_SIZE
        )
        pack_into(
            _BATCH_HEADER,
            payload,
            0,
            self._readings.boot,
            run_0 | run_1 << 16,
            flags,
            self._readings.records_hz,
            ((self._readings.counter_hi << 30) | self._readings.counter_lo) - age,
            time_0,
            time_1,
            time_2,
            0,
            commanded_0,
            commanded_1,
            commanded_2,
            0,
            counted_0,
            counted_1,
            counted_2,
            0,
            measured_0,
            measured_1,
            measured_2,
            0xFFFF if measured_2 & 0x8000 else 0,
            steps_0,
            steps_1,
            steps_2,
            0,
        )
