"""Telemetry in memory, to be drawn: a day at 100 Hz, and any part of it at once.

A `LiveBuffer` is fed on the client's callback thread, or from the database, and asked on the thread that
draws. Memory is bounded: beyond a day at 100 Hz the oldest records are kept as bins of 16, then of 256, and
then no more. Gaps stay gaps at every scale.
"""

import threading
from bisect import insort
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pumpbench.client import Event, Gap, Records, State
from pumpbench.gui.models.bins import COLUMNS, Bins, Values, values_of
from pumpbench.gui.models.clocks import Clocks
from pumpbench.gui.models.track import BLOCK, COARSE, FINE, RECORDS, TRACK, Slice, Track
from pumpbench.store import Event as StoredEvent

DAY = 8_640_000
"""Records of a day at 100 Hz."""
_COARSE = 16
"""How many times as many records as one by one are kept as bins of 256."""
_EVENTS = 10_000


@dataclass(frozen=True)
class Span:
    """From one time of the axis to another, in s, without records."""

    start: float
    end: float


@dataclass(frozen=True)
class View:
    """What is to be drawn of a window. `values` has a row for each of COLUMNS.

    Where a line must break there is a point of NaN. With `exact` each point is a record; otherwise two points
    are a bin, its least and its most.
    """

    x: NDArray[np.float64]
    values: Values
    gaps: tuple[Span, ...]
    exact: bool


@dataclass(frozen=True)
class Sample:
    """What is known at one moment of the axis: the least and the most of each column, equal for a record."""

    x: float
    low: Values
    high: Values


@dataclass(frozen=True)
class Marker:
    """An event at its place on the axis."""

    x: float
    event: Event | StoredEvent


