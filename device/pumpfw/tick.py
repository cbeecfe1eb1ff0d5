"""The control tick: everything that the pump does on time, in order, at a fixed rate. Nothing here allocates.

1. time          how long the last tick really was
2. account       the steps that the hardware made, into every volume that they belong to
3. sense         flow, pressure and the causes of alarms, 20 times a second, in ticks of their own
4. act           what an alarm makes the pump do by itself
5. set           the program's clock, and the flow that is due
6. steer         the flow law: the time between microsteps
7. allow         the steps that the motor may make until the next ticks
"""

from pumpfw.alarms import Alarms
from pumpfw.clock import Clock
from pumpfw.config import Config
from pumpfw.delivery import STATE_BITS, TURNS, Delivery
from pumpfw.estimator import Estimator
from pumpfw.flow import Flow
from pumpfw.lease import Lease
from pumpfw.limits import Limits
from pumpfw.position import Position
from pumpfw.readings import Readings
from pumpfw.watch import Watch
from pumplink.alarms import SENSOR_FAULT, STOP, STOP_INPUT, TO_KEEP_OPEN
from pumplink.states import (
    FLAG_CORRECTION_LIMITED,
    FLAG_LATE_TICK,
    FLAG_SENSOR_AIR,
    FLAG_SENSOR_HIGH,
    FLAG_SENSOR_VALID,
    RUNNING,
    STOPPED_BY_ALARM,
    STOPPED_BY_INPUT,
)

_READINGS_HZ = 20
_WATCH_PHASE = 2  # of the ticks between two readings: flow comes in the first, pressure in the second
_TRUSTED = 20  # the correction works where the flow is so many times what the sensor's zero may be off by
_STUCK_READS = 200  # 10 s of the same reading: it may be stuck, and is not followed
_SETTLED_S = 30  # after a change of flow
_SENSOR_FLAGS = FLAG_SENSOR_VALID | FLAG_SENSOR_AIR | FLAG_SENSOR_HIGH


class Tick:
    """``run()`` once a period; its parts are built by ``app.py``."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        delivery: Delivery,
        estimator: Estimator,
        watch: Watch,
        alarms: Alarms,
        flow: Flow,
        limits: Limits,
        lease: Lease,
        position: Position,
        readings: Readings,
    ) -> None:
        self._config = config
        self._clock = clock
        self._delivery = delivery
        self._estimator = estimator
        self._watch = watch
        self._alarms = alarms
        self._flow = flow
        self._limits = limits
        self._lease = lease
        self._position = position
        self._readings = readings
        every = max(config.tick_hz // _READINGS_HZ, 1)
        self._last_phase = every - 1
        # Bound once: looking a method up costs more than many a method does.
        self._begin = clock.begin
        self._end = clock.end
        self._account = delivery.account
        self._advance = delivery.advance
        self._allow = delivery.allow
        self._steer = flow.steer
        self._look = watch.every_tick
        self._phase = 0
        self._pressure_phase = 1 % every
        self._watch_phase = _WATCH_PHASE % every
        self._same_flow_s = 0
        self._flow_before = 0

    def run(self) -> bool:
        """Do all of a tick's duties; True when it began and ended in time."""
        dt_us = self._begin()
        self._account()
        self._sense()
        if self._clock.second:
            self._second()
        if self._alarms.due:
            self._act()
        self._advance(dt_us)
        self._steer()
        self._allow()
        return self._end()

    def _sense(self) -> None:
        self._look()
        phase = self._phase
        self._phase = phase + 1 if phase < self._last_phase else 0
        if phase > _WATCH_PHASE:
            return
        if phase == 0:
            self._estimator.read_flow(self._delivery.run_open)
        if phase == self._pressure_phase:
            self._estimator.read_pressure(STATE_BITS[self._readings.state] & TURNS != 0)
        if phase == self._watch_phase:
            self._watch.after_reading()

    def _act(self) -> None:
        alarms = self._alarms
        if alarms.due == STOP:
            code = alarms.due_code
            self._delivery.stop_by_itself(code, STOPPED_BY_INPUT if code == STOP_INPUT else STOPPED_BY_ALARM)
        elif alarms.due == TO_KEEP_OPEN:
            self._delivery.keep_open()
            self._lease.other_cause()
        alarms.done()

    def _second(self) -> None:
        """What is due once a second of board time."""
        self._delivery.second()
        self._limits.second()
        self._lease.second()
        self._watch.second()
        self._position.second()
        self._correct()
        if self._alarms.changed:
            self._alarms.changed = False
            self._delivery.journal_due = True
        readings = self._readings
        flags = readings.flags & ~(FLAG_LATE_TICK | FLAG_CORRECTION_LIMITED)
        if self._clock.was_late():
            flags |= FLAG_LATE_TICK
        if self._flow.limited:
            flags |= FLAG_CORRECTION_LIMITED
        readings.flags = flags

    def _correct(self) -> None:
        """Let the flow sensor correct the law, slowly, where it can be trusted."""
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
