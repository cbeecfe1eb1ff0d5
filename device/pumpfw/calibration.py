"""Calibration: the volume of a step by speed, the sensor's gain and zero, the rotor's map, and the tube set
they belong to.

The stroke in force, by which everything counts, is the written one at the present flow times 1 + trim: what
the tube was found to give more than was written (``learning.py``), its warmth and the pressure behind it.
"""

import struct
from array import array

import micropython
from micropython import const

from pumpfw.config import LARGEST_STEP_PL, Config
from pumpfw.errors import Refused
from pumpfw.keeper import Keeper
from pumpfw.readings import Readings
from pumpfw.rotor_map import RotorMap
from pumplink.numbers import CALIBRATION_POINTS, MAP_BINS, SMALL
from pumplink.states import EVENT_CALIBRATION_SET, EVENT_TUBE_FITTED, FLAG_CALIBRATED, REFUSED_RANGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    ptr32 = array[int]

_STEPS_PER_REV = const(36)
_STEP_PL = const(44)
_STEP_REST = const(45)
_WRITTEN_STROKE_PL = const(101)
_STEER_DUE = const(105)
_STEP_Q7 = const(106)
_TRIM_PPM = const(112)
_STROKE_PL = const(138)
_POINTS = const(8)
_MASK = const(0x3FFFFFFF)

_LAYOUT = "<IQQiiB8I8IHhHB180h"
_POINTS_AT = 6  # index of the first speed among the values; 5 is their count
_STROKES_AT = _POINTS_AT + CALIBRATION_POINTS
_SLIP_AT = _STROKES_AT + CALIBRATION_POINTS
_WARMING_AT = _SLIP_AT + 1
_LAG_AT = _SLIP_AT + 2
_MAP_VALID_AT = _SLIP_AT + 3
_ZERO_ERRORS = 3  # room for the sensor's zero, in its stated errors
_LEARNED = "<iHh"  # tube_ppm, slip, warming
_SLIP_LIMIT_PPM = 20_000  # 2 % a kPa: times any pressure it stays a small integer
_MDEG_S_TO_REV_H = 100  # 1 mdeg/s is 1/100 revolution an hour: 3600 / 360,000


@micropython.viper
def put_stroke(c: ptr32, points: ptr32, flow_nl_h: int):  # type: ignore[no-untyped-def]
    """Put the stroke in force at this flow, or with a negative one at the flow before, with the present trim.

    ``points``: how many, then eight flows, then eight strokes. Products have 60 bits: by digits of fifteen
    bits, and divided by digits as wide as the divisor leaves room for.
    """
    written = c[_WRITTEN_STROKE_PL]
    change = 0
    along = 0
    span = 1
    if flow_nl_h >= 0:
        last = points[0]
        if last == 1 or flow_nl_h <= points[1]:
            written = points[1 + _POINTS]
        elif flow_nl_h >= points[last]:
            written = points[last + _POINTS]
        else:
            i = 2
            while flow_nl_h > points[i]:
                i += 1
            along = flow_nl_h - points[i - 1]
            span = points[i] - points[i - 1]
            while span > 0x1FFFFFFF:
                span >>= 1
                along >>= 1
            written = points[i - 1 + _POINTS]
            change = points[i + _POINTS] - written
    stroke = written
    turn = 0
    while turn < 2:
        size = change
        if change < 0:
            size = 0 - change
        low = (size & 0x7FFF) * (along & 0x7FFF)
        middle = (size & 0x7FFF) * (along >> 15)
        other = (size >> 15) * (along & 0x7FFF)
        carry = (low >> 15) + (middle & 0x7FFF) + (other & 0x7FFF)
        rest = (size >> 15) * (along >> 15) + (middle >> 15) + (other >> 15) + (carry >> 15)
        low = ((carry & 0x7FFF) << 15) | (low & 0x7FFF)
        width = 10  # a digit's: of the 30 bits, so that rest and digit stay below 2^30
        if span > 0x100000:
            width = 5
        if span > 0x2000000:
            width = 3
        if span > 0x8000000:
            width = 1
        quotient = 0
        bit = 30
        while bit:
            bit -= width
            rest = (rest << width) | ((low >> bit) & ((1 << width) - 1))
            digit = rest // span
            rest -= digit * span
            quotient = (quotient << width) | digit
        if change < 0:
            quotient = 0 - quotient
        if quotient > _MASK - stroke:
            quotient = _MASK - stroke
        stroke += quotient
        if turn == 0:  # then the trim, of what was written for this flow
            written = stroke
            c[_WRITTEN_STROKE_PL] = written
            change = c[_TRIM_PPM]
            if change >> 31 == 1:  # a 64-bit port loads words without their sign
                change = change << 32 >> 32
            along = written
            span = 1_000_000
        turn += 1
    if stroke == c[_STROKE_PL]:
        return
    c[_STROKE_PL] = stroke
    per_rev = c[_STEPS_PER_REV]
    step_pl = stroke // per_rev
    rest = stroke - step_pl * per_rev
    c[_STEP_PL] = step_pl
    c[_STEP_REST] = rest
    c[_STEP_Q7] = (step_pl << 7) + (rest << 7) // per_rev
    c[_STEER_DUE] = 1


