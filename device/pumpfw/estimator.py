"""What the sensors say: the flow, filtered and integrated, and the line's pressure with what it was when all
was calm."""

from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.fixed import MASK
from pumpfw.ledger import measure
from pumpfw.readings import Readings
from pumpfw.sensors.pressure import PressureSensor
from pumpfw.sensors.slf3s import FlowSensor
from pumplink.states import FLAG_PRESSURE_VALID, FLAG_SENSOR_AIR, FLAG_SENSOR_HIGH, FLAG_SENSOR_VALID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

_MS_LIMIT = 1000  # a reading stands for no longer than this
_FLOW_LIMIT = 0x1FFFFFFF  # nL/h: leaves room for the zero, at most 2^28
TURNING_STATES = 0x23A  # bits by state
_CALM_PA = 2_000  # the line is calm within this of its lowest pressure


class Estimator:
    """Reads each sensor 20 times a second; every number stays small."""

    def __init__(
        self,
        config: Config,
        calibration: Calibration,
        cells: "array[int]",
        readings: Readings,
        flow_sensor: "FlowSensor | None",
        pressure_sensor: "PressureSensor | None",
    ) -> None:
        self._config = config
        self._calibration = calibration
        self._cells = cells
        self._measure = measure
        self._readings = readings
        self.flow_sensor = flow_sensor
        self.pressure_sensor = pressure_sensor
        self._read_at_us = readings.now_lo  # the last reading, to the whole millisecond
        self._started = False
        # The pressure before any occlusion follows downwards at once, upwards by delivered volume.
        self._follow_nl = config.compliance_nl_per_kpa * config.max_pressure_pa // 1000 * 4 + 1
        self._follow_nl = min(self._follow_nl, 0x1FFFFFFF)
        self._is_calm_known = False

    def read_flow(self) -> None:
        """Take a flow reading; in a run it adds to the measured volume."""
        sensor = self.flow_sensor
        if sensor is None:
            return
        readings = self._readings
        flags = readings.flags & ~(FLAG_SENSOR_VALID | FLAG_SENSOR_AIR | FLAG_SENSOR_HIGH)
        dt_ms = ((readings.now_lo - self._read_at_us) & MASK) // 1000
        self._read_at_us = (self._read_at_us - MASK - 1 + dt_ms * 1000) & MASK
        if sensor.read():
            flags |= FLAG_SENSOR_VALID
            if sensor.air:
                flags |= FLAG_SENSOR_AIR
            if sensor.high_flow:
                flags |= FLAG_SENSOR_HIGH
            calibration = self._calibration
            flow = sensor.flow_count * calibration.count_nl_h
            if flow > _FLOW_LIMIT:
                flow = _FLOW_LIMIT
            elif flow < -_FLOW_LIMIT:
                flow = -_FLOW_LIMIT
            flow -= calibration.zero_nl_h
            readings.raw_nl_h = flow
            if self._started:
                before = readings.measured_nl_h
                # Halves first: the difference of two flows may be twice as big as either.
                readings.measured_nl_h = before + ((flow >> 1) - (before >> 1) >> 2)
            else:
                self._started = True
                readings.measured_nl_h = flow
            readings.temperature_mc = sensor.temperature_mc
            if readings.run_open:
                self._measure(self._cells, flow, dt_ms if dt_ms < _MS_LIMIT else _MS_LIMIT)
        elif sensor.bad_reads > 4:  # the flow is not known
            self._started = False
            readings.measured_nl_h = 0
        readings.flags = flags

    def read_pressure(self) -> None:
        """Take a pressure reading, and remember the calm before an occlusion."""
        sensor = self.pressure_sensor
        if sensor is None:
            return
        readings = self._readings
        if not sensor.read():
            readings.flags &= ~FLAG_PRESSURE_VALID
            return
        readings.flags |= FLAG_PRESSURE_VALID
        pressure = sensor.pressure_pa
        readings.pressure_pa = pressure
        if not TURNING_STATES >> readings.state & 1:
            self._is_calm_known = False
            return
        above = pressure - readings.calm_pa
        if not self._is_calm_known or above < 0:
            self._is_calm_known = True
            readings.calm_pa = pressure
        elif readings.since_read_nl:
            # Slower than any occlusion, which needs a quarter of this volume to reach the limit.
            by_nl = readings.since_read_nl if readings.since_read_nl < 0xFFF else 0xFFF
            readings.calm_pa += (above if above < 0x3FFFF else 0x3FFFF) * by_nl // self._follow_nl
        readings.since_read_nl = 0
        if pressure < readings.calm_pa + _CALM_PA:
            readings.since_calm_nl = 0

    def stored_nl(self) -> int:
        """Estimate what the line has taken up since the calm: its compliance times the rise, and never more
        than came."""
        if self.pressure_sensor is None or not self._is_calm_known:
            return 0
        readings = self._readings
        rise_pa = readings.pressure_pa - readings.calm_pa
        if rise_pa <= 0:
            return 0
        if rise_pa > 1_000_000:
            rise_pa = 1_000_000
        stored = rise_pa // 100 * self._config.compliance_nl_per_kpa // 10
        return stored if stored < readings.since_calm_nl else readings.since_calm_nl
