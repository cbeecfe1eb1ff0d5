"""Calibration: the volume of a step by speed, the sensor's gain and zero, the rotor's map, and the tube set
they belong to.

The stroke in force, by which everything counts, is the written one at the present flow times 1 + trim: what
the tube was found to give more than was written (``learning.py``), its warmth and the pressure behind it.
"""

import struct
from array import array

from pumpfw.config import LARGEST_STEP_PL, Config
from pumpfw.errors import Refused
from pumpfw.fixed import muldiv
from pumpfw.keeper import Keeper
from pumpfw.readings import Readings
from pumpfw.rotor_map import RotorMap
from pumplink.numbers import CALIBRATION_POINTS, MAP_BINS, SMALL
from pumplink.states import EVENT_CALIBRATION_SET, EVENT_TUBE_FITTED, FLAG_CALIBRATED, REFUSED_RANGE

_LAYOUT = "<IQQiiB8I8IHhHB180h"
_POINTS_AT = 6  # index of the first speed among the values; 5 is their count
_STROKES_AT = _POINTS_AT + CALIBRATION_POINTS
_SLIP_AT = _STROKES_AT + CALIBRATION_POINTS
_WARMING_AT = _SLIP_AT + 1
_LAG_AT = _SLIP_AT + 2
_MAP_VALID_AT = _SLIP_AT + 3
_LEARNED = "<iHh"  # tube_ppm, slip, warming
_SLIP_LIMIT_PPM = 20_000  # 2 % a kPa: times any pressure it stays a small integer
_MDEG_S_TO_REV_H = 100  # 1 mdeg/s is 1/100 revolution an hour: 3600 / 360,000


