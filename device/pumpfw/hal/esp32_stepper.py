"""Step generation on ESP32 and ESP32-S3: the remote-control unit (RMT) makes steps, a pulse counter counts
them.

Time is cut into bursts of at most a burst's length: each is a list of levels and durations that the unit
plays by itself, to 12.5 ns. A burst holds only steps that are permitted, so that none is made when the
processor hangs; a new interval acts with the next burst. When a step is due is kept in microseconds and
1/65536 of them, on the same clock as the tick, so that bursts join without gaining or losing time.

The counter sees STEP through a wire to a second pin. It holds while the stop input is pulled: the button's
second contact opens EN, so those steps turn nothing.
"""

import time

import esp32
import machine

_TICKS_PER_US = 80  # clock_div 1
_LONGEST = 32_767  # ticks of one duration
_MOST_STEPS = 1_500  # in a burst
_SHORT_US = 300  # a tick may wait that long for the burst before to end
_COUNTER_TOP = 32_767  # there the counter begins anew
_COUNT_MASK = 0x3FFFFFFF
_MASK = 0x3FFFFFFF


class Stepper:
    """The step generator's face; see ``pumpfw.hal``. ``steps()`` is to be called once a tick: it also hands
    the unit its next burst."""

    def __init__(self, wires: "dict[str, int]", stop: machine.Pin, tick_us: int) -> None:
        self._enable = machine.Pin(wires["en"], machine.Pin.OUT, value=1)
        self._forward_level = 1 - wires["reversed"]
        self._direction = machine.Pin(wires["dir"], machine.Pin.OUT, value=self._forward_level)
        self._direction_us = (wires["step_ns"] + wires["dir_ns"]) // 1000 + 1
        held = esp32.PCNT.HOLD
        seen = machine.Pin(wires["count"], machine.Pin.IN)
        self._counter = esp32.PCNT(
            0,
            pin=seen,
            rising=esp32.PCNT.INCREMENT,
            mode_pin=stop,
            mode_high=held if wires["stop_high"] else esp32.PCNT.NORMAL,
            mode_low=esp32.PCNT.NORMAL if wires["stop_high"] else held,
            max=_COUNTER_TOP,
        )
        self._counter.start()
        self._unit = esp32.RMT(0, pin=machine.Pin(wires["step"]), clock_div=1, idle_level=False)
        self._high = max((wires["step_ns"] * _TICKS_PER_US + 999) // 1000, 2)
        self._least_q16 = (2 * self._high + 2 << 16) // _TICKS_PER_US
        self._burst_us = tick_us
        self._last_count = 0
        self._made = 0
        self._permits = 0  # left, not counting what the unit has been given
        self._interval_q16 = 0  # us/65536, 0 stands
        self._rest_q40 = 1 << 40  # of the interval, when it was last changed
        self._due_q16 = 0  # the next step, on the clock of _now_us, us/65536
        self._us = 0
        self._ticks_us = time.ticks_us()
        self._ends_us = 0  # the burst that was given last

    def set_interval(self, us: int, frac_q16: int) -> None:
        """Make a step every `us` + `frac_q16`/65536 us from now on, keeping the phase; 0, 0 holds."""
        old = self._interval_q16
        new = (us << 16) + frac_q16
        if new and new < self._least_q16:
            new = self._least_q16
        self._interval_q16 = new
        now = self._now_us() << 16
        if old:  # how much of the interval is left
            self._rest_q40 = (max(self._due_q16 - now, 0) << 40) // old
        if new:
            self._due_q16 = now + (self._rest_q40 * new >> 40)

    def set_forward(self, forward: bool) -> None:
        """Turn forward or backward from the next step on; the driver's set-up and hold times are kept."""
        level = self._forward_level if forward else 1 - self._forward_level
        if self._direction.value() == level:
            return
        self._stop_unit()
        time.sleep_us(self._direction_us)
        self._direction.value(level)
        time.sleep_us(self._direction_us)

    def permit(self, steps: int) -> None:
        """Let so many more steps be made from now on; at 0 none. What the unit has been given is made."""
        self._permits = steps

    def count(self) -> int:
        """Return the steps made since boot, both directions, modulo 2^30."""
        count = self._counter.value()
        self._made = (self._made + (count - self._last_count) % _COUNTER_TOP) & _COUNT_MASK
        self._last_count = count
        return self._made

    def steps(self) -> int:
        """Return ``count()``, and give the unit its next burst."""
        self.count()
        begin = max(self._now_us(), self._ends_us)
        if self._interval_q16 and self._permits > 0 and begin - self._us <= _SHORT_US:
            self._play(begin)
        return self._made

    def enable(self, on: bool) -> None:
        """Switch the motor driver."""
        self._enable.value(0 if on else 1)

    def cut(self) -> None:
        """Stop at once: driver off, no interval, no permit."""
        self._enable.value(1)
        self.set_interval(0, 0)
        self._permits = 0
        self._stop_unit()

    def is_off(self) -> bool:
        """Return whether the driver was switched off."""
        return self._enable.value() == 1

    def _now_us(self) -> int:
        """Return the time since the start, which does not begin anew as ``ticks_us`` does."""
        ticks = time.ticks_us()
        self._us += (ticks - self._ticks_us) & _MASK
        self._ticks_us = ticks
        return self._us

    def _stop_unit(self) -> None:
        if not self._unit.wait_done(timeout=0):
            self._unit.active(False)
            self._unit.active(True)
        self._ends_us = self._now_us()

    def _play(self, begin_us: int) -> None:
        """Give the unit the steps that are due within a burst's length from `begin_us` on."""
        begin = begin_us << 16
        due = max(self._due_q16, begin)  # where it is late: at once, and from here on
        self._due_q16 = due
        interval = self._interval_q16
        room = (self._burst_us << 16) - (due - begin)
        if room <= 0:
            return
        count = min((room - 1) // interval + 1, self._permits, _MOST_STEPS)
        durations: "list[int]" = []
        levels: "list[bool]" = []
        _low(durations, levels, (due - begin) * _TICKS_PER_US >> 16)
        if count > 1:
            one: "list[int]" = [self._high]
            one_levels: "list[bool]" = [True]
            _low(one, one_levels, (interval * _TICKS_PER_US >> 16) - self._high)
            durations += one * (count - 1)
            levels += one_levels * (count - 1)
        durations.append(self._high)
        levels.append(True)
        self._unit.write_pulses(durations, levels)
        self._ends_us = begin_us + sum(durations) // _TICKS_PER_US + 1
        self._permits -= count
        self._due_q16 = due + count * interval


def _low(durations: "list[int]", levels: "list[bool]", ticks: int) -> None:
    """Append a time at low level, in as many durations as it takes."""
    while ticks > 0:
        durations.append(min(ticks, _LONGEST))
        levels.append(False)
        ticks -= _LONGEST
