"""How the emulated board's time passes: a stretch at a time, as far as it may.

In real time it follows the wall. Otherwise it stands still when the chip has shown its serial ports, until
one of them is opened, and from then on runs as fast as the machine can. While a script that has granted time
is connected to the control port, it moves by grants alone. None of this looks at the wall, so such a script
sees the same every time.
"""

from pumpbench.virtual.fakes.clock import Clock
from pumpbench.virtual.fakes.process import wall_us
from pumpbench.virtual.fakes.schedule import Grant

STRETCH_US = 1000  # between two looks at what the host sends
_LONG_STRETCH_US = 20_000  # while the host waits for a grant anyway, or cannot have opened a port yet
_SETTLED_US = 300_000  # ports that have stood for so long are those that the firmware wants to show
_BOOT_US = 3_000_000  # a chip that shows none is waited for no longer
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
        self._begun = False
        self._shown_at = _BOOT_US
        self._base_wall = wall_us()
        self._base_clock = 0

    def begin_grant(self, grant: Grant) -> None:
        """Let time pass until the grant's end."""
        self.grant = grant

    @property
    def booted(self) -> bool:
        """Whether the firmware has had its time to come up."""
        return self._clock.now >= min(self._shown_at + _SETTLED_US, _BOOT_US)

    def ports_changed(self) -> None:
        """The chip shows other serial ports than before."""
        self._shown_at = self._clock.now

    def end_at_event(self) -> None:
        """The firmware has logged an event: a grant until the next one ends here."""
        grant = self.grant
        if grant is not None and grant.until_event and grant.reason == "time":
            grant.reason = "event"
            grant.end = self._clock.now

    def end_of_stretch(self, connected: bool) -> int:
        """Return the crystal time up to which the chip may run now; the present when it may not."""
        now = self._clock.now
        self._begun = self._begun or connected
        waited_for = self.grant is not None or not self.booted
        stretch = _LONG_STRETCH_US if waited_for and not self.realtime else STRETCH_US
        end = now - now % STRETCH_US + stretch
        if self.grant is not None:
            end = min(end, self.grant.end)
        if self.realtime:
            return max(now, min(end, self._earned(now)))
        if self.grant is None and self.booted and (self.holders or not self._begun):
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
