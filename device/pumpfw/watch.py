"""The watch: raises and clears the alarms as their causes come and go.

Where each is looked for: ``causes.py`` (limits, reservoirs, air), ``occlusion.py``, ``sensor_health.py``,
``comparison.py`` (measured against counted), ``rotor_watch.py`` (the home mark), ``progress.py`` (counted
against set), and here what needs no more than a look a second. ``docs/alarms.md`` has every threshold.
"""

import micropython
from micropython import const

from pumpfw.alarms import Alarms
from pumpfw.calibration import Calibration
from pumpfw.causes import find
from pumpfw.comparison import Comparison
from pumpfw.config import Config
from pumpfw.delivery import STATE_BITS, TURNS
from pumpfw.fixed import MASK
from pumpfw.phase import Phase
from pumpfw.progress import is_behind
from pumpfw.readings import Readings
from pumpfw.rotor_watch import RotorWatch
from pumplink.alarms import FREE_FLOW, HOUR_LIMIT, LATE_TICKS, OCCLUSION, SENSOR_FAULT, STEPS_MISSING
from pumplink.states import FLAG_SENSOR_VALID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from pumpfw.faces import Board

    ptr32 = array[int]

_HOME_MARK = 4  # capability bit
_FREE_FLOW_S = 30  # is looked for over so long, against the time before, once the head has stood for as long
_FALLING_PA = 300  # then the line is still running empty
_FLOW_ZERO = 1 << 28  # of slow_nl_h

_LATE_TICKS = const(18)
_TICK_HZ = const(28)
_LOOKS = const(208)
_LATE_IN_S = const(218)
_LATE_BEFORE = const(219)
_LATE_SINCE = const(220)

_MASK = const(0x3FFFFFFF)
_LATE_S = const(10)
_LOOKS_HZ = const(20)
_LATE_PERCENT = const(10)


@micropython.viper
def look_late(c: ptr32) -> int:
    """Be told of each second. Return 2 when ticks were late again and again, or did not come at all, in the
    ten seconds that are over, 1 when they came in time, 0 before."""
    left_s = c[_LATE_IN_S] - 1
    c[_LATE_IN_S] = left_s
    if left_s:
        return 0
    c[_LATE_IN_S] = _LATE_S
    late = (c[_LATE_TICKS] - c[_LATE_BEFORE]) & _MASK
    c[_LATE_BEFORE] = c[_LATE_TICKS]
    c[_LATE_SINCE] = late
    looks = c[_LOOKS]
    c[_LOOKS] = 0
    tick_hz = c[_TICK_HZ]
    looks_hz = tick_hz if tick_hz < _LOOKS_HZ else _LOOKS_HZ
    if late * 100 > _LATE_PERCENT * _LATE_S * tick_hz:
        return 2
    return 2 if looks * 100 < (100 - _LATE_PERCENT) * _LATE_S * looks_hz else 1


class Watch:
    """``look`` 20 times a second, ``rotor``, ``comparison.second`` and ``second`` once. Nothing allocates."""

    def __init__(
        self,
        board: "Board",
        config: Config,
        alarms: Alarms,
        calibration: Calibration,
        phase: Phase,
        readings: Readings,
        cells: "array[int]",
    ) -> None:
        self._board = board
        self._config = config
        self._alarms = alarms
        self._phase = phase
        self._readings = readings
        self._cells = cells
        self.look = _looker(cells, self._tell)
        self.comparison = Comparison(config, calibration, alarms, readings, cells)
        self._rotor = RotorWatch(config, alarms, readings)
        self._edges = board.home_edges if board.capabilities & _HOME_MARK else None
        self._home_edges = board.home_edges() if self._edges else 0
        self._free_nl_h = 0  # sum over the present time of looking, / 256
        self._free_before = 0  # and over the one before
        self._free_pa = 0
        readings.late_in_s = _LATE_S

    def begin_run(self) -> None:
        """Begin to compare anew."""
        self.comparison.begin()

    def _tell(self, changed: int) -> None:
        """Raise and clear what ``find`` found."""
        readings = self._readings
        found = readings.found
        code = 0
        while changed >> code:
            if changed >> code & 1:
                value = readings.remaining_nl
                if code == OCCLUSION:
                    value = readings.pressure_pa
                elif code == SENSOR_FAULT:
                    value = readings.flow_count
                elif code == HOUR_LIMIT:
                    value = readings.hour_nl
                self._alarms.set(code, found >> code & 1 != 0, value)
            code += 1

    def rotor(self) -> None:
        """Once a second: has the home mark come, and where?"""
        if self._edges is None:
            return
        readings = self._readings
        edges = self._edges()
        passed = edges - self._home_edges & MASK
        if passed:
            self._home_edges = edges
            if not readings.backward:
                steps_ago = readings.hardware_steps - self._board.home_steps() & MASK
                self._rotor.mark(steps_ago, passed)
                self._phase.mark(steps_ago)
        if not STATE_BITS[readings.state] & TURNS:
            self._rotor.stands()
        elif self._rotor.is_overdue() and not readings.backward:
            self._rotor.overdue(self._flows())

    def _flows(self) -> bool:
        """Return whether the sensor sees at least half of the set flow for certain."""
        readings = self._readings
        if not readings.flags & FLAG_SENSOR_VALID or readings.alarms_present >> SENSOR_FAULT & 1:
            return False
        return readings.slow_nl_h - _FLOW_ZERO - readings.room_nl_h >= readings.set_nl_h >> 1

    def second(self) -> None:
        """Look once a second at the loop's own time, at steps that do not come, and at a head that stands."""
        readings = self._readings
        found = look_late(self._cells)
        if found:
            self._alarms.set(LATE_TICKS, found == 2, readings.late_since)
        self._alarms.set(STEPS_MISSING, bool(is_behind(self._cells)), readings.behind_nl)
        if readings.stood_s >= _FREE_FLOW_S or readings.alarms_present >> FREE_FLOW & 1:
            self._look_free_flow(readings)

    def _look_free_flow(self, readings: Readings) -> None:
        """Flow while the head stands, beyond what the zero may be off by, that does not die away."""
        stood_s = readings.stood_s
        if stood_s < _FREE_FLOW_S or not readings.flags & FLAG_SENSOR_VALID:
            self._free_nl_h = 0
            self._free_before = 0
            self._alarms.set(FREE_FLOW, False, 0)
            return
        if stood_s == _FREE_FLOW_S:
            self._free_nl_h = 0
            self._free_before = 0
        self._free_nl_h += readings.measured_nl_h >> 8
        if stood_s % _FREE_FLOW_S != _FREE_FLOW_S - 1:
            return
        flow = self._free_nl_h
        before = self._free_before
        falls = self._free_pa - readings.pressure_pa > _FALLING_PA
        self._free_nl_h = 0
        self._free_before = flow
        self._free_pa = readings.pressure_pa
        least = (readings.zero_room_nl_h >> 8) * _FREE_FLOW_S
        if flow <= least:
            self._alarms.set(FREE_FLOW, False, 0)
        elif before > least and not falls and flow >> 3 >= (before >> 6) * 7:
            self._alarms.set(FREE_FLOW, True, readings.measured_nl_h)


def _looker(cells: "array[int]", tell: "Callable[[int], None]") -> "Callable[[], None]":
    """Return what looks 20 times a second. (A closure's names are found faster than those of an object.)"""
    look_for = find

    def look() -> None:
        changed = look_for(cells)
        if changed:
            tell(changed)

    return look
