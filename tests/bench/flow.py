"""How even and how true the flow is, on the default plant and on others, after a gravimetric calibration,
beside open loop (nominal stroke volume, constant motor speed) on the same plant; judged by the model's
truth."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from tests.bench.all_cores import on_all_cores
from tests.bench.figure import Figure
from tests.bench.flow_plants import Plant, default, drawn, plants, with_values
from tests.bench.flow_rig import KEPT, ML, Rig, calibration, truth_hz
from tests.bench.kept import keep

from pumpbench.tuning.truth import Array, Truth, flow_by_angle

_OPEN = "open loop"
_OURS = "ours"
_KINDS = (_OPEN, _OURS)
_REVOLUTION_NL = 50_000
_HOUR_S = 3600
Result = TypeVar("Result")
_DAY_NL_H = 50_000  # 1.2 mL/day


def _sources() -> str:
    from tests.bench.__main__ import sources_fingerprint

    return sources_fingerprint()


@dataclass(frozen=True)
class Case:
    """A plant under one of the two laws."""

    name: str
    plant: Plant
    kind: str  # _OPEN or _OURS
    wire: dict[str, Any] | None  # the calibration

    def rig(self, truth_hz: float) -> Rig:
        """The pump."""
        return Rig(self.plant, self.wire, truth_hz=truth_hz, open_loop=self.kind == _OPEN)


def _cases(named: dict[str, Plant], quick: bool, calibrated: dict[str, Plant] | None = None) -> list[Case]:
    """Each plant under both laws; calibrated on others of the same names when these are given."""
    work = partial(calibration, quick=quick, sources=_sources())
    wires = on_all_cores(work, (calibrated or named).values())
    return [
        Case(name, plant, kind, None if kind == _OPEN else wire)
        for (name, plant), wire in zip(named.items(), wires, strict=True)
        for kind in _KINDS
    ]


def _by_plant(cases: list[Case], results: list[Result]) -> dict[str, dict[str, Result]]:
    """Name of the plant, kind, result."""
    found: dict[str, dict[str, Result]] = {}
    for case, result in zip(cases, results, strict=True):
        found.setdefault(case.name, {})[case.kind] = result
    return found


def ripple_figures(quick: bool) -> list[Figure]:
    """Flow out of the head by degrees of rotor over ten revolutions and more: deviation over mean."""
    found = []
    rates = ((ML, 10), (10 * ML, 12)) if quick else ((50_000, 10), (ML, 12), (10 * ML, 20))
    cases = _cases(plants(quick), quick)
    for rate, revolutions in rates:
        flows = _by_plant(cases, on_all_cores(partial(_by_angle, rate, revolutions), cases))
        for name, of in flows.items():
            opened, ours = (float(of[kind].std() / of[kind].mean()) for kind in _KINDS)
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
            spectrum = {
                name: {kind: flow.tolist() for kind, flow in of.items()} for name, of in flows.items()
            }
            keep(KEPT.parent / "flow-by-angle.json", spectrum)
    return found


def _by_angle(rate_nl_h: int, revolutions: int, case: Case) -> Array:
    """Flow by the rotor's angle at that rate, nL/h; past the first seconds."""
    duration_s = int(_REVOLUTION_NL * 1.3 * revolutions / rate_nl_h * _HOUR_S) + 60
    with case.rig(truth_hz(rate_nl_h)) as rig:
        rig.home()
        return flow_by_angle(rig.run(rate_nl_h, duration_s, skip_s=30.0))[0]


def hour_figures(quick: bool) -> list[Figure]:
    """1 mL/h: mean error of the second hour, and its trumpet."""
    cases = _cases(plants(quick), quick)
    return [
        _worst(f"{what}, {name}", errors, window, goal)
        for name, errors in _by_plant(cases, on_all_cores(_second_hour, cases)).items()
        for window, goal, what in (
            (3600, 0.5, "mean error, second hour at 1 mL/h"),
            (120, 3.0, "trumpet, 2 min at 1 mL/h"),
            (300, 1.5, "trumpet, 5 min at 1 mL/h"),
            (1860, 0.5, "trumpet, 31 min at 1 mL/h"),
        )
    ]


def _second_hour(case: Case) -> dict[int, Array]:
    with case.rig(1.0) as rig:
        rig.home()
        truth = rig.run(ML, 2 * _HOUR_S + 10)
    return _trumpet(truth, ML, _HOUR_S, 2 * _HOUR_S, 30, (3600, 120, 300, 1860))


