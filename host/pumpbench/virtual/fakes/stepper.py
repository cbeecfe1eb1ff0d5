"""A chip's step generator: steps at exact times, counted, with a count-down of permits.

Times are crystal microseconds in units of 1/65536 us. No loop runs over steps: what was made since the
last look follows by division, so a step in ten minutes costs as little as 100,000 a second. Nothing here
allocates while integers have 63 bits (two years of virtual time).
"""

from .clock import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_COUNT_MASK = (1 << 30) - 1
_HALF_BITS = 15
_WHOLE = 1 << 16
_NEVER = 1 << 61


class Stepper:
    """``set_interval``, ``set_forward``, ``permit``, ``steps``, ``enable`` and ``cut`` as ``pumpfw.hal``
    describes.

    `position` is the motor's, in microsteps forward, and outlives a reset of the board; the count does not.
    """

    def __init__(self, clock: Clock) -> None:
        self.position = 0
        self._clock = clock
        self._sync: Callable[[], None] = _unattached
        self._left_out = 0  # share of the steps, of _WHOLE
        self._lacking = 0  # of the next one left out
        self.power_up()

    def attach(self, sync: "Callable[[], None]") -> None:
        """Call `sync()` before a change that the model must see at its time."""
        self._sync = sync

    def power_up(self) -> None:
        """Come out of reset: nothing made, driver off, no permit."""
        self._made = 0
        self._interval = 0
        self._permits = 0
        self._running = False
        self._next = _NEVER  # time of the next step
        self._rest = 1  # while not running: how much of the interval `_rest_of` was left
        self._rest_of = 1
        self._forward = True
        self._enabled = False

    def set_interval(self, us: int, frac_q16: int) -> None:
        """Make a step every `us` + `frac_q16`/65536 us from now on, keeping the phase; 0, 0 holds."""
        interval = (us << 16) + frac_q16
        old = self._interval
        if interval == old:
            return
        change = interval - old
        # The model spreads steps evenly between looks, so a rate that moves a little need not be shown at
        # once.
        if (change if change > 0 else -change) << 3 > interval or not old:
            self._sync()
        now = self._clock.now << 16
        if now >= self._next:
            self._count(now)
        self._pause(now)
        self._interval = interval
        self._go(now)

    def set_forward(self, forward: bool) -> None:
        """Turn forward or backward from the next step on."""
        if forward != self._forward:
            self._sync()
            self._forward = forward

    def permit(self, steps: int) -> None:
        """Allow this many more steps; without a permit the hardware stands, and then waits a whole interval
        anew."""
        now = self._clock.now << 16
        if now >= self._next:
            self._count(now)
        self._permits = steps
        if not steps:
            self._pause(now)
        elif not self._running:
            self._go(now)

    def steps(self) -> int:
        """Return the steps made since boot, both directions, modulo 2^30."""
        now = self._clock.now << 16
        if now >= self._next:
            self._count(now)
        return self._made & _COUNT_MASK

    def enable(self, on: bool) -> None:
        """Switch the motor driver; the steps of a driver that is off are counted, but turn nothing."""
        if on != self._enabled:
            self._sync()
            self._enabled = on

    def cut(self) -> None:
        """Stop at once: driver off, no interval, no permit."""
        self._sync()
        self._pause(self._clock.now << 16)
        self._interval = 0
        self._permits = 0
        self._enabled = False

    def leave_out(self, share: float) -> None:
        """Leave out that share of the steps from now on: they are not made, and their permits stay."""
        left_out = int(share * _WHOLE)
        if left_out != self._left_out:
            self._sync()
            self.steps()
            self._left_out = left_out
            self._lacking = 0

    def look(self) -> int:
        """Count up to now and return the motor's position in microsteps."""
        self.steps()
        return self.position

    def _count(self, now: int) -> None:
        """Make the steps that are due at `now`, the time of the next one or later."""
        due = made = (now - self._next) // self._interval + 1
        if self._left_out:
            self._lacking += due * self._left_out
            made -= self._lacking // _WHOLE
            self._lacking %= _WHOLE
        if made >= self._permits:
            made = self._permits
            self._running = False
            self._rest = self._rest_of = self._interval
            self._next = _NEVER
        else:
            self._next += due * self._interval
        self._permits -= made
        self._made += made
        if self._enabled:
            self.position += made if self._forward else -made

    def _pause(self, now: int) -> None:
        if self._running:
            self._rest = self._next - now
            self._rest_of = self._interval
            self._running = False
            self._next = _NEVER

    def _go(self, now: int) -> None:
        interval = self._interval
        if self._running or not interval or not self._permits:
            return
        rest = interval
        if self._rest != self._rest_of:
            # interval * rest / rest_of to 1/2^30 of the interval, with no product above 2^62
            shifted = self._rest << _HALF_BITS
            high = shifted // self._rest_of
            low = ((shifted - high * self._rest_of) << _HALF_BITS) // self._rest_of
            rest = (high * interval + ((low * interval) >> _HALF_BITS)) >> _HALF_BITS
        self._next = now + rest
        self._running = True


def _unattached() -> None:
    raise RuntimeError("a stepper without a bench")
