"""The rotor's phase: its angle by the motor's count, held against the home mark.

The mark scatters a little from revolution to revolution, and the count does not, so the angle follows the
mark by a quarter of what it is off. A mark that comes elsewhere was moved, or steps were lost
(``rotor_watch.py`` says which). It is taken for the truth when it comes to the same place again.
"""

from pumpfw.motor import Motor
from pumpfw.readings import Readings
from pumplink.states import FLAG_HOMED

_SAME_DEG = 2  # the scatter of a sound mark is far less
_SHARE = 4


class Phase:
    """``mark`` at each pass of the home mark going forward."""

    def __init__(self, motor: Motor, readings: Readings) -> None:
        self._motor = motor
        self._readings = readings
        self._same = max(readings.steps_per_rev * _SAME_DEG // 360, 2)
        self._odd = 0  # how far off the last mark was, 0 when it was where it should be
        self._off = 0  # sum of what the marks were off by, less what was made up for

    def mark(self, since_steps: int) -> None:
        """Be told that the mark was passed so many steps ago."""
        readings = self._readings
        per_rev = readings.steps_per_rev
        by_mark = (since_steps + self._motor.home_at) % per_rev
        if not readings.flags & FLAG_HOMED:
            readings.flags |= FLAG_HOMED
            self._motor.set_rotor(by_mark)
            return
        off = (by_mark - readings.rotor_steps + per_rev // 2) % per_rev - per_rev // 2
        if -self._same <= off <= self._same:
            self._odd = 0
            self._off += off
            share = self._off // _SHARE
            if share:
                self._off -= share * _SHARE
                self._motor.set_rotor((readings.rotor_steps + share) % per_rev)
            return
        again = self._odd and -self._same <= off - self._odd <= self._same
        self._odd = off
        if again:
            self._odd = self._off = 0
            self._motor.set_rotor(by_mark)
