"""The watch: looks for the cause of every alarm. Each threshold is in one place, and scales with the set
flow.

Measured and counted volume are compared over windows of whole revolutions, so that no bite of a roller
looks like an error, and with room for what the sensor's zero may be off by: at flows that the sensor
cannot see, it accuses nobody.
"""

from pumpfw.alarms import Alarms
from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.delivery import PROGRAM, STATE_BITS, TURNS
from pumpfw.estimator import Estimator
from pumpfw.fixed import MASK
from pumpfw.ledger import Ledger
from pumpfw.limits import Limits
from pumpfw.motor import Motor
from pumpfw.program import Program
from pumpfw.readings import Readings
from pumpfw.reservoir import Reservoirs
from pumpfw.sensors.slf3s import FlowSensor
from pumplink.alarms import (
    AIR,
    FREE_FLOW,
    HOUR_LIMIT,
    LATE_TICKS,
    LEDGER_DISAGREES,
    OCCLUSION,
    OVER_INFUSION,
    PRESSURE_SENSOR_FAULT,
    RESERVOIR_EMPTY,
    RESERVOIR_LOW,
    SENSOR_FAULT,
    STALL,
    UNDER_INFUSION,
)
from pumplink.states import FLAG_HOMED, FLAG_SENSOR_VALID, RELIEVING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import Board

_HOME_MARK = 4  # capability bit

# Readings come 20 times a second.
_OCCLUSION_READS = 2  # above the limit, 0.1 s
_AIR_READS = 3
_BAD_READS = 20  # without a good reading, 1 s
_STUCK_READS = 1200  # the same reading although the flow is another, 60 s
_FREE_FLOW_AFTER_S = 60  # the line has come to rest
_FREE_FLOW_S = 5
_ZERO_ERRORS = 3  # room for the sensor's zero, in its stated errors
# Windows of measured against counted volume.
_WINDOW_S = 60
_LONGEST_WINDOW_S = 3600
_WINDOW_REVOLUTIONS = 2
_WINDOWS_IN_A_ROW = 2
_OVER_PERCENT = 40  # a tube set may be 25 % off, a sensor 5 % and more
_UNDER_PERCENT = 40
_LONG_WINDOW_S = 3600
_LONG_PERCENT = 15
_LATE_IN_10_S = 10  # percent of all ticks


