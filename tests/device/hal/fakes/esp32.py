"""``esp32`` as its documentation describes it: the remote-control unit, the pulse counter, partitions.

RMT: 80 MHz over an 8-bit divider; durations of 1 to 32767; a new sequence waits for the end of the one
before; ``active(False)`` ends it. PCNT: counts to ``max`` and begins anew there; holds by the level of
``mode_pin``.
"""

import bench

_NS_12_5 = 25  # half nanoseconds of a tick at 80 MHz


class RMT:
    PULSE_MAX = 32767
    last = None

    def __init__(self, channel, pin=None, clock_div=8, idle_level=False):
        if not 0 <= channel <= 7:
            raise ValueError("invalid channel")
        if not 1 <= clock_div <= 255:
            raise ValueError("clock_div must be between 1 and 255")
        self._div = clock_div
        self._ends_ns = 0
        self.pin = pin.id
        self.waited_ns = 0
        RMT.last = self

    def write_pulses(self, duration, data=True):
        if not isinstance(duration, (list, tuple)) or not isinstance(data, (list, tuple)):
            raise TypeError("lists or tuples are wanted")
        if len(duration) != len(data) or not duration:
            raise ValueError("duration and data must have same length")
        if min(duration) < 1 or max(duration) > RMT.PULSE_MAX:
            raise ValueError("duration must be between 1 and 32767")
        if bench.now_ns < self._ends_ns:
            self.waited_ns += self._ends_ns - bench.now_ns
            bench.pass_ns(self._ends_ns - bench.now_ns)
        at = 2 * bench.now_ns
        level = 0
        for ticks, high in zip(duration, data):  # noqa: B905  (MicroPython knows no strict)
            if high and not level:
                bench.step_edges.append(at // 2)
            level = high
            at += ticks * _NS_12_5 * self._div
        self._ends_ns = at // 2

    def wait_done(self, timeout=0):
        if bench.now_ns < self._ends_ns and timeout:
            bench.pass_ns(min(timeout * 1_000_000, self._ends_ns - bench.now_ns))
        return bench.now_ns >= self._ends_ns

    def active(self, on):
        if not on:
            self._ends_ns = bench.now_ns
            while bench.step_edges and bench.step_edges[-1] > bench.now_ns:
                bench.step_edges.pop()
        return on


class PCNT:
    INCREMENT = 1
    HOLD = 2
    NORMAL = 0

    def __init__(self, id, pin=None, rising=0, mode_pin=None, mode_low=0, mode_high=0, max=0):
        if not 1 <= max <= 32767:
            raise ValueError("max must be 1..32767")
        self._held_at = (mode_low == PCNT.HOLD, mode_high == PCNT.HOLD)
        self._mode_pin = mode_pin.id
        self._max = max
        self._count = 0
        self._seen = 0
        self._runs = False

    def start(self):
        self._runs = True

    def value(self):
        """Looks only at the present level of ``mode_pin``: change it after a look."""
        while self._seen < len(bench.step_edges) and bench.step_edges[self._seen] <= bench.now_ns:
            self._seen += 1
            if self._runs and not self._held_at[bench.level(self._mode_pin)]:
                self._count += 1
                if self._count == self._max:
                    self._count = 0
        return self._count


class Partition:
    TYPE_DATA = 1

    @classmethod
    def find(cls, type=0, subtype=0xFF, label=None):
        return [cls()] if type == cls.TYPE_DATA and label == "vfs" else []
