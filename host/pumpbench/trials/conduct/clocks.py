"""The trial's clock, and how its time passes: by grants to a virtual board, by that board's own pace, by the
clock of a simulated board that somebody else started, by a recording that is played, or by the wall.

A trial's time begins with 0 at its start and goes on while the host is away. To wait raises `Cancelled` when
the trial is to end.
"""

import sys
import time
from typing import Protocol

from pumpbench.balances import ReplayBalance
from pumpbench.client import AnswerTimeout, Client, DeviceLost
from pumpbench.conduct.cancel import Cancel
from pumpbench.trials.conduct.errors import ConductError
from pumpbench.virtual.board import VirtualBoard

_SLICE_S = 0.1
_US = 1e6
LINK_PATIENCE_S = 30.0


class TrialClock(Protocol):
    """The trial's time."""

    origin: float
    """What the clock behind it showed at the trial's start; kept, so that the trial can be taken up again."""
    kind: str

    def now_s(self) -> float:
        """The trial's time."""

    def wait_until(self, time_s: float) -> None:
        """Return when the trial's time is `time_s` or later."""


class ByGrants:
    """A virtual board at full speed moves only when it is told to."""

    kind = "virtual"

    def __init__(self, board: VirtualBoard, client: Client | None, cancel: Cancel) -> None:
        self._board = board
        self._client = client
        self._cancel = cancel
        self._now_us = int(board.control.truth()["now_us"])
        self.origin = self._now_us / _US

    def now_s(self) -> float:
        """See `TrialClock`."""
        return self._now_us / _US - self.origin

    def wait_until(self, time_s: float) -> None:
        """See `TrialClock`."""
        self._cancel.check()
        more_us = round((time_s + self.origin) * _US) - self._now_us
        if more_us > 0:
            told = self._board.advance(more_us)
            self._now_us = int(told["now_us"])
            if told["reason"] == "end":
                raise ConductError("the virtual board's firmware has ended by itself")
        if self._client is not None:
            self._client.barrier()


class ByVirtualPace:
    """A virtual board that was started for this trial at a speed of its own."""

    kind = "virtual"

    def __init__(self, board: VirtualBoard, cancel: Cancel) -> None:
        self._board = board
        self._cancel = cancel
        self.origin = self._clock_s()

    def now_s(self) -> float:
        """See `TrialClock`."""
        return self._clock_s() - self.origin

    def wait_until(self, time_s: float) -> None:
        """See `TrialClock`."""
        while self.now_s() < time_s:
            self._cancel.wait(_SLICE_S / 5)

    def _clock_s(self) -> float:
        return self._board.control.truth()["now_us"] / _US


class ByBoardClock:
    """The clock of a simulated board, whose time is not the wall's."""

    kind = "simulated board's"

    def __init__(self, client: Client, cancel: Cancel, origin: float | None = None) -> None:
        self._client = client
        self._cancel = cancel
        self._last_s = 0.0
        self.origin = self._clock_s() if origin is None else origin

    def now_s(self) -> float:
        """See `TrialClock`."""
        return self._clock_s() - self.origin

    def wait_until(self, time_s: float) -> None:
        """See `TrialClock`."""
        while self.now_s() < time_s:
            self._cancel.wait(_SLICE_S / 5)

    def _clock_s(self) -> float:
        until = time.monotonic() + LINK_PATIENCE_S
        while True:
            try:
                self._last_s = self._client.status().time_us / _US
            except (DeviceLost, AnswerTimeout):
                if time.monotonic() > until:
                    raise
                self._cancel.wait(_SLICE_S)
                continue
            return self._last_s


class ByRecording:
    """The time of a recording, which passes as fast as it is played."""

    kind = "recording's"

    def __init__(self, recording: ReplayBalance, cancel: Cancel) -> None:
        self._recording = recording
        self._cancel = cancel
        self.origin = recording.first_s

    def now_s(self) -> float:
        """See `TrialClock`."""
        return self._recording.now_s - self.origin

    def wait_until(self, time_s: float) -> None:
        """See `TrialClock`."""
        self._cancel.check()
        self._recording.now_s = max(self._recording.now_s, self.origin + time_s)


class ByTheWall:
    """The wall's clock; within one process a change of the system's date does not change it, and it goes on
    while the machine sleeps, as the pump does."""

    kind = "wall"

    def __init__(self, cancel: Cancel, origin: float | None = None) -> None:
        self._cancel = cancel
        self.origin = time.time() if origin is None else origin
        self._began = time.time()
        self._began_at = _steady_s()

    def now_s(self) -> float:
        """See `TrialClock`."""
        return self._began - self.origin + _steady_s() - self._began_at

    def wait_until(self, time_s: float) -> None:
        """See `TrialClock`."""
        while (left := time_s - self.now_s()) > 0:
            self._cancel.wait(min(left, _SLICE_S))


def _steady_s() -> float:
    """Seconds since some moment, in which those that the machine sleeps count."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()  # Windows counts them in it
