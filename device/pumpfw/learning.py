"""Learning: let the flow sensor correct the law, slowly, where it can be trusted."""

from pumpfw.config import Config
from pumpfw.estimator import Estimator
from pumpfw.flow import Flow
from pumpfw.readings import Readings
from pumpfw.watch import Watch
from pumplink.alarms import SENSOR_FAULT
from pumplink.states import FLAG_SENSOR_AIR, FLAG_SENSOR_HIGH, FLAG_SENSOR_VALID, RUNNING

_TRUSTED = 20  # the correction works where the flow is so many times what the sensor's zero may be off by
_STUCK_READS = 200  # 10 s of the same reading: it may be stuck, and is not followed
_SETTLED_S = 30  # after a change of flow
_SENSOR_FLAGS = FLAG_SENSOR_VALID | FLAG_SENSOR_AIR | FLAG_SENSOR_HIGH


class Learning:
    """``second`` once a second of board time."""

    def __init__(
        self, config: Config, flow: Flow, estimator: Estimator, watch: Watch, readings: Readings
    ) -> None:
        self._config = config
        self._flow = flow
        self._estimator = estimator
        self._watch = watch
        self._readings = readings
        self._same_flow_s = 0
        self._flow_before = 0

    def is_limited(self) -> bool:
        """Return whether the correction would go beyond its limit."""
        return self._flow.limited

    def second(self) -> None:
        """Follow the sensor where it can be trusted, else go by the calibration."""
        readings = self._readings
        if readings.state != RUNNING:
            self._same_flow_s = 0
            return
        rate = readings.set_nl_h
        if rate != self._flow_before:
            self._flow_before = rate
            self._same_flow_s = 0
        sensor = self._estimator.flow_sensor
        trusted = (
            sensor is not None
            and sensor.same_reads < _STUCK_READS
            and readings.flags & _SENSOR_FLAGS == FLAG_SENSOR_VALID
            and self._watch.zero_error_nl_h() * _TRUSTED <= rate <= self._config.sensor_range_nl_h
            and not (readings.alarms_present | readings.alarms_latched) & (1 << SENSOR_FAULT)
        )
        if not trusted:
            self._flow.forget_correction()
            self._same_flow_s = 0
        elif self._same_flow_s < _SETTLED_S:
            self._same_flow_s += 1
        else:
            self._flow.correct(readings.measured_nl_h)
