"""Learning: what the tube gives now, found slowly by holding the flow sensor against the count.

Over windows of whole revolutions, where the flow is one that the sensor can be trusted with and nothing else
is going on, measured volume is compared with counted. A part of the difference becomes ``tube_ppm``, the
share that the tube gives more than was written: with a time constant of half an hour, by at most 2 % an
hour, and never beyond the board's limit, so that a sensor that lies moves the flow little and slowly. Where
pressure or temperature have changed, the difference is followed at once for a while, and put down to slip or
warmth.

Without a calibration of the tube set neither sensor nor tube is known well, and the sensor is followed
faster.
"""

import micropython
from micropython import const

from pumpfw.calibration import Calibration
from pumpfw.config import Config
from pumpfw.errors import Refused
from pumpfw.fixed import clamp, muldiv
from pumpfw.map_learning import MapLearning
from pumpfw.readings import Readings
from pumplink.states import EVENT_TUBE_LEARNED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    from pumpfw.events import Events
    from pumpfw.sensors.slf3s import FlowSensor

    ptr32 = array[int]

_COUNTED_LO = const(4)
_MEASURED_LO = const(6)
_SET_NL_H = const(10)
_PRESSURE_PA = const(14)
_ALARMS_LATCHED = const(16)
_TEMPERATURE_MC = const(17)
_STATE = const(19)
_FLAGS = const(20)
_ALARMS_PRESENT = const(23)
_STEPS_PER_REV = const(36)
_HARDWARE_STEPS = const(37)
_TUBE_PPM = const(108)
_TRIM_PPM = const(112)
_MAP_VALID = const(115)
_PRESSURE_MEAN_PA = const(121)
_SLIP_PPM_KPA = const(122)
_WARMING_PPM_C = const(123)
_LEAST_NL_H = const(124)
_MOST_NL_H = const(125)
_SETTLE_S = const(126)
_SETTLED_S = const(127)
_LEARN_NL_H = const(128)
_LEARN_S = const(129)
_LEARN_STEPS = const(130)
_LEARN_TARGET = const(131)
_LEARN_MEASURED = const(132)
_LEARN_COUNTED = const(133)
_LEARN_PA = const(134)
_QUICK_S = const(135)
_CALM_LAW_PA = const(136)
_CALM_LAW_MC = const(137)

_MASK = const(0x3FFFFFFF)
_RUNNING = const(1)
_SENSOR_FLAGS = const(7)  # valid, air, high flow
_PRESSURE_VALID = const(16)
_TRIM_LIMIT = const(300_000)
# Occlusion, air, over- and under-infusion, stall, sensor fault, free flow, leak.
_NOT_NOW = const(0x500F3)
_LEAST_WINDOW_S = const(30)
_LONGEST_WINDOW_S = const(3600)
_QUICK_WINDOW_S = const(5)
_MOVED_PA = const(1_000)  # the pressure: then the line takes up or gives back
_QUICK_MOVED_PA = const(300)
_CHANGED_PA = const(3_000)  # worth being followed at once
_CHANGED_MC = const(2_000)
_FOLLOW_QUICKLY_S = const(45)

TRIM = 1  # what ``look`` finds: the trim is another one
WINDOW = 2  # a window is complete
CHANGED = 4  # pressure or temperature are others: what changes with them is followed at once
FOLLOWED = 8  # long enough
_TRIM = const(1)
_WINDOW = const(2)
_CHANGED = const(4)
_FOLLOWED = const(8)

_TRUSTED = 20  # a flow of so many times what the sensor's zero may be off by
_STUCK_READS = 200  # 10 s of the same reading: it may be stuck, and is not followed
_SETTLE_LEAST_S = 30
_INTEGRAL_S = 1800
_ERROR_LIMIT_PPM = 10_000
_UNCALIBRATED_INTEGRAL_S = 300
_UNCALIBRATED_ERROR_LIMIT_PPM = 100_000
_Q = 64  # the tube's share is kept finer than it is used
_KEEP_PPM = 1_000  # a change that is journalled
_SLIP_LIMIT_PPM = 5_000  # 0.5 % a kPa
_SLIP_LEAST_PA = 5_000
_WARMING_LIMIT_PPM = 10_000
_FILTER_MS = 374  # of the lag that is the published flow's filter, and not the raw reading's
_LEAST_LAG_MS = 90
_EVEN_DEG = 4


