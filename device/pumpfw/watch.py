"""The watch: holds what is found against what is known, and raises and clears the alarms.

Where each is looked for: ``causes.py`` (limits, reservoirs, air), ``occlusion.py``, ``sensor_health.py``,
``comparison.py`` (measured against counted), ``rotor_watch.py`` (the home mark), and here what needs no more
than a look a second. ``docs/alarms.md`` has every threshold.
"""

from pumpfw.alarms import Alarms
from pumpfw.calibration import Calibration
from pumpfw.causes import LOOKED_AT, causes
from pumpfw.comparison import Comparison
from pumpfw.config import Config
from pumpfw.delivery import PROGRAM, STATE_BITS, TURNS
from pumpfw.estimator import Estimator
from pumpfw.fixed import MASK
from pumpfw.phase import Phase
from pumpfw.readings import Readings
from pumpfw.rotor_watch import RotorWatch
from pumpfw.sensor_health import is_faulty
from pumplink.alarms import FREE_FLOW, HOUR_LIMIT, LATE_TICKS, OCCLUSION, SENSOR_FAULT
from pumplink.states import FLAG_SENSOR_VALID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    from pumpfw.faces import Board

_HOME_MARK = 4  # capability bit
_SENSOR_FAULT_BIT = 1 << SENSOR_FAULT
_ZERO_ERRORS = 3  # room for the sensor's zero, in its stated errors
_FREE_FLOW_S = 30  # is looked for over so long, against the time before, once the head has stood for as long
_FALLING_PA = 300  # then the line is still running empty
_FLOW_ZERO = 1 << 28  # of slow_nl_h
_LATE_S = 10
_LOOKS_S = 20
_LATE_PERCENT = 10


