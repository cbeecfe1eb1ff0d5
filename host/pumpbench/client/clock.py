"""The board's clock as wall time: a line through the exchanges of `time_sync`, weighted by how sure each one
is.

An exchange says that the board's clock read `board_us` somewhere between sending and receiving: the middle,
give or take half the round trip. A board's crystal is off by some tens of ppm; the line's slope is that
drift.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

KEPT = 120
_MIN_SPAN_S = 10.0  # over less than this the slope would only be noise
_STEP_S = 0.5  # the wall clock was set, or the machine slept: begin anew


@dataclass(frozen=True, slots=True)
class _Exchange:
    board_s: float
    wall_s: float
    half_trip_s: float


class ClockMap:
    """Board time (us since boot) to wall time (s since 1970) of one boot."""

    def __init__(self) -> None:
        self._exchanges: deque[_Exchange] = deque(maxlen=KEPT)
        self._board_at = 0.0
        self._wall_at = 0.0
        self._rate = 1.0

    def restart(self) -> None:
        """Another boot: another clock."""
        self._exchanges.clear()

    def add(self, sent_s: float, received_s: float, board_us: int) -> None:
        """Add an exchange; `sent_s` and `received_s` are wall time."""
        half_trip_s = max(received_s - sent_s, 1e-6) / 2
        new = _Exchange(board_us / 1e6, sent_s + half_trip_s, half_trip_s)
        if self._exchanges and abs(self._wall(new.board_s) - new.wall_s) > _STEP_S + half_trip_s:
            self._exchanges.clear()
        self._exchanges.append(new)
        self._fit()

    def _fit(self) -> None:
        board = np.array([exchange.board_s for exchange in self._exchanges])
        wall = np.array([exchange.wall_s for exchange in self._exchanges])
        half = np.array([exchange.half_trip_s for exchange in self._exchanges])
        weight = 1.0 / half**2
        self._board_at = float(np.average(board, weights=weight))
        from_board = board - self._board_at
        offset = wall - board  # fitted instead of `wall`: its numbers are small enough to keep their digits
        offset_at = float(np.average(offset, weights=weight))
        slope = 0.0
        if board[-1] - board[0] >= _MIN_SPAN_S:
            spread = float(np.sum(weight * from_board**2))
            slope = float(np.sum(weight * from_board * (offset - offset_at))) / spread
        self._rate = 1.0 + slope
        self._wall_at = self._board_at + offset_at

    def _wall(self, board_s: float) -> float:
        return self._wall_at + (board_s - self._board_at) * self._rate

    @property
    def ready(self) -> bool:
        """Whether there has been an exchange."""
        return bool(self._exchanges)

    def to_wall_s(self, board_us: int) -> float:
        """Wall time in s since 1970 of a board time; raises `LookupError` before the first exchange."""
        if not self._exchanges:
            raise LookupError("no exchange with the board's clock yet")
        return self._wall(board_us / 1e6)