class LiveBuffer:
    """A `conduct.desk_recording.Listener` that keeps what plots show. Safe to use from several threads.

    The axis is wall time (s since 1970) of boots whose clock is known, else the board's own time (s since
    boot), its boots one behind the other. `records` is how many are kept one by one, and `fine` how many
    times as many as bins of 16.
    """

    def __init__(self, records: int = DAY, fine: int = 1) -> None:
        self._lock = threading.RLock()
        self._blocks_kept = {
            RECORDS: -(-records // BLOCK) + 1,
            FINE: -(-fine * records // BLOCK) + 1,
            COARSE: -(-_COARSE * records // BLOCK) + 1,
        }
        self.clear()

    def clear(self) -> None:
        """Forget everything: another pump, or another run, comes."""
        with self._lock:
            self._tracks: dict[tuple[int, int], Track] = {}
            self._order: list[tuple[int, int]] = []
            self._blocks: list[tuple[int, int, int]] = []  # (boot, track's start, block's number), in order
            self._given_up = {RECORDS: 0, FINE: 0}
            self._newest: Records | None = None
            self._clocks = Clocks()
            self._events: dict[tuple[int, int], Event | StoredEvent] = {}
            self._changes = 0
            self.simulated = False
            """Whether the records are those of a simulated pump; who feeds the buffer says so."""

    # --- being told ---

    def on_records(self, records: Records) -> None:
        """Keep telemetry, in any order and however often."""
        if not len(records):
            return
        with self._lock:
            self._changes += 1
            self._keep_newest(records)
            values, time_us = values_of(records), records["time_us"].astype(np.int64)
            boots, counters = records["boot"].astype(np.int64), records["counter"].astype(np.int64)
            blocks = counters // BLOCK
            if boots[0] == boots[-1] and blocks[0] == blocks[-1] and (np.diff(counters) == 1).all():
                self._put(int(boots[0]), int(blocks[0]), counters, values, time_us)
                return
            for boot, block in sorted(set(zip(boots.tolist(), blocks.tolist(), strict=True))):
                here = (boots == boot) & (blocks == block)
                self._put(boot, block, counters[here], values[:, here], time_us[here])

    def on_event(self, event: Event | StoredEvent) -> None:
        """Keep an event, however often it is told."""
        with self._lock:
            self._changes += 1
            self._events[event.boot, event.number] = event
            while len(self._events) > _EVENTS:
                del self._events[next(iter(self._events))]

    def on_gap(self, gap: Gap) -> None:
        """Nothing: what is missing shows by itself."""

    def on_state(self, state: State) -> None:
        """Nothing: what the link missed shows by itself."""

    def mark_clock(self, boot: int, time_us: int, wall_us: int) -> None:
        """Note that the board's clock showed `time_us` when the wall's showed `wall_us` (since 1970)."""
        with self._lock:
            self._changes += self._clocks.mark(boot, time_us, wall_us)

    # --- asking ---

    @property
    def changes(self) -> int:
        """Goes up whenever there may be something else to draw."""
        return self._changes

    @property
    def newest(self) -> Records | None:
        """The newest record, as an array of one; None before the first."""
        return self._newest

    @property
    def wall(self) -> bool:
        """Whether the axis is wall time."""
        return self._clocks.wall

    def span(self) -> Span | None:
        """From the first record to the newest on the axis; None before the first."""
        with self._lock:
            placed = self._placed()
            return (
                Span(min(start for _, start, _ in placed), max(end for *_, end in placed)) if placed else None
            )

    def window(self, start: float, end: float, most: int) -> View:
        """What is to be drawn from `start` to `end` (axis, s) in about `most` bins, a record beyond each
        included.
        """
        with self._lock:
            slices: list[tuple[Track, Slice]] = []
            for track, first, last in self._placed():
                seen = min(end, last) - max(start, first)
                if seen < 0:
                    continue
                share = max(4, round(most * min(1.0, seen / max(end - start, 1e-9))))
                from_us, until_us = self._clocks.time_us(track.boot, np.array([start, end])).tolist()
                slices.append((track, track.window(from_us, until_us, share)))
            return self._drawn(slices)

    def at(self, x: float) -> Sample | None:
        """What is known at a moment of the axis; None in a gap and beyond the records."""
        with self._lock:
            for track, first, last in self._placed():
                if first <= x <= last:
                    time_us = int(self._clocks.time_us(track.boot, np.array([x]))[0])
                    return self._sample(track, time_us)
            return None

    def markers(self, start: float, end: float) -> list[Marker]:
        """The events of a window, in order of time."""
        with self._lock:
            spans: dict[int, tuple[float, float]] = {}
            for track, first, last in self._placed():
                before = spans.get(track.boot, (first, last))
                spans[track.boot] = (min(first, before[0]), max(last, before[1]))
            found = []
            for event in self._events.values():
                if event.boot not in spans:
                    continue
                first, last = spans[event.boot]
                x = float(self._clocks.x(event.boot, np.array([event.time_us]))[0])
                if start <= x <= end and first - 1.0 <= x <= last + 1.0:
                    found.append(Marker(x, event))
            return sorted(found, key=lambda marker: marker.x)

    # --- keeping ---

    def _keep_newest(self, records: Records) -> None:
        of_last_boot = records[records["boot"] == records["boot"].max()]
        last = int(np.argmax(of_last_boot["counter"]))
        candidate = of_last_boot[last : last + 1]
        if self._newest is None or _key(candidate) > _key(self._newest):
            self._newest = candidate.copy()

    def _put(
        self, boot: int, block: int, counters: NDArray[np.int64], values: Values, time_us: NDArray[np.int64]
    ) -> None:
        """Put records of one block into their track."""
        key = (boot, block * BLOCK // TRACK * TRACK)
        track = self._tracks.get(key)
        if track is None:
            track = self._tracks[key] = Track(*key)
            insort(self._order, key)
        number = block - key[1] // BLOCK
        kept, new = track.block_at(number)
        if new:
            insort(self._blocks, (*key, number))
        if kept.level == RECORDS:  # what comes late for a block that was given up is not taken
            track.put(number, counters - block * BLOCK, values, time_us)
        if new:
            self._give_up((*key, number))

    def _give_up(self, newcomer: tuple[int, int, int]) -> None:
        """Keep to the bounds: of all blocks the newest are kept as records, older ones coarser."""
        for place, (boot, start, number) in enumerate(reversed(self._blocks)):
            if (boot, start, number) == newcomer:
                continue  # it is being filled
            block = self._tracks[boot, start].blocks[number]
            if place >= self._blocks_kept[RECORDS]:
                block.values = block.time_us = None
            if place >= self._blocks_kept[FINE]:
                block.fine = None
        while len(self._blocks) > self._blocks_kept[COARSE] and self._blocks[0] != newcomer:
            boot, start, number = self._blocks.pop(0)
            track = self._tracks[boot, start]
            track.drop(number)
            if not track.blocks:
                del self._tracks[boot, start]
                self._order.remove((boot, start))

    # --- the axis ---

    def _placed(self) -> list[tuple[Track, float, float]]:
        """The tracks in order, each with its first and last place on the axis."""
        spans: dict[int, tuple[int, int]] = {}
        for key in self._order:
            first, last = self._tracks[key].span_us()
            before = spans.get(key[0], (first, last))
            spans[key[0]] = (min(first, before[0]), max(last, before[1]))
        self._clocks.place(spans)
        placed = []
        for key in self._order:
            track = self._tracks[key]
            first, last = self._clocks.x(track.boot, np.array(track.span_us())).tolist()
            placed.append((track, first, last))
        return placed

    # --- drawing ---

    def _drawn(self, slices: list[tuple[Track, Slice]]) -> View:
        if not slices:
            return View(np.empty(0), np.empty((len(COLUMNS), 0), np.float32), (), True)
        bins = Bins.chain([part.bins for _, part in slices])
        first = np.concatenate([self._clocks.x(track.boot, part.bins.first_us) for track, part in slices])
        last = np.concatenate([self._clocks.x(track.boot, part.bins.last_us) for track, part in slices])
        broken = np.concatenate(
            [_broken(slices[n - 1] if n else None, slices[n]) for n in range(len(slices))]
        )
        breaks = np.flatnonzero(broken[1:]) + 1
        gaps = [Span(*pair) for pair in zip(last[breaks - 1].tolist(), first[breaks].tolist(), strict=True)]
        holes = np.concatenate([_holes(track, part) for track, part in slices])
        gaps += [Span(*pair) for pair in zip(first[holes].tolist(), last[holes].tolist(), strict=True)]
        exact = all(part.size == 1 for _, part in slices)
        if exact:
            x, values = first, bins.low
        else:
            x = np.stack([first, last], axis=-1).reshape(-1)
            values = np.stack([bins.low, bins.high], axis=-1).reshape(len(COLUMNS), -1)
            breaks = 2 * breaks
        if len(breaks):
            x = np.insert(x, breaks, x[breaks])
            values = np.insert(values, breaks, np.nan, axis=1)
        return View(x, values, tuple(sorted(gaps, key=lambda gap: gap.start)), exact)

    def _sample(self, track: Track, time_us: int) -> Sample | None:
        before, behind = track.find(time_us, last=True), track.find(time_us, last=False)
        if before is None or behind is None or behind - before > 1:
            return None  # records are missing here
        bins = track.window(time_us, time_us, 2).bins
        off_us = np.maximum(bins.first_us - time_us, time_us - bins.last_us)
        nearest = int(np.argmin(off_us))
        here_us = np.clip(time_us, bins.first_us[nearest], bins.last_us[nearest])
        x = float(self._clocks.x(track.boot, np.array([here_us]))[0])
        return Sample(x, bins.low[:, nearest], bins.high[:, nearest])


def _key(record: Records) -> tuple[int, int]:
    return int(record["boot"][0]), int(record["counter"][0])


def _broken(before: tuple[Track, Slice] | None, here: tuple[Track, Slice]) -> NDArray[np.bool_]:
    """For each bin, whether the line breaks before it: a record is missing between it and the one before."""
    track, part = here
    bins = part.bins
    broken = np.ones(len(bins), np.bool_)
    broken[1:] = (np.diff(part.index) != 1) | ~bins.tail[:-1] | ~bins.head[1:]
    if before is not None:  # one track of a boot goes on where the one before it ends
        earlier, shown = before
        ends = earlier.start + (int(shown.index[-1]) + 1) * shown.size
        begins = track.start + int(part.index[0]) * part.size
        whole = bool(shown.bins.tail[-1]) and bool(bins.head[0])
        broken[0] = not (earlier.boot == track.boot and ends == begins and whole)
    return broken


def _holes(track: Track, part: Slice) -> NDArray[np.bool_]:
    """The bins inside of which records are missing, between others of the bin."""
    starts = part.index * part.size
    expected = np.minimum(starts + part.size - 1, track.last) - np.maximum(starts, track.first) + 1
    return part.bins.count < expected
