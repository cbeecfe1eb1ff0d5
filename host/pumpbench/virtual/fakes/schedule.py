"""Who lets time pass: the schedule moves the clock from one due thing to the next, as far as it may.

At full speed the host's grants say how far, and nothing else; at a finite speed the wall clock does.
The fast way (``Clock.idle_until`` below the horizon) never comes here.
"""

from .clock import Clock
from .link_port import LinkPort
from .mux import Mux
from .process import wall_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

LOOK_US = 100_000  # the model is looked at, and the parent listened to, at least this often
NEVER = 1 << 60
_FLUSH_US = 20_000  # of wall time that what the board sends may wait while time passes
_MAX_LAG_US = 250_000  # of wall time that a busy machine may catch up with
_SETTLE = 2  # turns of the firmware's loop at standing time: what a request or a tick set going is sent


class Grant:
    """The one grant under way: until crystal time `end`, or the next event."""

    def __init__(self, number: int, end: int, until_event: bool) -> None:
        self.number = number
        self.end = end
        self.until_event = until_event
        self.reason = "time"
        self.settle = _SETTLE


class Schedule:
    """Passes time. `speed` is 0 for full speed, or how many virtual seconds a wall second has.

    `due` has the times of the board's own things: ``next_us()`` and ``serve()``, which may raise what
    ends the firmware. `answer(grant)` tells the host that a grant is over.
    """

    def __init__(self, clock: Clock, mux: Mux, port: LinkPort, speed: float) -> None:
        self.grant: Grant | None = None
        self.slow_tick_us = 0
        self._clock = clock
        self._mux = mux
        self._port = port
        self._speed = speed
        self._due: Any = None
        self._answer: Any = None
        self._due_at = 0
        self._look_at = 0
        self._flushed_at = 0
        self._settle = 0
        self._base_wall = wall_us()
        self._base_clock = 0
        clock.attach(self.pass_until)

    def attach(self, due: "Any", answer: "Callable[[Grant], None]") -> None:
        """Serve `due` at its times, and call `answer(grant)` at the end of a grant."""
        self._due = due
        self._answer = answer

    def begin_grant(self, grant: Grant) -> None:
        """Let time pass until the grant's end."""
        self.grant = grant

    def end_grant_at_event(self) -> None:
        """An event was marked: a grant that waits for one ends now."""
        grant = self.grant
        if grant is not None and grant.until_event and grant.reason == "time":
            grant.reason = "event"
            grant.end = self._clock.now
            self._clock.horizon = -1

    def changed(self) -> None:
        """Look anew at what is due: something other than the passing of time changed it."""
        self._due_at = 0
        self._clock.horizon = -1

    def pass_until(self, target: int) -> None:
        """Move the clock to crystal time `target`; return earlier when the firmware has something to read."""
        clock = self._clock
        if self.slow_tick_us:
            target += self.slow_tick_us
        while True:
            now = clock.now
            if now >= self._due_at:
                self._serve_due(now)
                if self._port.pending():
                    self._settle = _SETTLE
                    return
            limit = self._limit(now)
            horizon = limit if limit < self._due_at else self._due_at
            clock.horizon = horizon
            if target <= horizon:
                if target > now:
                    clock.now = target
                if self.slow_tick_us:
                    clock.horizon = -1
                return
            if horizon > now:
                clock.now = horizon
            elif self._wait(now, target):
                return

    def _serve_due(self, now: int) -> None:
        if now >= self._look_at:
            self._look_at = now + LOOK_US
            self._mux.serve(0)
            wall = wall_us()
            if wall - self._flushed_at > _FLUSH_US:
                self._flushed_at = wall
                self._mux.flush()
        self._due.serve()
        due_at = self._due.next_us()
        if due_at > self._look_at:
            due_at = self._look_at
        self._due_at = due_at if due_at > now else now + 1

    def _limit(self, now: int) -> int:
        """Return the crystal time that may be reached now."""
        grant = self.grant
        end = NEVER if grant is None else grant.end
        if not self._speed:
            return now if grant is None else end
        wall = wall_us()
        earned = self._base_clock + int((wall - self._base_wall) * self._speed)
        if earned - now > _MAX_LAG_US * self._speed:
            self._base_wall = wall
            self._base_clock = earned = now
        return end if end < earned else earned

    def _wait(self, now: int, target: int) -> bool:
        """Time stands still here: end a grant, or listen. True when the firmware has something to do
        first."""
        if self._settle:
            self._settle -= 1
            return True
        grant = self.grant
        if grant is not None and now >= grant.end:
            if grant.settle:
                grant.settle -= 1
                return True
            self.grant = None
            self._answer(grant)
        self._mux.flush()
        if self._mux.serve(self._timeout_ms(target)):
            self._due_at = 0  # a request may have changed what is due
        if self._port.pending():
            self._settle = _SETTLE
            return True
        return False

    def _timeout_ms(self, target: int) -> int:
        if not self._speed:
            return -1
        until = target if target < self._due_at else self._due_at
        grant = self.grant
        if grant is not None and grant.end < until:
            until = grant.end
        wait = self._base_wall + int((until - self._base_clock) / self._speed) - wall_us()
        return 0 if wait <= 0 else wait // 1000 + 1
