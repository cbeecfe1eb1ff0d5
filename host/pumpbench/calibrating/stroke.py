"""Stroke volume by speed, with slip and warming where the readings show them: weighted least squares.

S_i = S0 (1 + a (T_i - 20 C)) (1 - s p_i), to first order linear in S0, S0 a and S0 s. Where one S0 explains
every weighing to its uncertainty, it stands for all speeds; where not, each speed has its own point.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pumpbench.calibrating.data import Array, Weighing
from pumpbench.calibrating.errors import FitError
from pumplink.numbers import CALIBRATION_POINTS

REFERENCE_C = 20.0
_LEAST_SPAN_KPA = 3.0  # below that span slip cannot be told from noise and speed
_LEAST_SPAN_C = 1.0
_SIGNIFICANT = 2.0  # standard uncertainties
_SAME_RATE = 0.02
_MDEG_S_PER_REV_H = 100.0


@dataclass(frozen=True)
class StrokeFit:
    """``points`` are (speed in mdeg/s, stroke in nL, standard uncertainty in nL), speeds rising, at 20 C and
    without pressure behind the head; ``chi2`` is per degree of freedom, nan where there is none."""

    points: tuple[tuple[float, float, float], ...]
    slip_per_kpa: float
    u_slip_per_kpa: float
    warming_per_c: float
    u_warming_per_c: float
    chi2: float
    level: bool


def fit_strokes(weighings: Sequence[Weighing]) -> StrokeFit:
    """Fit strokes to weighings. Raises `FitError` where there is none, or one makes no sense."""
    if not weighings:
        raise FitError("no weighing; at least one of whole revolutions is needed")
    for number, weighing in enumerate(weighings, 1):
        if weighing.revolutions <= 0 or weighing.volume_nl <= 0 or weighing.u_volume_nl <= 0:
            raise FitError(
                f"weighing {number} has {weighing.revolutions:g} revolutions, {weighing.volume_nl:g} nL and "
                f"an uncertainty of {weighing.u_volume_nl:g} nL; all of them must be above 0"
            )
    strokes = np.array([weighing.stroke_nl for weighing in weighings])
    u = np.array([weighing.u_stroke_nl for weighing in weighings])
    warm = np.array([weighing.temperature_c - REFERENCE_C for weighing in weighings])
    pressure = np.array([weighing.pressure_kpa for weighing in weighings])
    speeds = _speed_columns(weighings)
    warming = slip = u_warming = u_slip = 0.0
    if np.ptp(warm) >= _LEAST_SPAN_C:
        warming, u_warming = _slope(strokes, u, warm, speeds)
    if np.ptp(pressure) >= _LEAST_SPAN_KPA:
        slope, u_slip = _slope(strokes / (1 + warming * warm), u, pressure, speeds)
        slip = max(-slope, 0.0)
    if slip < _SIGNIFICANT * u_slip:
        slip = 0.0
    if abs(warming) < _SIGNIFICANT * u_warming:
        warming = 0.0
    factor = (1 + warming * warm) * (1 - slip * pressure)
    at_rest, u_at_rest = strokes / factor, u / factor
    mean, u_mean, chi2 = _weighted_mean(at_rest, u_at_rest)
    level = len(weighings) == 1 or chi2 <= _chi2_limit(len(weighings) - 1)
    groups = _by_rate(weighings)
    points = []
    for members in groups:
        stroke, u_stroke, _ = _weighted_mean(at_rest[members], u_at_rest[members])
        if level:
            stroke, u_stroke = mean, u_mean
        rate = float(np.mean([weighings[i].rate_nl_h for i in members]))
        points.append((rate / stroke * _MDEG_S_PER_REV_H, stroke, u_stroke))
    return StrokeFit(tuple(points), slip, u_slip, warming, u_warming, chi2, level)


def _by_rate(weighings: Sequence[Weighing]) -> list[list[int]]:
    """Group weighings of the same rate, rates rising."""
    order = sorted(range(len(weighings)), key=lambda i: weighings[i].rate_nl_h)
    groups: list[list[int]] = []
    for i in order:
        first = weighings[groups[-1][0]].rate_nl_h if groups else 0.0
        if groups and weighings[i].rate_nl_h <= first * (1 + _SAME_RATE):
            groups[-1].append(i)
        else:
            groups.append([i])
    if len(groups) > CALIBRATION_POINTS:
        raise FitError(f"{len(groups)} different rates; a calibration holds at most {CALIBRATION_POINTS}")
    return groups


def _speed_columns(weighings: Sequence[Weighing]) -> Array:
    """One column for each rate that was weighed twice or more, so that a slope is not mistaken for a speed's
    own stroke; else one for all."""
    groups = _by_rate(weighings)
    if any(len(members) < 2 for members in groups):
        return np.ones((len(weighings), 1))
    columns = np.zeros((len(weighings), len(groups)))
    for column, members in enumerate(groups):
        columns[members, column] = 1.0
    return columns


def _slope(strokes: Array, u: Array, x: Array, speeds: Array) -> tuple[float, float]:
    """Relative change of the stroke with `x`, and its standard uncertainty, beside a stroke for each
    column."""
    design = np.column_stack([speeds * strokes.mean(), x * strokes.mean()]) / u[:, None]
    normal = design.T @ design
    if np.linalg.matrix_rank(normal) < len(normal):
        return 0.0, 0.0
    covariance = np.linalg.inv(normal)
    found = covariance @ (design.T @ (strokes / u))
    intercept = float(np.mean(found[:-1]))
    return float(found[-1]) / intercept, math.sqrt(covariance[-1, -1]) / intercept


def _weighted_mean(values: Array, u: Array) -> tuple[float, float, float]:
    """Mean, standard uncertainty (widened where the scatter says so) and chi-squared per degree of
    freedom."""
    weights = u**-2
    mean = float(np.sum(weights * values) / np.sum(weights))
    u_mean = float(np.sum(weights) ** -0.5)
    if len(values) < 2:
        return mean, u_mean, math.nan
    chi2 = float(np.sum(weights * (values - mean) ** 2) / (len(values) - 1))
    return mean, u_mean * max(math.sqrt(chi2), 1.0), chi2


def _chi2_limit(freedom: int) -> float:
    """Chi-squared per degree of freedom that chance exceeds once in a hundred (Wilson and Hilferty)."""
    spread = 2.0 / (9.0 * freedom)
    return float((1.0 - spread + 2.326 * math.sqrt(spread)) ** 3)
