"""All of a calibration at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pumpbench.calibrating.data import Rest, Turning, Weighing
from pumpbench.calibrating.rotor_map import MapFit, fit_map
from pumpbench.calibrating.sensor import SensorFit, fit_sensor
from pumpbench.calibrating.stroke import StrokeFit, fit_strokes
from pumplink.numbers import CALIBRATION_POINTS, MAP_BINS

RANGE_NL_H = 120_000_000.0  # SLF3S-0600F: 2,000 uL/min
_PPM = 1_000_000
_WIRE_ONE = 1000


@dataclass(frozen=True)
class Fitted:
    """A calibration with its uncertainties. ``sensor`` and ``rotor_map`` are None where nothing was read."""

    strokes: StrokeFit
    sensor: SensorFit | None
    rotor_map: MapFit | None

    def wire(self, tube_set: int, made_at_s: int, expires_at_s: int = 0) -> dict[str, Any]:
        """Return the fields of ``calibration_set``."""
        points = self.strokes.points
        unused = [0] * (CALIBRATION_POINTS - len(points))
        return {
            "tube_set": tube_set,
            "made_at_s": made_at_s,
            "expires_at_s": expires_at_s,
            "sensor_gain_ppm": round(self.sensor.gain * _PPM) if self.sensor else _PPM,
            "sensor_zero_nl_h": round(self.sensor.zero_nl_h) if self.sensor else 0,
            "points": len(points),
            "speed_mdeg_s": [round(speed) for speed, _, _ in points] + unused,
            "stroke_pl": [round(stroke_nl * 1000) for _, stroke_nl, _ in points] + unused,
            "slip_ppm_kpa": min(round(self.strokes.slip_per_kpa * _PPM), 0xFFFF),
            "warming_ppm_c": max(min(round(self.strokes.warming_per_c * _PPM), 0x7FFF), -0x7FFF),
            "lag_ms": round(self.rotor_map.reading_lag_s * 1000) if self.rotor_map else 0,
            "map_valid": int(self.rotor_map is not None),
            "map_ppm": [round(float(value) * _WIRE_ONE) for value in self.rotor_map.relative]
            if self.rotor_map
            else [0] * MAP_BINS,
        }


def fit(
    weighings: Sequence[Weighing],
    rests: Sequence[Rest] = (),
    turnings: Sequence[Turning] = (),
    range_nl_h: float = RANGE_NL_H,
) -> Fitted:
    """Fit strokes, and sensor and map where they were read. Raises `FitError`, one sentence."""
    sensor = None
    if any(weighing.sensor_nl_h is not None for weighing in weighings):
        sensor = fit_sensor(weighings, rests, range_nl_h)
    rotor_map = fit_map(turnings, sensor.zero_nl_h if sensor else 0.0) if turnings else None
    return Fitted(fit_strokes(weighings), sensor, rotor_map)
