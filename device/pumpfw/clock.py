"""The board's time: how long the last tick was, in microseconds, and how well the loop keeps its rate."""

import micropython
from micropython import const

from pumpfw.config import Config
from pumpfw.fixed import MASK
from pumpfw.readings import Readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    from pumpfw.faces import Board

    ptr32 = array[int]

_NOW_LO = const(0)
_NOW_HI = const(1)
_LATE_TICKS = const(18)
_LONGEST_TICK_US = const(24)
_PERIOD_US = const(30)
_LAST_US = const(31)
_DUE_US = const(32)
_DT_US = const(33)
_IN_SECOND_US = const(34)

_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)
_JUMP_US = const(10_000_000)  # the watchdog bites long before a tick comes so late: the clock jumped

SECOND = 1  # what ``begin`` returns: a whole second of board time ended with this tick ...
JUMPED = 2  # ... the clock jumped
_SECOND = const(1)
_JUMPED = const(2)


@micropython.viper
def begin(c: ptr32, now_us: int) -> int:
    """Start a tick: unwrap the hardware's 30-bit microseconds into two limbs, count late ticks."""
    dt = (now_us - c[_LAST_US]) & _MASK
    c[_LAST_US] = now_us
    lo = c[_NOW_LO] - _MASK - 1 + dt
    if lo >= 0:
        c[_NOW_HI] = c[_NOW_HI] + 1
    c[_NOW_LO] = lo & _MASK
    found = 0
    if dt >= _JUMP_US:
        found = _JUMPED
        dt = _JUMP_US
    c[_DT_US] = dt
    period = c[_PERIOD_US]
    due = c[_DUE_US]
    late = (now_us - due) & _MASK
    due = due - _MASK - 1 + period
    if late > period >> 1 and late < _HALF:
        c[_LATE_TICKS] = (c[_LATE_TICKS] - _MASK) & _MASK  # one more
        if late >= period:
            due = now_us - _MASK - 1 + period
    c[_DUE_US] = due & _MASK
    us = c[_IN_SECOND_US] + dt
    if us >= 1_000_000:
        us %= 1_000_000
        found |= _SECOND
    c[_IN_SECOND_US] = us
    return found


@micropython.viper
def end(c: ptr32, now_us: int) -> int:
    """Finish a tick: note how long it took; return the length of the one before it."""
    took = (now_us - c[_LAST_US]) & _MASK
    if took > c[_LONGEST_TICK_US]:
        c[_LONGEST_TICK_US] = took
    return c[_DT_US]


class Clock:
    """``begin`` and ``end`` of this module do the work of every tick."""

    def __init__(self, board: "Board", config: Config, readings: Readings) -> None:
        self._ticks_us = board.ticks_us
        self._readings = readings
        self._late_before = 0
        readings.tick_hz = config.tick_hz
        readings.period_us = 1_000_000 // config.tick_hz
        readings.half_a_tick = 7200 * config.tick_hz
        readings.last_us = readings.due_us = readings.now_lo = board.ticks_us()

    def start(self) -> None:
        """The loop begins: what went before was no tick."""
        self._readings.due_us = (self._ticks_us() - MASK - 1 + self._readings.period_us) & MASK

    def was_late(self) -> bool:
        """Return whether any tick began late since this was asked before."""
        late = self._readings.late_ticks
        was = late != self._late_before
        self._late_before = late
        return was
