"""Telemetry: a ring of the latest records in memory, a live stream from it, and back-fill of what a host
missed.

``tick`` packs the readings into the ring at the record rate, whether or not anyone listens. A record lies
there as it goes over the wire (``RECORD`` of the message table, low words of the wide fields). The words
above them and the run's number, for the header of a batch that begins with that record, hardly ever change:
they lie in a short table of *tops*, and a byte a record says which one is its own.
"""

import struct
from struct import pack_into

from pumpfw.errors import Refused
from pumplink.states import BATCH_BACKFILL, REFUSED_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.readings import Readings

CAPACITY = 600  # records: a minute at 10 Hz
RECORD_SIZE = 58
HEADER_SIZE = 59
MAX_BATCH = 7  # records that fit a frame
DEFAULT_HZ = 10
_FRAMES_HZ = 20  # a live record waits for others at most so long: 1/20 s
_TOPS = 16
_TOP_SIZE = 14
_RUN = 10  # offset of the run's number in a top
_BATCH_HEADER = "<IIBHQHHHHHHHHHHHHHHHHHHHH"


class Telemetry:
    """``max_hz`` is the highest record rate that port and tick allow; ``dropped`` counts what the stream
    missed.

    ``live_due`` and ``fetch_due`` say that ``take_live`` and ``take_fetched`` have a batch to send.
    """

    def __init__(self, readings: "Readings", max_hz: int) -> None:
        self.max_hz = min(max_hz, readings.tick_hz)
        self.rate_hz = min(DEFAULT_HZ, self.max_hz)
        self.dropped = 0
        self.live_due = False
        self.fetch_due = False
        self._readings = readings
        self._tick_hz = readings.tick_hz
        self._phase = 0
        self._ring = bytearray(CAPACITY * RECORD_SIZE)
        self._top_of = bytearray(CAPACITY)
        self._tops = bytearray(_TOPS * _TOP_SIZE)
        self._wanted = bytearray(_TOP_SIZE)  # the top of the record that is being packed
        self._newest_top = 0
        self._top = 0  # the one in use, and the readings that it was made of
        self._time_hi = self._commanded_hi = self._counted_hi = self._measured_hi = self._steps_hi = 0
        self._run = 0
        self._slot = 0  # where the next record goes
        self._kept = 0  # records in the ring
        self._counter_lo = 0  # of the next record, limbs of 2^30
        self._counter_hi = 0
        self._is_wanted = True  # the rate was not set to 0
        self._is_open = False  # there is a port to stream to
        self._is_live = False  # both
        self._batch = 1
        # Both count backwards from the next record, so that they stay small.
        self._live_age = 0  # the oldest record not yet streamed
        self._fetch_age = 0  # the next record to send again ...
        self._fetch_left = 0  # ... and how many from there on

    def tick(self) -> None:
        """Pack a record when it is time. To be called at the end of every tick; allocates nothing."""
        phase = self._phase + self.rate_hz
        if phase < self._tick_hz:
            self._phase = phase
            return
        self._phase = phase - self._tick_hz
        self._pack()
        slot = self._slot + 1
        self._slot = slot if slot < CAPACITY else 0
        if self._kept < CAPACITY:
            self._kept += 1
        if self._counter_lo == 0x3FFFFFFF:
            self._counter_lo = 0
            self._counter_hi += 1
        else:
            self._counter_lo += 1
        if self._is_live:
            self._live_age += 1
            if self._live_age > CAPACITY:
                self._live_age = CAPACITY
                self.dropped = (self.dropped + 1) & 0x3FFFFFFF
            if self._live_age >= self._batch:
                self.live_due = True
        elif self._live_age:
            self._live_age += 1  # the rest of a stream that was stopped
        if self._fetch_left:
            self._fetch_age += 1

    def set_rate(self, rate_hz: int) -> None:
        """Set record rate and stream; 0 stops the stream only. Raises ``Refused`` above ``max_hz``."""
        if rate_hz > self.max_hz:
            raise Refused(REFUSED_LIMIT, 0, rate_hz, 0, self.max_hz)
        if rate_hz:
            self.rate_hz = rate_hz
        self._is_wanted = rate_hz > 0
        self._decide()

    def set_live(self, is_open: bool) -> None:
        """Stream from now on; or, when nobody is there any more, drop what was not sent."""
        if is_open and not self._is_open:
            self._live_age = 0
        self._is_open = is_open
        if not is_open:
            self._live_age = self._fetch_left = 0
            self.fetch_due = False
        self._decide()

    def fetch(self, first: int, count: int) -> "tuple[int, int, int, int]":
        """Send records again: ``(counter of the first, how many, oldest counter kept, next counter)``."""
        following = (self._counter_hi << 30) | self._counter_lo
        oldest = following - self._kept
        first = min(max(first, oldest), following)
        self._fetch_age = following - first
        self._fetch_left = min(count, self._fetch_age)
        self.fetch_due = self._fetch_left > 0
        return first, self._fetch_left, oldest, following

    def take_live(self, payload: bytearray) -> int:
        """Put the next batch of the stream into ``payload``; returns its length, 0 when there is none."""
        if self._live_age > self._kept:
            self._live_age = self._kept  # overwritten while the stream was stopped
        length = self._take(payload, self._live_age, self._live_age, 0)
        self._live_age -= self._records(length)
        self.live_due = self._live_age >= (self._batch if self._is_live else 1)
        return length

    def take_fetched(self, payload: bytearray) -> int:
        """Put the next batch of a fetch into ``payload``; returns its length, 0 when there is none."""
        overwritten = self._fetch_age - self._kept
        if overwritten > 0:
            self._fetch_age -= overwritten
            self._fetch_left = max(0, self._fetch_left - overwritten)
        length = self._take(payload, self._fetch_age, self._fetch_left, BATCH_BACKFILL)
        sent = self._records(length)
        self._fetch_age -= sent
        self._fetch_left -= sent
        self.fetch_due = self._fetch_left > 0
        return length

    def _decide(self) -> None:
        self._is_live = self._is_open and self._is_wanted
        self._batch = min(MAX_BATCH, (self.rate_hz + _FRAMES_HZ - 1) // _FRAMES_HZ)
        self.live_due = self._live_age >= (self._batch if self._is_live else 1)

    @staticmethod
    def _records(length: int) -> int:
        return (length - HEADER_SIZE) // RECORD_SIZE if length else 0

    def _pack(self) -> None:
        """Write the readings to the ring, wide ones as 16-bit words: a u32 is no small integer on a chip."""
        now = self._readings
        time_lo = now.now_lo
        commanded_lo = now.commanded_lo
        counted_lo = now.counted_lo
        measured_lo = now.measured_lo
        steps_lo = now.steps_lo
        time_hi = now.now_hi
        commanded_hi = now.commanded_hi
        counted_hi = now.counted_hi
        measured_hi = now.measured_hi
        steps_hi = now.steps_hi
        pack_into(
            "<HHHHHHHHHHiiiIiIIiHBBBB",
            self._ring,
            self._slot * RECORD_SIZE,
            time_lo & 0xFFFF,
            time_lo >> 16 | (time_hi & 3) << 14,
            commanded_lo & 0xFFFF,
            commanded_lo >> 16 | (commanded_hi & 3) << 14,
            counted_lo & 0xFFFF,
            counted_lo >> 16 | (counted_hi & 3) << 14,
            measured_lo & 0xFFFF,
            measured_lo >> 16 | (measured_hi & 3) << 14,
            steps_lo & 0xFFFF,
            steps_lo >> 16 | (steps_hi & 3) << 14,
            now.set_nl_h,
            now.flow_nl_h,
            now.measured_nl_h,
            now.rotor_mdeg,
            now.pressure_pa,
            now.remaining_nl,
            now.alarms_latched,
            now.temperature_mc,
            now.late_ticks & 0xFFFF,
            now.state,
            now.flags,
            now.segment,
            now.reservoir,
        )
        if (
            time_hi != self._time_hi
            or counted_hi != self._counted_hi
            or commanded_hi != self._commanded_hi
            or measured_hi != self._measured_hi
            or steps_hi != self._steps_hi
            or now.run != self._run
        ):
            self._change_top()
        self._top_of[self._slot] = self._top

    def _change_top(self) -> None:
        """Use the top of the present readings; a new one takes the place of the oldest and its records."""
        now = self._readings
        self._time_hi = now.now_hi
        self._commanded_hi = now.commanded_hi
        self._counted_hi = now.counted_hi
        self._measured_hi = now.measured_hi
        self._steps_hi = now.steps_hi
        self._run = now.run
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
            self._top = at // _TOP_SIZE
            return
        self._newest_top = (self._newest_top + 1) % _TOPS
        self._top = self._newest_top
        self._forget(self._top)
        at = self._top * _TOP_SIZE
        for i in range(_TOP_SIZE):
            self._tops[at + i] = self._wanted[i]

    def _forget(self, top: int) -> None:
        """Keep only the records that are newer than the last one of that top."""
        slot = self._slot
        for age in range(self._kept):
            slot = (slot if slot else CAPACITY) - 1
            if self._top_of[slot] == top:
                self._kept = age
                if self._is_live and self._live_age > age:
                    self.dropped = (self.dropped + self._live_age - age) & 0x3FFFFFFF
                    self._live_age = age
                return

    def _take(self, payload: bytearray, age: int, left: int, flags: int) -> int:
        """Put a batch of records from that age on, all of one run, into ``payload``; returns its length."""
        if not left:
            return 0
        slot = self._slot - age
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
        at = self._top_of[slot] * _TOP_SIZE + _RUN
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
            self.rate_hz,
            ((self._counter_hi << 30) | self._counter_lo) - age,
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
