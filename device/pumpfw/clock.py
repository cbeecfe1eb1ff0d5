"""The board's time: how long the last tick was, in microseconds, and how well the loop keeps its rate."""

from pumpfw.config import Config
from pumpfw.fixed import MASK, wrap
from pumpfw.readings import Readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import Board

_HALF = 0x20000000
JUMP_US = 10_000_000  # the watchdog bites long before a tick comes so late: the clock jumped


class Clock:
    """Unwraps the hardware's 30-bit microseconds into two limbs and counts late ticks."""

    def __init__(self, board: "Board", config: Config, readings: Readings) -> None:
        self._ticks_us = board.ticks_us  # bound once, as each call here comes in every tick
        self._readings = readings
        self.period_us = 1_000_000 // config.tick_hz
        self._late_us = self.period_us >> 1
        self._in_time_us = max(config.permit_us, 2 * self.period_us)
        self._last_us = board.ticks_us()
        self.due_us = self._last_us  # when the next tick should begin
        self.dt_us = 0  # real length of the last tick
        self.late = False  # this tick began more than half a period late
        self._late_before = 0
        self.jumped = False
        self.second = False  # a whole second of board time ended with this tick
        self._in_second_us = 0
        readings.tick_hz = config.tick_hz
        readings.now_lo = self._last_us

    def start(self) -> None:
        """The loop begins: what went before was no tick."""
        self.due_us = wrap(self._ticks_us(), self.period_us)

    def is_due(self) -> bool:
        """Return whether it is time for the next tick."""
        return (self._ticks_us() - self.due_us) & MASK < _HALF

    def begin(self) -> int:
        """Start a tick: return the microseconds since the last one began."""
        now = self._ticks_us()
        mask = MASK
        dt = (now - self._last_us) & mask
        self._last_us = now
        readings = self._readings
        lo = readings.now_lo - mask - 1 + dt  # as fixed.carry and fixed.wrap, spelt out for speed
        if lo >= 0:
            readings.now_hi += 1
        readings.now_lo = lo & mask
        if dt >= JUMP_US:
            self.jumped = True
            dt = JUMP_US
        self.dt_us = dt
        due_us = self.due_us
        late_us = (now - due_us) & mask
        self.due_us = (due_us - mask - 1 + self.period_us) & mask
        self.late = late = self._late_us < late_us < _HALF
        if late:
            readings.late_ticks = wrap(readings.late_ticks, 1)
            if late_us >= self.period_us:
                self.due_us = wrap(now, self.period_us)
        us = self._in_second_us + dt
        self.second = second = us >= 1_000_000
        if second:
            us %= 1_000_000
        self._in_second_us = us
        return dt

    def was_late(self) -> bool:
        """Return whether any tick began late since this was asked before."""
        late = self._readings.late_ticks
        was = late != self._late_before
        self._late_before = late
        return was

    def end(self) -> bool:
        """Finish a tick: note how long it took; True while the loop comes round before the motor's permits
        run out."""
        took = (self._ticks_us() - self._last_us) & MASK
        if took > self._readings.longest_tick_us:
            self._readings.longest_tick_us = took
        return self.dt_us <= self._in_time_us