class Calibration:
    """Until one is set for the tube set in the head, the board's nominal stroke volume stands."""

    def __init__(self, config: Config, keeper: Keeper, rotor_map: RotorMap, readings: Readings) -> None:
        self._config = config
        self._keeper = keeper
        self._readings = readings
        self.steps_per_rev = config.steps_per_rev
        self.rotor_map = rotor_map
        self.fitted_tube = 0
        self.valid = False  # a calibration of the tube set that is in the head
        self._values: list[int] = []
        self._flows = array("i", [0] * CALIBRATION_POINTS)  # nL/h at each point
        self._strokes = array("i", [0] * CALIBRATION_POINTS)
        self._points = 1
        self.lag_ms = 0  # how long the sensor's reading trails the head
        self.stroke_pl = 0
        self.count_nl_h = 0  # the flow sensor: nL/h a count, gain included
        self.zero_nl_h = 0  # to be taken off after that
        self._use()

    def choose(self, flow_nl_h: int) -> None:
        """Take the stroke volume for this flow: straight lines between the points, level beyond them."""
        last = self._points - 1
        if last == 0 or flow_nl_h <= self._flows[0]:
            self._take(self._strokes[0])
            return
        if flow_nl_h >= self._flows[last]:
            self._take(self._strokes[last])
            return
        i = 1
        while flow_nl_h > self._flows[i]:
            i += 1
        span = self._flows[i] - self._flows[i - 1]
        along = flow_nl_h - self._flows[i - 1]
        while span > 0x1FFFFFFF:
            span >>= 1
            along >>= 1
        low = self._strokes[i - 1]
        high = self._strokes[i]
        self._take(
            low + muldiv(high - low, along, span) if high >= low else low - muldiv(low - high, along, span)
        )

    def _take(self, written_pl: int) -> None:
        """Put the stroke in force that was written for this flow, trimmed."""
        readings = self._readings
        readings.written_stroke_pl = written_pl
        trim_ppm = readings.trim_ppm
        change_pl = muldiv(written_pl, trim_ppm if trim_ppm > 0 else -trim_ppm, 1_000_000)
        stroke_pl = written_pl + (change_pl if trim_ppm > 0 else -change_pl)
        if stroke_pl == self.stroke_pl:
            return
        self.stroke_pl = stroke_pl
        per_rev = self.steps_per_rev
        step_pl = stroke_pl // per_rev
        step_rest = stroke_pl - step_pl * per_rev
        readings.step_pl = step_pl
        readings.step_rest = step_rest
        readings.step_q7 = (step_pl << 7) + (step_rest << 7) // per_rev
        readings.steer_due = 1

    def trim(self) -> None:
        """Put the present trim in force."""
        self._take(self._readings.written_stroke_pl)

    # --- not in the tick ---

    def set(self, values: "list[int]") -> None:
        """Take a calibration (fields of calibration_set after session and request). Raises ``Refused``,
        changing nothing."""
        points = values[5]
        least = self._config.stroke_pl // 10
        most = min(self._config.stroke_pl * 10, LARGEST_STEP_PL * self.steps_per_rev, SMALL)
        for i in range(points):
            stroke = values[_STROKES_AT + i]
            if not least <= stroke <= most:
                raise Refused(REFUSED_RANGE, _STROKES_AT + i, stroke, least, most)
            if i and values[_POINTS_AT + i] <= values[_POINTS_AT + i - 1]:
                raise Refused(
                    REFUSED_RANGE,
                    _POINTS_AT + i,
                    values[_POINTS_AT + i],
                    values[_POINTS_AT + i - 1] + 1,
                    SMALL,
                )
        if values[_MAP_VALID_AT] and sum(values[_MAP_VALID_AT + 1 :]) < MAP_BINS * 100:
            raise Refused(
                REFUSED_RANGE, _MAP_VALID_AT + 1, sum(values[_MAP_VALID_AT + 1 :]) // MAP_BINS, 100, 10_000
            )
        self._keeper.refuse_unless_idle()
        self._forget()
        self._keeper.put_calibration(self._pack(self.fitted_tube, list(values)))
        self._values = list(values)
        self._use()
        self._keeper.events.add(EVENT_CALIBRATION_SET, values[0], values[_STROKES_AT] // 1000, 0)

    def get(self) -> "list[int]":
        """Return the calibration in use; without one the nominal, whose time ``made_at_s`` is 0."""
        return list(self._values) if self.valid else self._nominal()

    def fit_tube(self, tube_set: int) -> None:
        """A new tube set is in the head: a calibration of another one no longer counts."""
        self._keeper.refuse_unless_idle()
        if tube_set != self.fitted_tube:
            self._forget()
        self._keeper.put_calibration(self._pack(tube_set, self._values))
        self.fitted_tube = tube_set
        self._use()
        self._keeper.events.add(EVENT_TUBE_FITTED, tube_set, 0, 0)

    def keep_learned(self) -> None:
        """Journal what was learned since the calibration was written. Raises ``Refused`` when the journal
        does not take it."""
        self._keeper.put_calibration(self._pack(self.fitted_tube, self._values))

    def _forget(self) -> None:
        """Go by what is written."""
        readings = self._readings
        readings.tube_ppm = readings.trim_ppm = readings.is_limited = 0

    def _pack(self, fitted_tube: int, values: "list[int]") -> bytes:
        head = struct.pack("<I", fitted_tube)
        if not values:
            return head
        readings = self._readings
        learned = struct.pack(_LEARNED, readings.tube_ppm, readings.slip_ppm_kpa, readings.warming_ppm_c)
        return head + struct.pack(_LAYOUT, *values) + learned

    def restore(self, data: bytes) -> None:
        """Take what the journal kept."""
        self.fitted_tube = struct.unpack_from("<I", data)[0]
        if len(data) != 4 + struct.calcsize(_LAYOUT) + struct.calcsize(_LEARNED):
            self._use()
            return
        self._values = list(struct.unpack_from(_LAYOUT, data, 4))
        self._use()
        if self.valid:
            learned = struct.unpack_from(_LEARNED, data, 4 + struct.calcsize(_LAYOUT))
            readings = self._readings
            readings.tube_ppm, readings.slip_ppm_kpa, readings.warming_ppm_c = learned
            readings.trim_ppm = readings.tube_ppm
            self.trim()

    def _nominal(self) -> "list[int]":
        strokes = [self._config.stroke_pl] + [0] * (CALIBRATION_POINTS - 1)
        speeds = [0] * CALIBRATION_POINTS
        return [self.fitted_tube, 0, 0, 1_000_000, 0, 1] + speeds + strokes + [0, 0, 0, 0] + [1000] * MAP_BINS

    def _use(self) -> None:
        self.valid = bool(self._values) and self._values[0] == self.fitted_tube
        if self.valid:
            self._readings.flags |= FLAG_CALIBRATED
        else:
            self._readings.flags &= ~FLAG_CALIBRATED
        values = self.get()
        self._points = values[5]
        for i in range(self._points):
            self._strokes[i] = values[_STROKES_AT + i]
            flow_nl_h = values[_POINTS_AT + i] * values[_STROKES_AT + i] // (_MDEG_S_TO_REV_H * 1000)
            self._flows[i] = min(flow_nl_h, 0x3FFFFFFF)
        self.count_nl_h = min((self._config.sensor_nl_h_per_count * values[3] + 500_000) // 1_000_000, 32_000)
        self.zero_nl_h = values[4] * values[3] // 1_000_000
        self.zero_nl_h = min(max(self.zero_nl_h, -0x10000000), 0x10000000)
        self.rotor_map.load(values[_MAP_VALID_AT + 1 :] if values[_MAP_VALID_AT] else None)
        self._readings.steer_due = 1
        self._readings.slip_ppm_kpa = min(values[_SLIP_AT], _SLIP_LIMIT_PPM)
        self._readings.warming_ppm_c = values[_WARMING_AT]
        self.lag_ms = values[_LAG_AT]
        self.stroke_pl = 0
        self.choose(0)