class Watch:
    """``look`` (20 Hz) and ``second``; nothing here allocates."""

    def __init__(
        self,
        board: "Board",
        config: Config,
        alarms: Alarms,
        estimator: Estimator,
        calibration: Calibration,
        phase: Phase,
        readings: Readings,
        cells: "array[int]",
    ) -> None:
        self._board = board
        self._config = config
        self._alarms = alarms
        self._estimator = estimator
        self._calibration = calibration
        self._phase = phase
        self._readings = readings
        self._cells = cells
        self._causes = causes
        self._is_faulty = is_faulty
        self._sensor = estimator.flow_sensor
        self._was_faulty = 0
        self.comparison = Comparison(config, calibration, alarms, readings, cells)
        self._rotor = RotorWatch(config, alarms, readings)
        self._edges = board.home_edges if board.capabilities & _HOME_MARK else None
        self._home_edges = board.home_edges() if self._edges else 0
        self._free_nl_h = 0  # sum over the present time of looking, / 256
        self._free_before = -1  # and over the one before
        self._free_pa = 0
        self._looks = 0
        self._tens = 0
        self._late_before = 0

    def zero_error_nl_h(self) -> int:
        """Return what the flow sensor's zero may be off by."""
        config = self._config
        return config.calibrated_zero_error_nl_h if self._calibration.valid else config.sensor_zero_error_nl_h

    def begin_run(self) -> None:
        """Begin to compare anew."""
        self.comparison.begin()

    def look(self) -> None:
        """Look at the sensors' new readings, the reservoir, the hour and the home mark."""
        cells = self._cells
        readings = self._readings
        self._looks += 1
        found = self._causes(cells)
        mask = LOOKED_AT
        if self._sensor is not None:
            mask |= _SENSOR_FAULT_BIT
            self._was_faulty = self._is_faulty(cells, self._sensor.flow_count, self._was_faulty)
            if self._was_faulty or self.comparison.has_wrong_sign:
                found |= _SENSOR_FAULT_BIT
        changed = (found ^ readings.alarms_present) & mask
        if changed:
            self._tell(changed, found)
        if self._edges is not None:
            edges = self._edges()
            if edges != self._home_edges:
                self._home_edges = edges
                self._take_mark()

    def _tell(self, changed: int, found: int) -> None:
        readings = self._readings
        code = 0
        while changed >> code:
            if changed >> code & 1:
                value = readings.remaining_nl
                if code == OCCLUSION:
                    value = readings.pressure_pa
                elif code == SENSOR_FAULT:
                    value = readings.last_count
                elif code == HOUR_LIMIT:
                    value = readings.hour_nl
                self._alarms.set(code, found >> code & 1 != 0, value)
            code += 1

    def _take_mark(self) -> None:
        """The mark says where the rotor is."""
        readings = self._readings
        if readings.backward:
            return
        steps_ago = readings.hardware_steps - self._board.home_steps() & MASK
        self._rotor.mark(steps_ago)
        self._phase.mark(steps_ago)

    def second(self) -> None:
        """Look at what shows only over time."""
        readings = self._readings
        zero_room_nl_h = _ZERO_ERRORS * self.zero_error_nl_h()
        readings.room_nl_h = zero_room_nl_h + ((readings.noise >> 8) * readings.count_nl_h >> 2)
        self._estimator.calibrated()
        self._look_late()
        bits = STATE_BITS[readings.state]
        if bits & PROGRAM:
            self.comparison.second(zero_room_nl_h)
        else:
            readings.window_s = 0
        if self._edges is not None:
            if not bits & TURNS:
                self._rotor.stands()
            elif not readings.backward:
                self._rotor.turning(self._flows())
        self._look_free_flow(zero_room_nl_h)

    def _flows(self) -> bool:
        """Return whether the sensor sees at least half of the set flow for certain."""
        readings = self._readings
        if not readings.flags & FLAG_SENSOR_VALID or readings.alarms_present & _SENSOR_FAULT_BIT:
            return False
        return readings.slow_nl_h - _FLOW_ZERO - readings.room_nl_h >= readings.set_nl_h >> 1

    def _look_free_flow(self, zero_room_nl_h: int) -> None:
        """Flow while the head stands, beyond what the zero may be off by, that does not die away."""
        readings = self._readings
        present = readings.alarms_present >> FREE_FLOW & 1
        stood_s = readings.stood_s
        if stood_s < _FREE_FLOW_S or not readings.flags & FLAG_SENSOR_VALID:
            self._free_nl_h = 0
            self._free_before = -1
            if present:
                self._alarms.set(FREE_FLOW, False, 0)
            return
        self._free_nl_h += readings.measured_nl_h >> 8
        if stood_s % _FREE_FLOW_S != _FREE_FLOW_S - 1:
            return
        flow = self._free_nl_h
        before = self._free_before
        falls = self._free_pa - readings.pressure_pa > _FALLING_PA
        self._free_nl_h = 0
        self._free_before = flow
        self._free_pa = readings.pressure_pa
        flows = flow > (zero_room_nl_h >> 8) * _FREE_FLOW_S
        if before >= 0 and flows and not falls and flow >> 3 >= (before >> 6) * 7:
            self._alarms.set(FREE_FLOW, True, readings.measured_nl_h)
        elif present and not flows:
            self._alarms.set(FREE_FLOW, False, 0)

    def _look_late(self) -> None:
        """Late ticks, and ticks that did not come at all."""
        self._tens += 1
        if self._tens < _LATE_S:
            return
        readings = self._readings
        late = (readings.late_ticks - self._late_before) & MASK
        often = late * 100 > _LATE_PERCENT * _LATE_S * self._config.tick_hz or self._looks * 100 < (
            100 - _LATE_PERCENT
        ) * _LATE_S * min(_LOOKS_S, self._config.tick_hz)
        self._late_before = readings.late_ticks
        self._tens = 0
        self._looks = 0
        if often or readings.alarms_present & (1 << LATE_TICKS):
            self._alarms.set(LATE_TICKS, often, late)
