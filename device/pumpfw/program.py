"""Programs: staged piece by piece, checked as a whole, named by a digest, and only then committed."""

import hashlib
import struct
from array import array

from pumpfw.config import Config
from pumpfw.errors import Refused
from pumpfw.keeper import Keeper
from pumpfw.limits import Limits
from pumplink.numbers import MAX_SEGMENTS, SMALL
from pumplink.states import (
    COMMITTED,
    EVENT_PROGRAM_COMMITTED,
    PAUSE,
    RAMP,
    REFUSED_DIGEST,
    REFUSED_INCOMPLETE,
    REFUSED_LIMIT,
    REFUSED_NOTHING,
    REFUSED_RANGE,
    SEGMENT_BOLUS,
    SEGMENT_KEEP_OPEN,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A segment is so many cells: kind, reservoir, rate, to_rate, volume, duration, seconds that a ramp takes.
CELLS = 7
_HEADER = "<24sBBiHB"  # program_begin after session and request
_SEGMENT = "<BBBiiII"  # program_segment after session and request
_RATE, _TO_RATE, _VOLUME, _DURATION = 3, 4, 5, 6  # fields of a segment
_KEEP_OPEN, _REPEAT = 3, 4  # fields of the header


class Program:
    """One program: header fields, cells, and what its total comes to (``volume_nl``, ``duration_s``,
    ``peak_nl_h``)."""

    def __init__(self) -> None:
        self.name = b""
        self.mode = 0
        self.on_link_lost = 0
        self.keep_open_nl_h = 0
        self.repeat = 0
        self.segments = 0  # 0: no program
        self.cells = array("i", [0] * (MAX_SEGMENTS * CELLS))
        self.digest = b""  # empty until it is complete and checked
        self.volume_nl = 0
        self.duration_s = 0
        self.peak_nl_h = 0

    def header(self) -> "list[Any]":
        """Return the fields of program_begin."""
        return [self.name, self.mode, self.on_link_lost, self.keep_open_nl_h, self.repeat, self.segments]

    def segment(self, index: int) -> "list[int]":
        """Return the fields of program_segment."""
        return [index] + list(self.cells[index * CELLS : index * CELLS + 6])

    def pack(self) -> bytes:
        """Return the canonical bytes: header and segments as they travel, without session and request."""
        parts = [struct.pack(_HEADER, *self.header())]
        parts += [struct.pack(_SEGMENT, *self.segment(i)) for i in range(self.segments)]
        return b"".join(parts)

    def total(self) -> None:
        """Work out volume, duration, peak and digest of all repeats."""
        carry = volume_nl = duration_s = peak = 0
        for i in range(self.segments):
            kind, _, rate, to_rate, by_volume_nl, by_time_s, ramp_s = self.cells[
                i * CELLS : i * CELLS + CELLS
            ]
            if kind == SEGMENT_KEEP_OPEN and rate == 0:
                rate = self.keep_open_nl_h
            highest = max(rate, to_rate) if kind == RAMP else rate
            peak = max(peak, 0 if kind == PAUSE else highest)
            if by_volume_nl:
                volume_nl += by_volume_nl
                duration_s += ramp_s if kind == RAMP else -(-by_volume_nl * 3600 // rate)
            else:
                duration_s += by_time_s
                carry += segment_nl_s(kind, rate, to_rate, by_time_s)
        self.volume_nl = volume_nl * self.repeat + carry * self.repeat // 3600
        self.duration_s = duration_s * self.repeat
        self.peak_nl_h = peak
        self.digest = hashlib.sha256(self.pack()).digest()[:8]


class Programs:
    """The staged and the committed program."""

    def __init__(self, config: Config, limits: Limits, keeper: Keeper, slowest_nl_h: int) -> None:
        self._config = config
        self._limits = limits
        self._keeper = keeper
        self._slowest_nl_h = slowest_nl_h
        self.staged = Program()
        self.committed = Program()
        self._missing = 0  # bits by segment

    def begin(self, values: "list[Any]") -> None:
        """Begin to stage a program; what was staged before is gone."""
        name, mode, on_link_lost, keep_open, repeat, segments = values
        if keep_open:
            self._limits.check_flow(keep_open, _KEEP_OPEN, self._slowest_nl_h)
        if not 1 <= segments <= MAX_SEGMENTS:
            raise Refused(REFUSED_RANGE, 5, segments, 1, MAX_SEGMENTS)
        if repeat < 1:
            raise Refused(REFUSED_RANGE, _REPEAT, repeat, 1, 10_000)
        staged = self.staged
        staged.name, staged.mode, staged.on_link_lost, staged.keep_open_nl_h = (
            name,
            mode,
            on_link_lost,
            keep_open,
        )
        staged.repeat, staged.segments = repeat, segments
        staged.digest = b""
        self._missing = (1 << segments) - 1

    def add_segment(self, values: "list[int]") -> None:
        """Take one segment of the staged program; again is allowed, and replaces it."""
        index = values[0]
        if not self.staged.segments:
            raise Refused(REFUSED_NOTHING)
        if index >= self.staged.segments:
            raise Refused(REFUSED_RANGE, 0, index, 0, self.staged.segments - 1)
        ramp_s = self._check_segment(values)
        at = index * CELLS
        for i in range(6):
            self.staged.cells[at + i] = values[i + 1]
        self.staged.cells[at + 6] = ramp_s
        self.staged.digest = b""
        self._missing &= ~(1 << index)

    def stage(self) -> "tuple[bytes, int, int, int]":
        """Return digest, volume in nL, duration in s and peak flow in nL/h of the complete staged program."""
        staged = self.staged
        if not staged.segments:
            raise Refused(REFUSED_NOTHING)
        for index in range(staged.segments):
            if self._missing >> index & 1:
                raise Refused(REFUSED_INCOMPLETE, index)
        staged.total()
        return staged.digest, staged.volume_nl, staged.duration_s, staged.peak_nl_h

    def get(self, slot: int) -> "tuple[bytes, list[Any]]":
        """Return digest (zeros while it is not staged whole) and header of a slot."""
        program = self._slot(slot)
        return program.digest or bytes(8), program.header()

    def get_segment(self, slot: int, index: int) -> "list[int]":
        """Return the fields of a segment of a slot."""
        program = self._slot(slot)
        if index >= program.segments or (slot != COMMITTED and self._missing >> index & 1):
            raise Refused(REFUSED_NOTHING)
        return program.segment(index)

    def commit(self, digest: bytes) -> None:
        """Make the staged program the one that start runs; only while no run is open."""
        staged = self.staged
        if not staged.segments:
            raise Refused(REFUSED_NOTHING)
        if not staged.digest or bytes(digest) != staged.digest:
            raise Refused(REFUSED_DIGEST)
        self._keeper.refuse_unless_idle()
        data = staged.pack()
        self._keeper.put_program(data)
        self.restore(data)
        first = struct.unpack(">I", staged.digest[:4])[0] >> 1
        self._keeper.events.add(EVENT_PROGRAM_COMMITTED, staged.segments, first, 0)

    def restore(self, data: bytes) -> None:
        """Take the canonical bytes of a program as the committed one."""
        program = self.committed
        header = struct.unpack_from(_HEADER, data)
        (
            program.name,
            program.mode,
            program.on_link_lost,
            program.keep_open_nl_h,
            program.repeat,
            program.segments,
        ) = header
        for i in range(program.segments):
            values = struct.unpack_from(
                _SEGMENT, data, struct.calcsize(_HEADER) + i * struct.calcsize(_SEGMENT)
            )
            for j in range(6):
                program.cells[i * CELLS + j] = values[j + 1]
            program.cells[i * CELLS + 6] = seconds_of_ramp(
                values[1], values[3], values[4], values[5], values[6]
            )
        program.total()

    def _slot(self, slot: int) -> Program:
        program = self.committed if slot == COMMITTED else self.staged
        if not program.segments:
            raise Refused(REFUSED_NOTHING)
        return program

    def _check_segment(self, values: "list[int]") -> int:
        _, kind, reservoir, rate, to_rate, volume_nl, duration_s = values
        if reservoir >= self._config.reservoirs:
            raise Refused(REFUSED_RANGE, 2, reservoir, 0, self._config.reservoirs - 1)
        if (volume_nl > 0) == (duration_s > 0):
            raise Refused(
                REFUSED_RANGE,
                _VOLUME if volume_nl else _DURATION,
                volume_nl or duration_s,
                0 if volume_nl else 1,
                0 if volume_nl else SMALL,
            )
        if kind == PAUSE:
            if volume_nl:
                raise Refused(REFUSED_RANGE, _VOLUME, volume_nl, 0, 0)
            return 0
        if kind == SEGMENT_KEEP_OPEN and rate == 0:
            rate = self.staged.keep_open_nl_h
        if kind == SEGMENT_BOLUS:
            if not volume_nl:
                raise Refused(REFUSED_RANGE, _VOLUME, volume_nl, 1, self._config.max_bolus_nl)
            self._limits.check_bolus(volume_nl, _VOLUME, rate, _RATE)
        if kind == RAMP:
            highest, field = (rate, _RATE) if rate >= to_rate else (to_rate, _TO_RATE)
            self._limits.check_flow(highest, field, self._slowest_nl_h)
            if volume_nl and not to_rate:  # it would never end
                self._limits.check_flow(to_rate, _TO_RATE, self._slowest_nl_h)
        elif kind != SEGMENT_KEEP_OPEN or rate or volume_nl:
            self._limits.check_flow(rate, _RATE, self._slowest_nl_h)
        ramp_s = seconds_of_ramp(kind, rate, to_rate, volume_nl, duration_s)
        longest_s = 0x0FFFFFFF
        if max(ramp_s, duration_s) > longest_s:
            raise Refused(
                REFUSED_LIMIT, _DURATION if duration_s else _VOLUME, duration_s or volume_nl, 0, longest_s
            )
        total_nl = segment_nl_s(kind, rate, to_rate, duration_s) // 3600
        if total_nl > SMALL:  # more than any reservoir holds
            raise Refused(REFUSED_LIMIT, _DURATION, duration_s, 0, duration_s * SMALL // total_nl)
        return ramp_s


def segment_nl_s(kind: int, rate_nl_h: int, to_rate_nl_h: int, duration_s: int) -> int:
    """Return the volume of a segment that ends by time, in 1/3600 nL."""
    if kind == PAUSE:
        return 0
    if kind == RAMP:
        return (rate_nl_h + to_rate_nl_h) * duration_s // 2
    return rate_nl_h * duration_s


def seconds_of_ramp(kind: int, rate_nl_h: int, to_rate_nl_h: int, volume_nl: int, duration_s: int) -> int:
    """Return how long a ramp takes: its duration, or the time in which its volume is set at the mean of both
    rates."""
    if kind != RAMP:
        return 0
    return duration_s or max(-(-2 * volume_nl * 3600 // (rate_nl_h + to_rate_nl_h)), 1)
