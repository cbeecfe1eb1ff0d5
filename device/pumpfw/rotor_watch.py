"""The home mark must come once a revolution. Where it does not, either the rotor did not turn (a stall), or
the mark is elsewhere (it moved): the flow sensor tells them apart where it can see, and so does the next
revolution.

| the mark | the sensor sees the flow | it does not |
| --- | --- | --- |
| is overdue by the board's home window | wait for another revolution, then home-moved | stall |
| comes late, once | home-moved | home-moved |
| comes late again | stall: the motor slips | stall: the motor slips |
| comes early | home-moved | home-moved |

Positions are steps forward less backward, so that a relief does not count.
"""

from pumpfw.alarms import Alarms
from pumpfw.config import Config
from pumpfw.fixed import MASK
from pumpfw.readings import Readings
from pumplink.alarms import HOME_MOVED, STALL

_TOLERANCE = 24  # of a revolution: 15 degrees


class RotorWatch:
    """``mark`` when the mark passed; once a second ``stands``, or ``is_overdue`` and ``overdue``."""

    def __init__(self, config: Config, alarms: Alarms, readings: Readings) -> None:
        self._alarms = alarms
        self._readings = readings
        rev = config.steps_per_rev
        self._tolerance = rev // _TOLERANCE
        self._most = rev + rev * (config.home_window_mdeg // 1000) // 360
        self._last = readings.steps_lo  # position at the last mark, or where the wait for one began
        self._is_known = False
        self._was_late = False

    def mark(self, steps_ago: int, passed: int) -> None:
        """Be told that the mark passed so many steps ago, and how often since the last time."""
        readings = self._readings
        at = readings.steps_lo - steps_ago & MASK
        since = at - self._last & MASK
        tolerance = self._tolerance
        known = self._is_known
        if known and (since < tolerance or since > MASK >> 1):
            return  # the same mark again, after a relief
        self._last = at
        self._is_known = True
        if not known:
            return
        late = since - readings.steps_per_rev * passed
        moved = late > tolerance or late < -tolerance
        slips = late > tolerance and self._was_late
        self._was_late = late > tolerance
        self._alarms.set(HOME_MOVED, moved and not slips, late)
        self._alarms.set(STALL, slips, late)

    def stands(self) -> None:
        """Be told that the head stands: what it does not do now, it does not fail to do."""
        self._alarms.set(STALL, False, 0)
        if not self._is_known:
            self._last = self._readings.steps_lo

    def is_overdue(self) -> bool:
        """Return whether the mark should have come, while the head turns."""
        since = self._readings.steps_lo - self._last & MASK
        return self._most < since <= MASK >> 1

    def overdue(self, flows: bool) -> None:
        """Say what a mark that is overdue means. ``flows``: the sensor sees the flow for certain."""
        readings = self._readings
        since = readings.steps_lo - self._last & MASK
        if not flows:
            self._is_known = False  # where the rotor stands is not known any more
            self._last = readings.steps_lo
            self._alarms.set(STALL, True, since)
        elif since > self._most + readings.steps_per_rev:
            self._alarms.set(HOME_MOVED, True, since)
