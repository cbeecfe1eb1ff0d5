"""The calibration fit against readings made from known numbers."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from pumpbench.calibrating import FitError, Rest, Turning, Weighing, fit, fit_map, fit_sensor, fit_strokes
from pumpbench.calibrating.rotor_map import KNOTS, KNOWN_DELAY_S, KNOWN_LAGS_S

ML = 1_000_000
STROKE_NL = 47_000.0


def weighing(
    rate_nl_h: float, stroke_nl: float = STROKE_NL, u_percent: float = 0.02, **more: float
) -> Weighing:
    volume_nl = 20 * stroke_nl
    return Weighing(
        rate_nl_h, 20, volume_nl / rate_nl_h * 3600, volume_nl, volume_nl * u_percent / 100, **more
    )


def test_one_stroke_stands_for_all_speeds_where_the_weighings_agree() -> None:
    rng = np.random.default_rng(1)
    found = fit_strokes(
        [weighing(rate * ML, STROKE_NL * (1 + 2e-4 * rng.normal())) for rate in (1, 4, 20, 60)]
    )
    assert found.level
    assert {stroke for _, stroke, _ in found.points} == {found.points[0][1]}
    _, stroke, u_stroke = found.points[0]
    assert abs(stroke - STROKE_NL) < 3 * u_stroke
    assert u_stroke == pytest.approx(STROKE_NL * 2e-4 / 2, rel=0.5)
    assert [speed for speed, _, _ in found.points] == sorted(speed for speed, _, _ in found.points)


def test_each_speed_has_its_own_stroke_where_one_does_not_explain_them() -> None:
    found = fit_strokes([weighing(ML, 47_000), weighing(20 * ML, 46_000)])
    assert not found.level
    assert [round(stroke) for _, stroke, _ in found.points] == [47_000, 46_000]
    assert found.points[0][0] == pytest.approx(ML / 47_000 * 100)  # 1 rev/h is 100 mdeg/s


def test_slip_and_warming_come_from_weighings_at_other_pressures_and_temperatures() -> None:
    weighings = [
        weighing(
            5 * ML, STROKE_NL * (1 - 0.001 * p) * (1 + 0.003 * (t - 20)), pressure_kpa=p, temperature_c=t
        )
        for p, t in ((0, 20), (30, 20), (0, 27), (30, 27))
    ]
    found = fit_strokes(weighings)
    assert found.slip_per_kpa == pytest.approx(0.001, rel=0.03)
    assert found.warming_per_c == pytest.approx(0.003, rel=0.03)
    assert found.points[0][1] == pytest.approx(STROKE_NL, rel=1e-3)


def test_gain_and_zero_are_those_of_the_line_through_rest_and_flows() -> None:
    def read(flow: float) -> float:
        return 60_000 + flow / 0.95

    weighings = [weighing(rate * ML, sensor_nl_h=read(rate * ML), u_sensor_nl_h=300) for rate in (1, 5, 20)]
    found = fit_sensor(weighings, [Rest(read(0), 150)], 120 * ML)
    assert found.gain == pytest.approx(0.95, rel=1e-6)
    assert found.zero_nl_h == pytest.approx(60_000, rel=1e-6)
    assert 0 < found.u_gain < 5e-4
    assert 0 < found.u_zero_nl_h <= 150


def uneven(angle_deg: np.ndarray) -> np.ndarray:
    """Three bites of a shape that the map does not know."""
    phase = np.mod(angle_deg - 13.0, 120.0)
    return 1.0 - 0.6 * np.exp(-(((phase - 20.0) / 9.0) ** 2))


def narrow(angle_deg: np.ndarray) -> np.ndarray:
    """Two bites of the model's shape, 15 degrees wide and 0.8 deep."""
    x = np.minimum(np.mod(angle_deg - 13.0, 180.0) / 15.0, 1.0)
    return 1.0 - 0.8 * x**2 * (1.0 - x) ** 4 * 729.0 / 16.0