def day_figures(quick: bool) -> list[Figure]:
    """1.2 mL/day over 24 h, the tube losing 0.02 % an hour: mean error, and windows of 15 and 150 min."""
    hours = 8 if quick else 24
    span_s = hours * _HOUR_S - 60
    ageing = {
        name: with_values(plant, pump={"ageing_percent_per_hour": 0.02})
        for name, plant in plants(quick).items()
    }
    cases = _cases(ageing, quick)
    return [
        _worst(f"{what}, {name}", errors, window, goal)
        for name, errors in _by_plant(cases, on_all_cores(partial(_day, hours), cases)).items()
        for window, goal, what in (
            (span_s, 1.0, f"mean error, {hours} h at 1.2 mL/day"),
            (900, 5.0, "15 min at 1.2 mL/day"),
            (9000, 1.5, "150 min at 1.2 mL/day"),
        )
    ]


def _day(hours: int, case: Case) -> dict[int, Array]:
    with case.rig(0.1) as rig:
        rig.home()
        truth = rig.run(_DAY_NL_H, hours * _HOUR_S)
    span_s = hours * _HOUR_S - 60
    return _trumpet(truth, _DAY_NL_H, 0, span_s, 900, (span_s, 900, 9000))


def back_pressure_figures(quick: bool) -> list[Figure]:
    """5 mL/h, 40 kPa behind the line at once: what the flow is off by 30 s after the line has charged."""
    named = {}
    for slip in (0.05, 0.1) if quick else (0.0, 0.05, 0.1, 0.2):
        plain = default() if quick or slip != 0.05 else drawn(12)
        named[f"slip {slip:g} %/kPa"] = with_values(plain, pump={"slip_percent_per_kpa": slip})
    cases = _cases(named, quick)
    return [
        _worst(f"40 kPa at 5 mL/h, {name}, after 30 s", errors, 0, 1.0)
        for name, errors in _by_plant(cases, on_all_cores(_pressed, cases)).items()
    ]


def _pressed(case: Case) -> dict[int, Array]:
    rate, at_s, step_kpa = 5 * ML, 1800.0, 40.0
    fault = {"kind": "back-pressure", "at_s": at_s, "value": step_kpa}
    with replace(case, plant=case.plant | {"faults": [fault]}).rig(2.0) as rig:
        rig.home()
        rig.stand.run(rate, duration_s=int(at_s - rig.now_s()) + 300)
        truth = rig.truth(at_s - 300.0, at_s + 290.0)
    compliance = case.plant.get("line", {}).get("compliance_ul_per_kpa", 1.0)
    charged_s = at_s + compliance * step_kpa * 1000.0 / rate * _HOUR_S
    after = _flow(truth, charged_s + 30.0, charged_s + 30.0 + 72.0)
    before = _flow(truth, at_s - 146.0, at_s - 2.0)
    return {0: np.array([100.0 * (after / before - 1.0)])}


def tiring_figures(quick: bool) -> list[Figure]:
    """1 mL/h while the tube loses 10 % in 72 h."""
    hours = 12 if quick else 72
    span_s = hours * _HOUR_S - 60
    plant = with_values(default(), pump={"ageing_percent_per_hour": 10.0 / 72.0})
    cases = _cases({"tiring": plant}, quick, {"fresh": default()})
    errors = _by_plant(cases, on_all_cores(partial(_tiring, hours), cases))["tiring"]
    return [
        _worst(f"mean error over {hours} h, tube losing 10 % in 72 h", errors, span_s, 1.0),
        _worst(f"worst hour of {hours} h, tube losing 10 % in 72 h", errors, _HOUR_S, 1.0),
    ]


def _tiring(hours: int, case: Case) -> dict[int, Array]:
    with case.rig(0.05) as rig:
        rig.home()
        truth = rig.run(ML, hours * _HOUR_S)
    span_s = hours * _HOUR_S - 60
    return _trumpet(truth, ML, 0, span_s, _HOUR_S, (span_s, _HOUR_S))


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
    ours, opened = (float(np.abs(errors[kind][window_s]).max()) for kind in (_OURS, _OPEN))
    return Figure(
        name, "%", ours, opened, _OPEN, f"<= {goal:g}", "flow: simulated, by the volume out of the outlet"
    )
