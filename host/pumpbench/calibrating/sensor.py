"""The flow sensor against the balance: reading = zero + flow / gain, a straight line by weighted least
squares."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pumpbench.calibrating.data import Rest, Weighing
from pumpbench.calibrating.errors import FitError


@dataclass(frozen=True)
class SensorFit:
    """flow = gain (reading - zero); standard uncertainties; chi-squared per degree of freedom, nan where
    there is none."""

    gain: float
    u_gain: float
    zero_nl_h: float
    u_zero_nl_h: float
    chi2: float


def fit_sensor(weighings: Sequence[Weighing], rests: Sequence[Rest], range_nl_h: float) -> SensorFit:
    """Fit gain and zero to weighings within the sensor's range and to readings at rest.

    Raises `FitError` where two of them are not there, or all are of one flow.
    """
    seen = [
        (
            weighing.flow_nl_h,
            weighing.sensor_nl_h,
            weighing.u_sensor_nl_h,
            weighing.u_volume_nl / weighing.volume_nl,
        )
        for weighing in weighings
        if weighing.sensor_nl_h is not None and weighing.flow_nl_h < range_nl_h
    ] + [(0.0, rest.sensor_nl_h, rest.u_sensor_nl_h, 0.0) for rest in rests]
    if len(seen) < 2:
        raise FitError("the sensor was read at fewer than two flows; rest and one weighed flow are needed")
    flow, reading, u_reading, u_relative = (
        np.array(column, dtype=float) for column in zip(*seen, strict=True)
    )
    if np.ptp(flow) == 0.0:
        raise FitError("the sensor was read at one flow only; a second one, or rest, is needed")
    if np.any(u_reading < 0) or np.any(np.hypot(u_reading, u_relative * flow) <= 0):
        raise FitError("a sensor reading has no uncertainty; its standard uncertainty must be above 0")
    u = np.hypot(u_reading, u_relative * flow)
    design = np.column_stack([np.ones(len(flow)), flow]) / u[:, None]
    covariance = np.linalg.inv(design.T @ design)
    zero, slope = covariance @ (design.T @ (reading / u))
    if slope <= 0:
        raise FitError(f"the sensor's reading falls as the flow rises (slope {slope:.3g}); it must rise")
    freedom = len(flow) - 2
    chi2 = float(np.sum(((reading - zero - slope * flow) / u) ** 2)) / freedom if freedom else math.nan
    wider = math.sqrt(chi2) if freedom and chi2 > 1 else 1.0
    return SensorFit(
        gain=1.0 / float(slope),
        u_gain=wider * math.sqrt(covariance[1, 1]) / float(slope) ** 2,
        zero_nl_h=float(zero),
        u_zero_nl_h=wider * math.sqrt(covariance[0, 0]),
        chi2=chi2,
    )