class Calibration:
    """Until one is set for the tube set in the head, the board's nominal stroke volume stands."""

    def __init__(
        self,
        config: Config,
        keeper: Keeper,
        rotor_map: RotorMap,
        cells: "array[int]",
        readings: Readings,
    ) -> None:
        self._config = config
        self._cells = cells
        self._keeper = keeper
        self._readings = readings
        self.steps_per_rev = config.steps_per_rev
        self.rotor_map = rotor_map
        self.fitted_tube = 0
        self.valid = False  # a calibration of the tube set that is in the head
        self._values: list[int] = []
        self.points = array("i", [1] + [0] * (2 * CALIBRATION_POINTS))  # how many, nL/h at each, pL at each
        self._put_stroke = put_stroke
        self.is_map_new = False  # learned since it was journalled
        self.lag_ms = 0  # how long the sensor's reading trails the head
        self._use()

    def choose(self, flow_nl_h: int) -> None:
        """Put the stroke in force that was written for this flow, trimmed: straight lines between the points,
        level beyond them."""
        self._put_stroke(self._cells, self.points, flow_nl_h)

    def zero_error_nl_h(self) -> int:
        """Return what the flow sensor's zero may be off by."""
        config = self._config
        return config.calibrated_zero_error_nl_h if self.valid else config.sensor_zero_error_nl_h

    def trim(self) -> None:
        """Put the present trim in force."""
        self._put_stroke(self._cells, self.points, -1)

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

    def map_is_learned(self) -> None:
        """The map in use is another one now: it is journalled with the next that is learned."""
        self.is_map_new = True

    def keep_learned(self) -> None:
        """Journal what was learned since the calibration was written. Raises ``Refused`` when the journal
        does not take it."""
        if self.is_map_new:
            self._values[_MAP_VALID_AT:] = [1] + self.rotor_map.relative()
        self._keeper.put_calibration(self._pack(self.fitted_tube, self._values))
        self.is_map_new = False

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
        points = self.points
        points[0] = values[5]
        for i in range(points[0]):
            points[1 + CALIBRATION_POINTS + i] = values[_STROKES_AT + i]
            flow_nl_h = values[_POINTS_AT + i] * values[_STROKES_AT + i] // (_MDEG_S_TO_REV_H * 1000)
            points[1 + i] = min(flow_nl_h, 0x3FFFFFFF)
        readings = self._readings
        config = self._config
        readings.count_nl_h = min((config.sensor_nl_h_per_count * values[3] + 500_000) // 1_000_000, 32_000)
        readings.zero_nl_h = min(max(values[4] * values[3] // 1_000_000, -0x10000000), 0x10000000)
        readings.zero_room_nl_h = _ZERO_ERRORS * self.zero_error_nl_h()
        self.rotor_map.load(values[_MAP_VALID_AT + 1 :] if values[_MAP_VALID_AT] else None)
        self._readings.steer_due = 1
        self._readings.slip_ppm_kpa = min(values[_SLIP_AT], _SLIP_LIMIT_PPM)
        self._readings.warming_ppm_c = values[_WARMING_AT]
        self.lag_ms = values[_LAG_AT]
        self._readings.stroke_pl = 0
        self.choose(0)
