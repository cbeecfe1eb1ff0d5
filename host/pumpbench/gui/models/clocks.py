"""Where each boot's own time lies on a plot's axis."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pumpbench.store import ClockMap

MARK_EVERY_US = 10_000_000
_MARKS = 4096
_BETWEEN_BOOTS_US = 1_000_000


@dataclass
class _Marks:
    """Moments of one boot's clock with the wall's, rising."""

    time_us: list[int] = field(default_factory=list)
    wall_us: list[int] = field(default_factory=list)


class Clocks:
    """Wall time for boots whose clock is known; else the board's time, boots one behind the other."""

    def __init__(self) -> None:
        self._marks: dict[int, _Marks] = {}
        self._known: dict[int, ClockMap] = {}
        self._maps: dict[int, ClockMap] = {}

    @property
    def wall(self) -> bool:
        """Whether any boot has wall time."""
        return bool(self._known)

    def mark(self, boot: int, time_us: int, wall_us: int) -> bool:
        """Take a moment of both clocks; False when it is too near to the last one to matter."""
        marks = self._marks.setdefault(boot, _Marks())
        if marks.time_us and time_us - marks.time_us[-1] < MARK_EVERY_US:
            return False
        marks.time_us.append(time_us)
        marks.wall_us.append(wall_us)
        if len(marks.time_us) > _MARKS:  # every second one is enough for the older part
            marks.time_us = marks.time_us[::2]
            marks.wall_us = marks.wall_us[::2]
        self._known[boot] = ClockMap(np.array(marks.time_us, np.int64), np.array(marks.wall_us, np.int64))
        return True

    def place(self, spans: dict[int, tuple[int, int]]) -> None:
        """Give each boot, by its first and last time in us, its place; to be called before `x`."""
        self._maps = dict(self._known)
        end: int | None = None
        unplaced: list[int] = []
        for boot in sorted(spans):
            first, last = spans[boot]
            if boot not in self._maps:
                if end is None and self.wall:
                    unplaced.append(boot)
                    continue
                self._maps[boot] = _shifted(0 if end is None else end + _BETWEEN_BOOTS_US - first)
            end = self._us(boot, last)
        for boot in reversed(unplaced):  # before the first boot whose clock is known
            later = min(other for other in spans if other > boot)
            begins = self._us(later, spans[later][0])
            self._maps[boot] = _shifted(begins - _BETWEEN_BOOTS_US - spans[boot][1])

    def x(self, boot: int, time_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """Places on the axis, in s."""
        places: NDArray[np.float64] = self._maps[boot].wall_us(time_us) / 1e6
        return places

    def time_us(self, boot: int, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """The board's times at places of the axis."""
        return self._maps[boot].time_us(np.rint(x * 1e6).astype(np.int64))

    def _us(self, boot: int, time_us: int) -> int:
        return int(self._maps[boot].wall_us(np.array([time_us]))[0])


def _shifted(by_us: int) -> ClockMap:
    return ClockMap(np.zeros(1, np.int64), np.array([by_us], np.int64))
