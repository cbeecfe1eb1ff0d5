"""How even and how true the flow is, on the default plant and on others, after a gravimetric calibration,
beside open loop (nominal stroke volume, constant motor speed) on the same plant; judged by the model's
truth."""

import json

import numpy as np
from tests.bench.figure import Figure
from tests.bench.flow_plants import default, drawn, plants, with_values
from tests.bench.flow_rig import KEPT, ML, Rig, calibration, truth_hz

from pumpbench.tuning.truth import Array, Truth, flow_by_angle, ripple

_OPEN = "open loop"
_REVOLUTION_NL = 50_000
_HOUR_S = 3600
_DAY_NL_H = 50_000  # 1.2 mL/day


def _sources() -> str:
    from tests.bench.__main__ import sources_fingerprint

    return sources_fingerprint()


def ripple_figures(quick: bool) -> list[Figure]:
    """Flow out of the head by degrees of rotor over ten revolutions and more: deviation over mean."""
    found = []
    rates = ((ML, 10), (10 * ML, 12)) if quick else ((50_000, 10), (ML, 12), (10 * ML, 20))
    spectrum: dict[str, dict[str, list[float]]] = {}
    for name, plant in plants(quick).items():
        wire = calibration(plant, quick, _sources())
        for rate, revolutions in rates:
            duration_s = int(_REVOLUTION_NL * 1.3 * revolutions / rate * _HOUR_S) + 60
            flows = {}
            for kind in (_OPEN, "ours"):
                with Rig(
                    plant, None if kind == _OPEN else wire, truth_hz=truth_hz(rate), open_loop=kind == _OPEN
                ) as rig:
                    rig.home()
                    flows[kind] = rig.run(rate, duration_s, skip_s=30.0)
            opened, ours = ripple(flows[_OPEN]), ripple(flows["ours"])
            found.append(
                Figure(
                    f"ripple at {rate / ML:g} mL/h, {name}",
                    "% of the mean",
                    100 * ours,
                    100 * opened,
                    _OPEN,
                    f"<= {10 * opened:.3g}",
                    "ripple: simulated; deviation over mean of the head's true flow in bins of a degree",
                )
            )
            if rate == ML:
                spectrum[name] = {
                    kind: [float(x) for x in flow_by_angle(flow)[0]] for kind, flow in flows.items()
                }
    (KEPT.parent / "flow-by-angle.json").write_text(json.dumps(spectrum))
    return found


def hour_figures(quick: bool) -> list[Figure]:
    """1 mL/h: mean error of the second hour, and its trumpet."""
    found = []
    for name, plant in plants(quick).items():
        errors = {}
        for kind in (_OPEN, "ours"):
            wire = None if kind == _OPEN else calibration(plant, quick, _sources())
            with Rig(plant, wire, truth_hz=1.0, open_loop=kind == _OPEN) as rig:
                rig.home()
                truth = rig.run(ML, 2 * _HOUR_S + 10)
            errors[kind] = _trumpet(truth, ML, _HOUR_S, 2 * _HOUR_S, 30, (3600, 120, 300, 1860))
        for window, goal, what in (
            (3600, 0.5, "mean error, second hour at 1 mL/h"),
            (120, 3.0, "trumpet, 2 min at 1 mL/h"),
            (300, 1.5, "trumpet, 5 min at 1 mL/h"),
            (1860, 0.5, "trumpet, 31 min at 1 mL/h"),
        ):
            found.append(_worst(f"{what}, {name}", errors, window, goal))
    return found


def day_figures(quick: bool) -> list[Figure]:
    """1.2 mL/day over 24 h, the tube losing 0.02 % an hour: mean error, and windows of 15 and 150 min."""
    found = []
    hours = 8 if quick else 24
    for name, plain in plants(quick).items():
        plant = with_values(plain, pump={"ageing_percent_per_hour": 0.02})
        errors = {}
        for kind in (_OPEN, "ours"):
            wire = None if kind == _OPEN else calibration(plant, quick, _sources())
            with Rig(plant, wire, truth_hz=0.1, open_loop=kind == _OPEN) as rig:
                rig.home()
                truth = rig.run(_DAY_NL_H, hours * _HOUR_S)
            span_s = hours * _HOUR_S - 60
            errors[kind] = _trumpet(truth, _DAY_NL_H, 0, span_s, 900, (span_s, 900, 9000))
        for window, goal, what in (
            (span_s, 1.0, f"mean error, {hours} h at 1.2 mL/day"),
            (900, 5.0, "15 min at 1.2 mL/day"),
            (9000, 1.5, "150 min at 1.2 mL/day"),
        ):
            found.append(_worst(f"{what}, {name}", errors, window, goal))
    return found


