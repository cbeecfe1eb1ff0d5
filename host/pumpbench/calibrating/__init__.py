"""From readings to a calibration: stroke volume by speed, the flow sensor's gain and zero, the rotor's map,
each with its standard uncertainty. Pure functions over arrays, without I/O."""

from pumpbench.calibrating.data import Rest, Turning, Weighing
from pumpbench.calibrating.errors import FitError
from pumpbench.calibrating.fit import Fitted, fit
from pumpbench.calibrating.rotor_map import KNOTS, MapFit, fit_map
from pumpbench.calibrating.sensor import SensorFit, fit_sensor
from pumpbench.calibrating.stroke import StrokeFit, fit_strokes

__all__ = [
    "KNOTS",
    "FitError",
    "Fitted",
    "MapFit",
    "Rest",
    "SensorFit",
    "StrokeFit",
    "Turning",
    "Weighing",
    "fit",
    "fit_map",
    "fit_sensor",
    "fit_strokes",
]
