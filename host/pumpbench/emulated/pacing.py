"""How the emulated board's time passes: a millisecond at a time, as far as it may.

In real time it follows the wall. Otherwise it stands still until something is connected, and then runs as
fast as the machine can; while a script that has granted time is connected to the control port, it moves by
grants alone.
"""

from pumpbench.virtual.fakes.clock import Clock
from pumpbench.virtual.fakes.process import wall_us
from pumpbench.virtual.fakes.schedule import Grant

STRETCH_US = 1000
_LAG_US = 250_000  # of wall time that a busy machine may catch up with
_WAIT_MS = 1000


class Pacing:
    """Says how far time may go.

    Attributes:
        grant: the one under way. holders: how many clients that have granted time are connected.
        realtime: whether time follows the wall.
    """

    def __init__(self, clock: Clock, realtime: bool) -> None:
        self.grant: Grant | None = None
        self.holders = 0
        self._clock = clock
        self.realtime = realtime
        self._begun = realtime
        self._base_wall = wall_us()
        self._base_clock = 0

    def begin_grant(self, grant: Grant) -> None:
        """Let time pass until the grant's end."""
        self.grant = grant

    def end_of_stretch(self, connected: bool) -> int:
        """Return the crystal time up to which the chip may run now; the present when it may not."""
        now = self._clock.now
        self._begun = self._begun or connected
        end = now - now % STRETCH_US + STRETCH_US
        if self.grant is not None:
            end = min(end, self.grant.end)
        if self.realtime:
            return max(now, min(end, self._earned(now)))
        if self.grant is None and (self.holders or not self._begun):
            return now
        return end

    def over(self) -> Grant | None:
        """Return the grant that has come to its end, and forget it."""
        grant = self.grant
        if grant is None or self._clock.now < grant.end:
            return None
        self.grant = None
        return grant

    def wait_ms(self) -> int:
        """Return how long the host may be listened to while time stands still."""
        if not self.realtime:
            return _WAIT_MS
        ahead_us = self._clock.now + STRETCH_US - self._earned(self._clock.now)
        return max(0, ahead_us // 1000)

    def _earned(self, now: int) -> int:
        wall = wall_us()
        earned = self._base_clock + wall - self._base_wall
        if earned - now > _LAG_US:
            self._base_wall = wall
            self._base_clock = earned = now
        return earned