def back_pressure_figures(quick: bool) -> list[Figure]:
    """5 mL/h, 40 kPa behind the line at once: what the flow is off by 30 s after the line has charged."""
    found = []
    rate, at_s, step_kpa = 5 * ML, 1800.0, 40.0
    for slip in (0.05, 0.1) if quick else (0.0, 0.05, 0.1, 0.2):
        plain = default() if quick or slip != 0.05 else drawn(12)
        plant = with_values(plain, pump={"slip_percent_per_kpa": slip})
        wire = calibration(plant, quick, _sources())
        errors = {}
        for kind in (_OPEN, "ours"):
            fault = {"kind": "back-pressure", "at_s": at_s, "value": step_kpa}
            disturbed = plant | {"faults": [fault]}
            with Rig(
                disturbed, None if kind == _OPEN else wire, truth_hz=2.0, open_loop=kind == _OPEN
            ) as rig:
                rig.home()
                start_s = rig.now_s()
                rig.stand.run(rate, duration_s=int(at_s - start_s) + 300)
                truth = rig.truth(at_s - 300.0, at_s + 290.0)
            compliance = plant.get("line", {}).get("compliance_ul_per_kpa", 1.0)
            charged_s = at_s + compliance * step_kpa * 1000.0 / rate * _HOUR_S
            after = _flow(truth, charged_s + 30.0, charged_s + 30.0 + 72.0)
            before = _flow(truth, at_s - 146.0, at_s - 2.0)
            errors[kind] = {0: np.array([100.0 * (after / before - 1.0)])}
        found.append(_worst(f"40 kPa at 5 mL/h, slip {slip:g} %/kPa, after 30 s", errors, 0, 1.0))
    return found


def tiring_figures(quick: bool) -> list[Figure]:
    """1 mL/h while the tube loses 10 % in 72 h."""
    hours = 12 if quick else 72
    errors = {}
    plant = with_values(default(), pump={"ageing_percent_per_hour": 10.0 / 72.0})
    for kind in (_OPEN, "ours"):
        wire = None if kind == _OPEN else calibration(default(), quick, _sources())
        with Rig(plant, wire, truth_hz=0.05, open_loop=kind == _OPEN) as rig:
            rig.home()
            truth = rig.run(ML, hours * _HOUR_S)
        span_s = hours * _HOUR_S - 60
        errors[kind] = _trumpet(truth, ML, 0, span_s, _HOUR_S, (span_s, _HOUR_S))
    return [
        _worst(f"mean error over {hours} h, tube losing 10 % in 72 h", errors, span_s, 1.0),
        _worst(f"worst hour of {hours} h, tube losing 10 % in 72 h", errors, _HOUR_S, 1.0),
    ]


def _flow(truth: Truth, from_s: float, to_s: float) -> float:
    """Mean flow out of the outlet, nL/h."""
    volume = truth.outlet_at(np.array([from_s, to_s]))
    return float(volume[1] - volume[0]) / (to_s - from_s) * _HOUR_S


def _trumpet(
    truth: Truth, rate_nl_h: int, from_s: float, to_s: float, step_s: float, windows_s: tuple[int, ...]
) -> dict[int, Array]:
    """Errors in percent of all windows of each length between two times since the start."""
    start_s = truth.time_s[0]
    found = {}
    for window_s in windows_s:
        begins = start_s + np.arange(from_s, to_s - window_s + 1e-6, step_s)
        volume = truth.outlet_at(begins + window_s) - truth.outlet_at(begins)
        found[window_s] = 100.0 * (volume / (rate_nl_h * window_s / _HOUR_S) - 1.0)
    return found


def _worst(name: str, errors: dict[str, dict[int, Array]], window_s: int, goal: float) -> Figure:
    """The largest error of windows of that length, ours beside open loop."""
    ours, opened = (float(np.abs(errors[kind][window_s]).max()) for kind in ("ours", _OPEN))
    return Figure(
        name, "%", ours, opened, _OPEN, f"<= {goal:g}", "flow: simulated, by the volume out of the outlet"
    )