class Watch:
    """``look`` (20 Hz) and ``second``; nothing here allocates."""

    def __init__(
        self,
        board: "Board",
        config: Config,
        alarms: Alarms,
        estimator: Estimator,
        calibration: Calibration,
        ledger: Ledger,
        limits: Limits,
        motor: Motor,
        reservoirs: Reservoirs,
        program: Program,
        readings: Readings,
    ) -> None:
        self._board = board
        self._config = config
        self._alarms = alarms
        self._estimator = estimator
        self._calibration = calibration
        self._ledger = ledger
        self._limits = limits
        self._motor = motor
        self._reservoirs = reservoirs
        self._program = program
        self._readings = readings
        self._has_home = board.capabilities & _HOME_MARK != 0
        self._occluded_reads = 0
        self._air_reads = 0
        self._stuck_reads = 0
        self._free_flow_s = 0
        self._home_edges = board.home_edges() if self._has_home else 0
        self._since_home = 0  # hardware steps at the last edge, or where the wait for one began
        self._window_s = 0
        self._window_rest = 0
        self._window_measured_nl = 0
        self._window_from = 0  # hardware steps
        self._overs = 0
        self._unders = 0
        self._negatives = 0
        self._long_s = 0
        self._long_measured_nl = 0
        self._long_counted_nl = 0
        self._late_before = 0
        self._tens = 0

    def zero_error_nl_h(self) -> int:
        """Return what the flow sensor's zero may be off by."""
        config = self._config
        return config.calibrated_zero_error_nl_h if self._calibration.valid else config.sensor_zero_error_nl_h

    def look(self) -> None:
        """Look at the sensors' new readings, the reservoir and the hour."""
        readings = self._readings
        alarms = self._alarms
        self._look_pressure(readings)
        sensor = self._estimator.flow_sensor
        if sensor is not None:
            air_reads = 0
            if sensor.air and sensor.valid:
                air_reads = self._air_reads + 1 if self._air_reads < _AIR_READS else _AIR_READS
            self._air_reads = air_reads
            alarms.set(AIR, air_reads >= _AIR_READS, 0)
            alarms.set(SENSOR_FAULT, self._is_sensor_wrong(sensor), sensor.flow_count)
        if STATE_BITS[readings.state] & TURNS and readings.state != RELIEVING:
            if self._reservoirs.is_low():
                alarms.set(RESERVOIR_LOW, True, readings.remaining_nl)
            if self._ledger.steps_in(self._reservoirs.rest_nl()) == 0:
                alarms.set(RESERVOIR_EMPTY, True, readings.remaining_nl)
            if STATE_BITS[readings.state] & PROGRAM and self._is_hour_full(0):
                alarms.set(HOUR_LIMIT, True, readings.hour_nl)
        if self._has_home:
            self._look_home()

    def second(self) -> None:
        """Look at what shows only over time."""
        readings = self._readings
        bit = readings.alarms_present
        if bit & (1 << RESERVOIR_LOW):
            self._alarms.set(RESERVOIR_LOW, self._reservoirs.is_low(), 0)
        if bit & (1 << RESERVOIR_EMPTY):
            self._alarms.set(RESERVOIR_EMPTY, self._ledger.steps_in(self._reservoirs.rest_nl()) == 0, 0)
        if bit & (1 << HOUR_LIMIT):
            # Some room, so that it does not come and go.
            self._alarms.set(HOUR_LIMIT, self._is_hour_full(self._config.max_hour_nl // 20), 0)
        self._look_late()
        if readings.flags & FLAG_SENSOR_VALID:
            self._look_free_flow()
            if STATE_BITS[readings.state] & PROGRAM:
                self._compare()

    def begin_run(self) -> None:
        """Begin to compare anew."""
        self._overs = self._unders = self._negatives = 0
        self._long_s = self._long_measured_nl = self._long_counted_nl = 0
        self._begin_window()

    # --- pressure and hour ---

    def _look_pressure(self, readings: Readings) -> None:
        sensor = self._estimator.pressure_sensor
        if sensor is None:
            return
        above = sensor.valid and readings.pressure_pa > self._config.max_pressure_pa
        reads = 0
        if above:
            reads = self._occluded_reads + 1 if self._occluded_reads < _OCCLUSION_READS else _OCCLUSION_READS
        self._occluded_reads = reads
        still = above and readings.alarms_present & (1 << OCCLUSION) != 0
        self._alarms.set(OCCLUSION, still or reads >= _OCCLUSION_READS, readings.pressure_pa)
        still = sensor.bad_reads > 0 and readings.alarms_present & (1 << PRESSURE_SENSOR_FAULT) != 0
        self._alarms.set(PRESSURE_SENSOR_FAULT, still or sensor.bad_reads >= _BAD_READS, 0)

    def _is_hour_full(self, room_nl: int) -> bool:
        """Leave room for an hour at the keep-open rate, which is what the alarm goes on with."""
        step_nl = self._readings.step_pl // 1000 + 1
        return self._limits.rest_nl() <= self._program.keep_open_nl_h + step_nl + room_nl

    # --- flow sensor ---

    def _is_sensor_wrong(self, sensor: FlowSensor) -> bool:
        if self._readings.alarms_present & (1 << SENSOR_FAULT):
            if sensor.bad_reads > 0 or self._negatives > 0:
                return True
        elif sensor.bad_reads >= _BAD_READS or self._negatives >= _WINDOWS_IN_A_ROW:
            return True
        # The same reading again and again is wrong only where the flow is another one.
        # In halves: the difference may be twice as big as either.
        half = self._readings.set_nl_h >> 1
        room = half // 5 * 2 + self._zero_room_nl_h() // 2
        off = (self._readings.raw_nl_h >> 1) - half
        stuck = sensor.same_reads > 0 and (off > room or off < -room)
        self._stuck_reads = min(self._stuck_reads + 1, _STUCK_READS) if stuck else 0
        return self._stuck_reads >= _STUCK_READS

    def _zero_room_nl_h(self) -> int:
        return _ZERO_ERRORS * self.zero_error_nl_h()

    def _look_free_flow(self) -> None:
        """Flow while the head stands, beyond what the zero may be off by."""
        if self._readings.stood_s < _FREE_FLOW_AFTER_S:
            self._free_flow_s = 0
            flows = False
        else:
            flows = self._readings.measured_nl_h > self._zero_room_nl_h()
        if flows or self._free_flow_s:
            self._free_flow_s = min(self._free_flow_s + 1, _FREE_FLOW_S) if flows else 0
        if self._free_flow_s >= _FREE_FLOW_S or self._readings.alarms_present & (1 << FREE_FLOW):
            self._alarms.set(FREE_FLOW, flows, self._readings.measured_nl_h)

    def _begin_window(self) -> None:
        self._window_s = 0
        self._window_measured_nl = 0
        self._window_from = self._readings.hardware_steps

    def _compare(self) -> None:
        """Add a second to the window; at its end hold measured against counted."""
        flow = self._readings.measured_nl_h + self._window_rest
        nl = flow // 3600
        self._window_rest = flow - nl * 3600
        self._window_measured_nl += nl
        self._window_s += 1
        steps = (self._readings.hardware_steps - self._window_from) & MASK
        revolutions = steps // self._readings.steps_per_rev
        if self._window_s < _LONGEST_WINDOW_S and (
            self._window_s < _WINDOW_S or revolutions < _WINDOW_REVOLUTIONS
        ):
            return
        counted_nl = self._counted_nl(steps)
        measured_nl = self._window_measured_nl
        seconds = self._window_s
        self._begin_window()
        zero_nl = self._zero_nl(seconds)
        self._judge(counted_nl, measured_nl, zero_nl)
        self._long_s += seconds
        self._long_measured_nl += measured_nl
        self._long_counted_nl += counted_nl
        if self._long_s >= _LONG_WINDOW_S or self._long_counted_nl > 0xFFFFFFF:
            off = self._long_measured_nl - self._long_counted_nl
            room = self._long_counted_nl // 100 * _LONG_PERCENT + self._zero_nl(self._long_s)
            self._alarms.set(LEDGER_DISAGREES, off > room or off < -room, off)
            self._long_s = self._long_measured_nl = self._long_counted_nl = 0

    def _judge(self, counted_nl: int, measured_nl: int, zero_nl: int) -> None:
        off = measured_nl - counted_nl
        over = off > counted_nl // 100 * _OVER_PERCENT + zero_nl
        # The head cannot turn back: then it is not the flow that is less, the sensor's sign is wrong.
        backward = measured_nl < -(counted_nl // 100 * _UNDER_PERCENT + zero_nl)
        under = not backward and off < -(counted_nl // 100 * _UNDER_PERCENT + zero_nl)
        self._overs = min(self._overs + 1, _WINDOWS_IN_A_ROW) if over else 0
        self._unders = min(self._unders + 1, _WINDOWS_IN_A_ROW) if under else 0
        self._negatives = min(self._negatives + 1, _WINDOWS_IN_A_ROW) if backward else 0
        if self._overs >= _WINDOWS_IN_A_ROW or not over:
            self._alarms.set(OVER_INFUSION, over, off)
        if self._unders >= _WINDOWS_IN_A_ROW or not under:
            self._alarms.set(UNDER_INFUSION, under, off)

    def _counted_nl(self, steps: int) -> int:
        revolutions = steps // self._readings.steps_per_rev
        stroke_nl = self._calibration.stroke_pl // 1000
        part = (steps - revolutions * self._readings.steps_per_rev) * (self._readings.step_pl // 8) // 125
        return revolutions * stroke_nl + part

    def _zero_nl(self, seconds: int) -> int:
        zero_nl_h = self._zero_room_nl_h()
        return zero_nl_h // 3600 * seconds if zero_nl_h > 100_000 else zero_nl_h * seconds // 3600

    # --- motor and loop ---

    def _look_home(self) -> None:
        """The home mark must come once a revolution; it also says where the rotor is."""
        readings = self._readings
        if readings.backward or not STATE_BITS[readings.state] & TURNS:
            self._since_home = readings.hardware_steps
            self._home_edges = self._board.home_edges()
            return
        edges = self._board.home_edges()
        if edges != self._home_edges:
            self._home_edges = edges
            self._since_home = self._board.home_steps()
            since = (readings.hardware_steps - self._since_home) & MASK
            self._motor.set_rotor(since % readings.steps_per_rev)
            readings.flags |= FLAG_HOMED
            self._alarms.set(STALL, False, 0)
            return
        since = (readings.hardware_steps - self._since_home) & MASK
        most = (
            readings.steps_per_rev + readings.steps_per_rev * (self._config.home_window_mdeg // 1000) // 360
        )
        if since > most:
            self._alarms.set(STALL, True, since)

    def _look_late(self) -> None:
        self._tens += 1
        if self._tens < 10:
            return
        self._tens = 0
        late = (self._readings.late_ticks - self._late_before) & MASK
        self._late_before = self._readings.late_ticks
        often = late * 100 > _LATE_IN_10_S * 10 * self._config.tick_hz
        if often or self._readings.alarms_present & (1 << LATE_TICKS):
            self._alarms.set(LATE_TICKS, often, late)
