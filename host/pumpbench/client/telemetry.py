"""The telemetry stream: each record handed out exactly once, holes asked for, and what is gone for good a
gap.

Records are known by (boot, counter). They are handed out as they come, so that back-filled ones arrive later
than live ones. Knows no port and no thread.
"""

import itertools
import time
from dataclasses import dataclass

import numpy as np

from pumpbench.client.records import RECORD_DTYPE, Records

FETCH_AT_ONCE = 512  # records asked for by one telemetry_fetch; fewer on a line that damages long frames
NEARBY = 16  # holes so many records apart are asked for together
FETCH_PATIENCE_S = 2.0  # for the answer to a fetch, and at most for its records
ANSWER_TIMES = 8  # so many times what an answer takes, each record may take to follow
LEAST_PATIENCE_S = 0.1
FETCH_TRIES = 20


@dataclass(frozen=True, slots=True)
class Gap:
    """Records `first` to `last` (both included) of a boot that can never be had, and why."""

    boot: int
    first: int
    last: int
    reason: str


@dataclass
class _Fetch:
    first: int
    last: int
    asked: float
    deadline: float


class TelemetryStream:
    """What has been handed out and what is missing.

    `have` is the (boot, counter) of the last record that the caller already holds from before: what the board
    made since then is asked for. Without it the stream begins with the first record that arrives.
    """

    def __init__(self, have: tuple[int, int] | None = None) -> None:
        self.boot = -1 if have is None else have[0]
        self.records = 0
        self.gaps = 0
        self._next = -1 if have is None else have[1] + 1
        self._missing: list[tuple[int, int]] = []
        self._lost: list[Gap] = []
        self._fetch: _Fetch | None = None
        self._tries = 0
        self._at_once = FETCH_AT_ONCE
        self._answer_s = FETCH_PATIENCE_S / ANSWER_TIMES

    @property
    def next_counter(self) -> int:
        """The counter after the last record handed out, -1 before the first."""
        return self._next

    @property
    def missing(self) -> int:
        """How many records are missing that the board may still have."""
        return sum(high - low + 1 for low, high in self._missing)

    def begin_boot(self, boot: int) -> None:
        """The board says that it has booted: what was missing of the boot before went with its memory.

        A lower boot count, or the same one for a second time, is a board whose memory was wiped.
        """
        self._write_off("reset")
        if self.boot >= 0:
            self._next = 0
        self.boot = boot

    def offer(self, records: Records) -> Records:
        """Return those of `records` that were never handed out, in order; those of other boots are none."""
        if self.boot < 0 and len(records):
            self.boot = int(records["boot"][0])
        records = records[records["boot"] == self.boot]
        if not len(records):
            return records
        breaks = np.flatnonzero(np.diff(records["counter"]) != 1) + 1
        edges = [0, *breaks.tolist(), len(records)]
        parts = [
            part for start, end in itertools.pairwise(edges) for part in self._offer_run(records[start:end])
        ]
        fresh = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.empty(0, RECORD_DTYPE)
        self.records += len(fresh)
        return fresh

    def _offer_run(self, run: Records) -> list[Records]:
        """The fresh parts of records whose counters rise by one."""
        first, last = int(run["counter"][0]), int(run["counter"][-1])
        if self._next < 0:
            self._next = first
        parts = [
            run[max(low, first) - first : min(high, last) + 1 - first]
            for low, high in self._take(first, last)
        ]
        if last >= self._next:
            if first > self._next:
                self._missing.append((self._next, first - 1))
            parts.append(run[max(self._next - first, 0) :])
            self._next = last + 1
        return [part for part in parts if len(part)]

    def _take(self, first: int, last: int) -> list[tuple[int, int]]:
        """Remove first..last from what is missing and return the pieces that were."""
        taken = [(low, high) for low, high in self._missing if low <= last and high >= first]
        if not taken:
            return []
        rest: list[tuple[int, int]] = []
        for low, high in self._missing:
            if low <= last and high >= first:
                rest += [piece for piece in ((low, first - 1), (last + 1, high)) if piece[0] <= piece[1]]
            else:
                rest.append((low, high))
        self._missing = rest
        self._tries = 0
        if self._fetch:
            self._fetch.deadline = time.monotonic() + self._patience_s
        return taken

    # --- back-fill ---

    @property
    def _patience_s(self) -> float:
        return min(ANSWER_TIMES * self._answer_s, FETCH_PATIENCE_S)

    def next_fetch(self, now: float) -> tuple[int, int] | None:
        """What to ask the board for now, as (first, count); None when nothing is, or a fetch is under way."""
        if self._fetch and self._still_coming(self._fetch):
            if now < self._fetch.deadline:
                return None
            self._tries += 1
            self._at_once = max(1, self._at_once // 4)
            if self._tries >= FETCH_TRIES:
                self._lose(self._fetch.first, self._fetch.last, "not received")
                self._tries = 0
        elif self._fetch:
            self._at_once = min(FETCH_AT_ONCE, self._at_once * 2)
        self._fetch = None
        if not self._missing:
            return None
        low, high = self._missing[0]
        for first, last in self._missing[1:]:
            if first - high > NEARBY:
                break
            high = last
        high = min(high, low + self._at_once - 1)
        self._fetch = _Fetch(low, high, now, now + FETCH_PATIENCE_S)
        return low, high - low + 1

    def _still_coming(self, fetch: _Fetch) -> bool:
        return any(low <= fetch.last and high >= fetch.first for low, high in self._missing)

    def fetch_answered(self, first: int, count: int, oldest: int) -> None:
        """The board's answer: `count` records from `first` on will follow; it keeps none before `oldest`."""
        fetch = self._fetch
        if fetch is None or not self._missing:
            return
        if oldest > self._missing[0][0]:
            self._lose(self._missing[0][0], oldest - 1, "overwritten on the board")
        if count == 0:
            self._lose(fetch.first, fetch.last, "not kept by the board")
        elif first > fetch.first:
            self._lose(fetch.first, min(first - 1, fetch.last), "not kept by the board")
        if count:
            fetch.last = min(fetch.last, first + count - 1)
            now = time.monotonic()
            # Of one that a loss held up, little is learned.
            self._answer_s = min(max(now - fetch.asked, LEAST_PATIENCE_S / ANSWER_TIMES), 2 * self._answer_s)
            fetch.deadline = now + self._patience_s

    def end_known(self, following: int, now: float) -> bool:
        """The board has made all records below `following` and sends those that were not handed out; False
        when it had none to send."""
        if not 0 <= self._next < following:
            return False
        self._fetch = _Fetch(self._next, following - 1, now - self._answer_s, now + FETCH_PATIENCE_S)
        self._missing.append((self._next, following - 1))
        self._next = following
        return True

    def fetch_refused(self) -> None:
        """The board keeps nothing of what was asked for."""
        if self._fetch:
            self._lose(self._fetch.first, self._fetch.last, "not kept by the board")
            self._fetch = None

    def fetch_failed(self) -> None:
        """The request got no answer; ask again."""
        self._fetch = None

    # --- gaps ---

    def _lose(self, first: int, last: int, reason: str) -> None:
        for low, high in self._take(first, last):
            self._lost.append(Gap(self.boot, max(low, first), min(high, last), reason))

    def _write_off(self, reason: str) -> None:
        self._lost += [Gap(self.boot, low, high, reason) for low, high in self._missing]
        self._missing = []
        self._fetch = None

    def close(self) -> None:
        """Nobody will fetch any more: what is missing is a gap."""
        self._write_off("not fetched before the end")

    def take_gaps(self) -> list[Gap]:
        """Return the gaps found since the last call."""
        found, self._lost = self._lost, []
        self.gaps += len(found)
        return found