def turning(
    rate_nl_h: float,
    revolutions: float,
    lag_s: float,
    noise_nl_h: float,
    seed: int,
    flow_at: Callable[[np.ndarray], np.ndarray] = uneven,
) -> Turning:
    """What 20 records a second say of an even motor."""
    fine = 20  # model steps a record
    dt = 0.05 / fine
    deg_s = rate_nl_h / STROKE_NL * 360 / 3600
    count = int((revolutions * 360 / deg_s + 125) / dt)
    angle = np.arange(count) * dt * deg_s
    mean = flow_at(np.linspace(0, 360, 7200, endpoint=False)).mean()
    value = rate_nl_h * flow_at(angle) / mean
    for lag in (lag_s, KNOWN_LAGS_S[0]):
        decay = math.exp(-dt / lag)
        state, out = value[0], np.empty_like(value)
        for i, flow in enumerate(value):
            state = flow + (state - flow) * decay
            out[i] = state
        value = out
    reads = value[::fine] + noise_nl_h * np.random.default_rng(seed).normal(size=len(value[::fine]))
    late = round(KNOWN_DELAY_S / 0.05)
    reads = np.concatenate([np.full(late, reads[0]), reads[: len(reads) - late]])
    shown, state = np.empty_like(reads), reads[0]
    for i, flow in enumerate(reads):
        state += (flow - state) / 8
        shown[i] = state
    return Turning(
        np.asarray(np.arange(len(shown)) * 0.05, dtype=np.float64),
        np.asarray(np.mod(angle[::fine], 360.0), dtype=np.float64),
        np.asarray(shown, dtype=np.float64),
    )


def test_map_and_lag_are_found_from_two_speeds() -> None:
    turnings = [turning(2 * ML, 4, 0.8, 18_000, 1), turning(6 * ML, 12, 0.8, 18_000, 2)]
    found = fit_map(turnings)
    truth = uneven(np.arange(KNOTS) * 360 / KNOTS)
    truth /= uneven(np.linspace(0, 360, 7200, endpoint=False)).mean()
    assert found.lag_s == pytest.approx(0.8, abs=0.1)
    assert np.std(found.relative - truth) < 0.06 * np.std(truth)
    assert found.stroke_by_sensor_nl == pytest.approx(STROKE_NL, rel=2e-3)
    assert np.std(found.relative - truth) < 3 * found.u_relative.mean() + 0.01
    with pytest.raises(FitError, match="differ by a factor of"):
        fit_map(turnings[:1])


def test_narrow_bites_do_not_pull_the_lag() -> None:
    slow = 20 * STROKE_NL  # a degree is a whole number of records
    found = fit_map([turning(slow, 4, 0.12, 5_000, 1, narrow), turning(4 * slow, 12, 0.12, 5_000, 2, narrow)])
    truth = narrow(np.arange(KNOTS) * 360 / KNOTS)
    truth /= truth.mean()
    assert found.lag_s == pytest.approx(0.12, abs=0.02)
    assert np.std(found.relative - truth) < 0.1 * np.std(truth)


def test_what_cannot_be_fitted_is_said_in_a_sentence() -> None:
    with pytest.raises(FitError, match="no weighing"):
        fit_strokes([])
    with pytest.raises(FitError, match="weighing 1 has 0 revolutions"):
        fit_strokes([Weighing(ML, 0, 1, 1, 1)])
    with pytest.raises(FitError, match="fewer than two flows"):
        fit_sensor([], [Rest(0, 1)], 120 * ML)
    with pytest.raises(FitError, match="reading falls"):
        fit_sensor([weighing(ML, sensor_nl_h=-ML, u_sensor_nl_h=1)], [Rest(0, 1)], 120 * ML)
    with pytest.raises(FitError, match="the head turned"):
        fit_map([Turning(np.arange(10.0), np.arange(10.0), np.zeros(10))])


def test_the_wire_gets_whole_numbers_in_its_ranges() -> None:
    wire = fit([weighing(ML, sensor_nl_h=1.05 * ML, u_sensor_nl_h=300)], [Rest(0, 150)]).wire(
        3, 1_700_000_000
    )
    assert wire["stroke_pl"][0] == 47_000_000
    assert wire["sensor_gain_ppm"] == pytest.approx(952_381, abs=2)
    assert (wire["points"], wire["map_valid"], len(wire["map_ppm"])) == (1, 0, KNOTS)
    assert all(
        isinstance(value, int)
        for key, value in wire.items()
        if not key.startswith(("speed", "stroke", "map_p"))
    )