@micropython.viper
def look(c: ptr32, follow: int) -> int:
    """Keep the mean of the pressure and the trim; move the window on. ``follow`` 0: the sensor is not to be
    followed. Once a second."""
    found = 0
    flags = c[_FLAGS]
    mean = c[_PRESSURE_MEAN_PA]
    if mean >> 31 == 1:  # a 64-bit port loads words without their sign
        mean = mean << 32 >> 32
    if flags & _PRESSURE_VALID:
        pressure = c[_PRESSURE_PA]
        if pressure >> 31 == 1:
            pressure = pressure << 32 >> 32
        mean += (pressure - mean + 2) >> 2
        c[_PRESSURE_MEAN_PA] = mean
    temperature = c[_TEMPERATURE_MC]
    if temperature >> 31 == 1:
        temperature = temperature << 32 >> 32

    trim = c[_TUBE_PPM]
    if trim >> 31 == 1:
        trim = trim << 32 >> 32
    if c[_SLIP_PPM_KPA]:
        trim -= mean // 10 * c[_SLIP_PPM_KPA] // 100
    warming = c[_WARMING_PPM_C]
    if warming and flags & 1:
        if warming >> 31 == 1:
            warming = warming << 32 >> 32
        trim += (temperature - 20_000) // 10 * warming // 100
    if trim > _TRIM_LIMIT:
        trim = _TRIM_LIMIT
    elif trim < 0 - _TRIM_LIMIT:
        trim = 0 - _TRIM_LIMIT
    before = c[_TRIM_PPM]
    if before >> 31 == 1:
        before = before << 32 >> 32
    if trim != before:
        c[_TRIM_PPM] = trim
        found = _TRIM

    rate = c[_SET_NL_H]
    if c[_STATE] != _RUNNING or rate < c[_LEAST_NL_H] or rate > c[_MOST_NL_H] or rate != c[_LEARN_NL_H]:
        c[_LEARN_NL_H] = rate
        c[_SETTLED_S] = 0
        c[_LEARN_S] = 0
        c[_QUICK_S] = 0
        return found
    if follow == 0 or flags & _SENSOR_FLAGS != 1 or (c[_ALARMS_PRESENT] | c[_ALARMS_LATCHED]) & _NOT_NOW:
        c[_LEARN_S] = 0
        return found
    settled = c[_SETTLED_S]
    if settled < c[_SETTLE_S]:
        c[_SETTLED_S] = settled + 1
        c[_CALM_LAW_PA] = mean
        c[_CALM_LAW_MC] = temperature
        return found

    # A change of pressure or temperature opens the loop for a while, once the pressure stands again.
    away = c[_LEARN_PA]
    if away >> 31 == 1:
        away = away << 32 >> 32
    away = mean - away
    quick = c[_QUICK_S]
    moved = _MOVED_PA
    if quick:
        c[_QUICK_S] = quick - 1
        moved = _QUICK_MOVED_PA
        if quick == 1:
            found |= _FOLLOWED
    seconds = c[_LEARN_S]
    steps = c[_HARDWARE_STEPS]
    if seconds == 0 or away > moved or away < 0 - moved:
        c[_LEARN_S] = 1
        c[_LEARN_STEPS] = steps
        c[_LEARN_TARGET] = 0
        c[_LEARN_MEASURED] = c[_MEASURED_LO]
        c[_LEARN_COUNTED] = c[_COUNTED_LO]
        c[_LEARN_PA] = mean
        if quick:
            c[_QUICK_S] = quick  # the time does not run before the pressure stands
        return found & _TRIM
    seconds += 1
    c[_LEARN_S] = seconds
    if quick == 0:
        away = c[_CALM_LAW_PA]
        if away >> 31 == 1:
            away = away << 32 >> 32
        away = mean - away
        warmer = c[_CALM_LAW_MC]
        if warmer >> 31 == 1:
            warmer = warmer << 32 >> 32
        warmer = temperature - warmer
        if away > _CHANGED_PA or away < 0 - _CHANGED_PA or warmer > _CHANGED_MC or warmer < 0 - _CHANGED_MC:
            c[_QUICK_S] = _FOLLOW_QUICKLY_S
            c[_LEARN_S] = 0
            return found | _CHANGED
    elif c[_MAP_VALID]:
        if seconds > _QUICK_WINDOW_S:
            found |= _WINDOW
        return found
    if seconds > _LEAST_WINDOW_S:
        turned = (steps - c[_LEARN_STEPS]) & _MASK
        target = c[_LEARN_TARGET]
        if target == 0:
            per_rev = c[_STEPS_PER_REV]
            target = (turned // per_rev + 1) * per_rev
            c[_LEARN_TARGET] = target
        if turned >= target:
            found |= _WINDOW
        elif seconds > _LONGEST_WINDOW_S:
            c[_LEARN_S] = 0
    return found


class Learning:
    """``second`` once a second of board time, ``service`` in the slack. What it learns stands in
    ``readings.tube_ppm`` and goes into the stroke in force."""

    def __init__(
        self,
        config: Config,
        calibration: Calibration,
        sensor: "FlowSensor | None",
        map_learning: MapLearning,
        cells: "array[int]",
        readings: Readings,
        events: "Events",
    ) -> None:
        self._limit_ppm = config.correction_limit_ppm
        self._calibration = calibration
        self._map_learning = map_learning
        self._sensor = sensor
        self._cells = cells
        self._readings = readings
        self._events = events
        self._look = look
        self._tube_q = 0  # tube_ppm * _Q
        self._kept_ppm = 0
        self._before_ppm = 0  # tube_ppm when pressure or temperature changed
        self._keep_due = False
        readings.most_nl_h = config.sensor_range_nl_h
        readings.least_nl_h = config.sensor_range_nl_h

    def is_limited(self) -> bool:
        """Return whether the sensor would have the law go beyond its limit."""
        return self._readings.is_limited != 0

    def second(self) -> None:
        """Do what is due once a second."""
        sensor = self._sensor
        follow = 1 if sensor is not None and sensor.same_reads < _STUCK_READS else 0
        found = self._look(self._cells, follow)
        if not found:
            return
        if found & TRIM:
            self._calibration.trim()
        if found & WINDOW:
            self._end_window()
        if found & CHANGED:
            self._before_ppm = self._readings.tube_ppm
        elif found & FOLLOWED:
            self._put_down()

    def begin_run(self) -> None:
        """Be told that a run begins, which a calibration or a tube set may have come before."""
        readings = self._readings
        calibration = self._calibration
        readings.least_nl_h = calibration.zero_error_nl_h() * _TRUSTED
        readings.settle_s = _SETTLE_LEAST_S + calibration.lag_ms * 6 // 1000
        readings.learn_nl_h = -1
        lag_ms = max(calibration.lag_ms - _FILTER_MS, _LEAST_LAG_MS)
        readings.lag_us = lag_ms * 1000
        # The lag may be so many degrees, of which 360 bring a stroke.
        readings.even_nl_h = muldiv(readings.written_stroke_pl // 1000, 3_600_000 * _EVEN_DEG, 360 * lag_ms)
        self._map_learning.begin_run()
        self._kept_ppm = readings.tube_ppm
        self._tube_q = readings.tube_ppm * _Q

    def _end_window(self) -> None:
        """Move the tube's share towards what the window showed."""
        readings = self._readings
        counted = (readings.counted_lo - readings.learn_counted) & 0x3FFFFFFF
        measured = (readings.measured_lo - readings.learn_measured) & 0x3FFFFFFF
        seconds = readings.learn_s - 1
        readings.learn_s = 0
        if counted == 0 or measured > 0x1FFFFFFF:  # it measured backward
            return
        off = measured - counted
        ppm = min(muldiv(off if off > 0 else -off, 1_000_000, counted), 500_000)
        if readings.quick_s:
            part = ppm * _Q // 2
        elif self._calibration.valid:
            part = muldiv(min(ppm, _ERROR_LIMIT_PPM) * _Q, seconds, _INTEGRAL_S)
        else:
            part = muldiv(min(ppm, _UNCALIBRATED_ERROR_LIMIT_PPM) * _Q, seconds, _UNCALIBRATED_INTEGRAL_S)
        self._take(self._tube_q + (part if off > 0 else -part))

    def _take(self, tube_q: int) -> None:
        readings = self._readings
        limit = self._limit_ppm * _Q
        self._tube_q = clamp(tube_q, -limit, limit)
        readings.is_limited = 1 if self._tube_q != tube_q else 0
        readings.tube_ppm = self._tube_q // _Q
        if not readings.quick_s and abs(readings.tube_ppm - self._kept_ppm) >= _KEEP_PPM:
            self._keep_due = True

    def _put_down(self) -> None:
        """Put what was followed after a change down to slip, or to warmth; from here the pressure is the
        usual."""
        readings = self._readings
        change_pa = readings.pressure_mean_pa - readings.calm_law_pa
        change_mc = readings.temperature_mc - readings.calm_law_mc
        readings.calm_law_pa = readings.pressure_mean_pa
        readings.calm_law_mc = readings.temperature_mc
        gained_ppm = readings.tube_ppm - self._before_ppm
        if abs(change_pa) >= _SLIP_LEAST_PA:
            before = readings.slip_ppm_kpa
            lost = -gained_ppm if change_pa > 0 else gained_ppm
            slip = clamp(before + lost * 1000 // abs(change_pa), 0, _SLIP_LIMIT_PPM)
            readings.slip_ppm_kpa = slip
            self._take(self._tube_q + readings.pressure_mean_pa // 10 * (slip - before) // 100 * _Q)
        elif abs(change_mc) >= 2_000:
            before = readings.warming_ppm_c
            won = gained_ppm if change_mc > 0 else -gained_ppm
            warming = clamp(before + won * 1000 // abs(change_mc), -_WARMING_LIMIT_PPM, _WARMING_LIMIT_PPM)
            readings.warming_ppm_c = warming
            self._take(
                self._tube_q - (readings.temperature_mc - 20_000) // 10 * (warming - before) // 100 * _Q
            )
        self._keep_due = True

    # --- not in the tick ---

    def service(self) -> bool:
        """Journal what was learned when it is due. False when there was nothing to do."""
        if not (self._keep_due or self._calibration.is_map_new):
            return self._map_learning.service()
        self._keep_due = False
        readings = self._readings
        self._kept_ppm = readings.tube_ppm
        try:
            self._calibration.keep_learned()
        except Refused:
            self._keep_due = True
            return False
        self._events.add(EVENT_TUBE_LEARNED, readings.tube_ppm, readings.slip_ppm_kpa, 0)
        return True
