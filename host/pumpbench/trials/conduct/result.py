"""From a trial's folder to its figures: the same every time, whenever they are worked out."""

from dataclasses import replace
from typing import Any

import numpy as np

from pumpbench.files import trial as trial_file
from pumpbench.files.trial import Trial
from pumpbench.files.trial_steps import BOLUS, OCCLUSION, Step
from pumpbench.trials.analysis import Analysis, Settings, analyse
from pumpbench.trials.conduct.doses import Evidence, boluses_of, occlusion_of
from pumpbench.trials.conduct.folder import PROTOCOL, Folder, Journal, Row
from pumpbench.trials.density import USUAL_DENSITY_G_ML, Conditions, Liquid
from pumpbench.trials.errors import TrialError
from pumpbench.trials.knowledge import DENSITY_HALF_WIDTH_G_ML, Knowledge
from pumpbench.trials.lag import delivery_lag_s
from pumpbench.trials.refill import Bookkeeping
from pumpbench.trials.series import Series
from pumpbench.trials.verdict import INCONCLUSIVE, Judgement, overall

_NL_PER_ML = 1e6
_PL_PER_NL = 1000.0
_S_PER_H = 3600.0
ERROR_A, ERROR_B = "mean error A", "mean error B, at the end of the set's life"
TRUMPET, TRUMPET_B = "trumpet", "trumpet at the end of the set's life"


def evaluate(folder: Folder) -> dict[str, Any]:
    """Return all figures of a trial, ended or not. Raises `BadFolder` and ``FileError``."""
    trial = trial_file.loads(folder.protocol_text, folder.path / PROTOCOL)
    about, journal, rows = folder.about, folder.journal(), folder.readings()
    liquid, knowledge = liquid_of(trial), knowledge_of(trial)
    steps: list[dict[str, Any]] = []
    judgements: list[Judgement] = []
    for index, step in enumerate(trial.steps):
        if trial.analysed(step):
            settings = settings_of(trial, step, liquid, knowledge, about.get("stroke_pl"))
            steps.append(_delivery(trial, index, step, journal, rows, settings, judgements))
    evidence = Evidence(trial, journal, rows, liquid, knowledge, judgements)
    tests = {
        "boluses": [
            boluses_of(evidence, index, step) for index, step in enumerate(trial.steps) if step.kind == BOLUS
        ],
        "occlusions": [
            occlusion_of(evidence, index, step)
            for index, step in enumerate(trial.steps)
            if step.kind == OCCLUSION
        ],
    }
    ended = next((entry for entry in journal if entry["what"] == "ended"), None)
    deviations = _deviations(trial, journal, rows, ended)
    whole = ended is not None and not any(entry["what"] == "stopped" for entry in journal)
    verdict = overall(judgements) if whole or overall(judgements) == "fail" else INCONCLUSIVE
    return steps[0] | {
        **_error_b(steps),
        "verdict": verdict,
        "judgements": [judgement.as_dict() for judgement in judgements],
        "name": trial.name,
        "simulated": about["simulated"],
        "deliveries": steps,
        **tests,
        "refill": _refill(trial, journal),
        "recording": {key: ended.get(key) for key in ("run_id", "quality", "alarms")} if ended else None,
        "deviations": deviations,
        "readings": _counted(rows),
        "drift_observed_mg_h": _drift(trial, journal, rows),
        "about": about,
        "hashes": folder.hashes(),
        "ended": ended["wall"] if ended else None,
    }


def liquid_of(trial: Trial) -> Liquid:
    """What a gram on the balance stands for."""
    told = trial.liquid
    if told.temperature_c is None or told.air_pressure_hpa is None:
        return Liquid.given(told.density_g_ml or USUAL_DENSITY_G_ML, DENSITY_HALF_WIDTH_G_ML)
    conditions = Conditions(told.temperature_c, told.air_pressure_hpa)
    if told.density_g_ml is None:
        return Liquid.water(conditions)
    return Liquid.given(told.density_g_ml, DENSITY_HALF_WIDTH_G_ML, conditions)


def knowledge_of(trial: Trial) -> Knowledge:
    """What is known of the means of measuring."""
    told = trial.balance
    assumed = frozenset() if trial.liquid.density_g_ml is not None else frozenset({"density"})
    return Knowledge(
        resolution_mg=told.resolution_mg,
        repeatability_mg=told.repeatability_mg,
        drift_mg_h=told.drift_mg_h,
        gain_ppm=told.gain_ppm,
        assumed=assumed | {"buoyancy"},
    ).with_usual(trial.liquid.evaporation_mg_h)


def settings_of(
    trial: Trial, step: Step, liquid: Liquid, knowledge: Knowledge, stroke_pl: int | None = None
) -> Settings:
    """What a delivery is analysed for; `stroke_pl` is the pump's own, where the protocol states none."""
    start, end = trial.analyse_s
    stroke = trial.pump.stroke_pl or stroke_pl
    rate_nl_h = trial.rate_of(step)
    return Settings(
        rate_ml_h=rate_nl_h / _NL_PER_ML,
        revolution_s=None if stroke is None else stroke / _PL_PER_NL / rate_nl_h * _S_PER_H,
        rollers=trial.pump.rollers,
        interval_s=float(trial.interval_s),
        windows_min=trial.windows_min,
        analyse_min=(start / 60.0, end / 60.0),
        liquid=liquid,
        evaporation_mg_h=trial.liquid.evaporation_mg_h or 0.0,
        knowledge=knowledge,
        origin_s=0.0,
    )


def series_of(rows: list[Row], started_s: float, ended_s: float) -> Series:
    """The readings of a delivery, by the time since it started. Raises `TrialError`."""
    used = [
        row for row in rows if row.mass_g is not None and started_s - 1e-6 <= row.time_s <= ended_s + 1e-6
    ]
    times = np.array([row.time_s for row in used]) - started_s
    rising = np.concatenate(([True], np.diff(times) > 0)) if len(times) else np.ones(0, np.bool_)
    keep = [row for row, rises in zip(used, rising, strict=True) if rises]
    return Series.of(times[rising], [row.mass_g or 0.0 for row in keep], [row.line for row in keep])


# --- each kind of step ---


def _delivery(
    trial: Trial,
    index: int,
    step: Step,
    journal: Journal,
    rows: list[Row],
    settings: Settings,
    judgements: list[Judgement],
) -> dict[str, Any]:
    name = f"step {index + 1}"
    head = {"step": index + 1, "text": trial.step_text(step), "true_mean_error_percent": None}
    started = _times(journal, "started", index)
    try:
        if not started:
            raise TrialError("the delivery was never started")
        begun = started[-1]
        series = series_of(rows, begun, begun + float(step.duration_s or 0) + trial.interval_s)
        found = analyse(series, settings)
    except TrialError as error:
        limit = trial.limits.mean_error_percent
        judgements.append(Judgement(f"{name}: {ERROR_A}", None, None, limit))
        ends = trial.end_of_life_s(step)
        if ends is not None:
            judgements.append(Judgement(f"{name}: {ERROR_B}", None, None, limit))
        end_of_life = None if ends is None else _nothing(within(settings, ends)) | {"why": str(error)}
        return _nothing(settings) | head | {"why": str(error), "end_of_life": end_of_life}
    judgements += _judged(trial, name, found, ERROR_A, TRUMPET)
    return (
        found.as_dict()
        | head
        | {
            "why": None,
            "started_s": begun,
            "delivery_lag_s": _lag(series, settings),
            "true_mean_error_percent": _true_error(trial, step, journal, begun, trial.analyse_s),
            "end_of_life": _end_of_life(trial, name, step, journal, begun, series, settings, judgements),
        }
    )


def _end_of_life(
    trial: Trial,
    name: str,
    step: Step,
    journal: Journal,
    begun: float,
    series: Series,
    settings: Settings,
    judgements: list[Judgement],
) -> dict[str, Any] | None:
    """Error B and the trumpet over the last part of a delivery that ends a tube set's life."""
    span = trial.end_of_life_s(step)
    if span is None:
        return None
    own = within(settings, span)
    try:
        found = analyse(series, own)
    except TrialError as error:
        judgements.append(Judgement(f"{name}: {ERROR_B}", None, None, trial.limits.mean_error_percent))
        return _nothing(own) | {"why": str(error)}
    judgements += _judged(trial, name, found, ERROR_B, TRUMPET_B)
    told = found.as_dict()
    del told["startup"]  # it is the delivery's
    return told | {"why": None, "true_mean_error_percent": _true_error(trial, step, journal, begun, span)}


def within(settings: Settings, span_s: tuple[float, float]) -> Settings:
    """The settings for another time of the delivery (s from its start), with the windows that it holds."""
    start, end = (edge / 60.0 for edge in span_s)
    windows = tuple(window for window in settings.windows_min if window <= end - start)
    return replace(settings, analyse_min=(start, end), windows_min=windows)


def _error_b(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Error B of the trial: that of the last delivery which ends a tube set's life."""
    ends = [step["end_of_life"] for step in steps if step["end_of_life"] is not None]
    keys = ("mean_error_percent", "mean_error_expanded_percent", "true_mean_error_percent")
    return {key.replace("error", "error_b"): ends[-1].get(key) if ends else None for key in keys}


def _nothing(settings: Settings) -> dict[str, Any]:
    return {
        "rate_ml_h": settings.rate_ml_h,
        "interval_s": settings.interval_s,
        "analyse_min": list(settings.analyse_min),
        "liquid": settings.liquid.words,
        "mean_flow_ml_h": None,
        "mean_error_percent": None,
        "mean_error_expanded_percent": None,
        "trumpet": [],
        "startup": [],
        "ripple": None,
        "quality": None,
        "budget": None,
        "delivery_lag_s": None,
    }


def _judged(trial: Trial, name: str, found: Analysis, mean: str, trumpet: str) -> list[Judgement]:
    """The judgements on a mean error, called `mean`, and on the windows of a trumpet, called `trumpet`."""
    limits = trial.limits
    judged = [
        Judgement(
            f"{name}: {mean}",
            found.mean_error_percent,
            found.mean_error_expanded_percent,
            limits.mean_error_percent,
        )
    ]
    allowed = limits.trumpet_percent or []
    if len(allowed) == 1:
        allowed = allowed * len(trial.windows_min)
    by_window = dict(zip(trial.windows_min, allowed, strict=False))
    for one in found.trumpet:
        limit = by_window.get(one.window.window_min)
        if limit is None:
            continue
        errors = [value for value in (one.window.max_percent, one.window.min_percent) if value is not None]
        farthest = max(errors, key=abs) if errors else None
        title = f"{name}: {trumpet}, {one.window.window_min:g} min"
        judged.append(Judgement(title, farthest, one.budget.expanded_percent, limit))
    return judged


def _lag(series: Series, settings: Settings) -> float | None:
    start, end = (60.0 * minute for minute in settings.analyse_min)
    volume = series.mass_g * settings.liquid.ml_per_g
    try:
        return delivery_lag_s(series.time_s, volume, 0.0, (start, end))
    except TrialError:
        return None


def _true_error(
    trial: Trial, step: Step, journal: Journal, begun: float, span_s: tuple[float, float]
) -> float | None:
    """The mean error over a time by the model, from the journal of a virtual trial."""
    truth = {
        round(entry["time_s"] - begun, 3): (
            entry["at_s" if "at_s" in entry else "time_s"],
            entry["outlet_nl"],
        )
        for entry in journal
        if entry["what"] == "truth" and abs(entry["began_s"] - begun) < 1e-3
    }
    ends = [noted for edge in span_s for at, noted in truth.items() if abs(at - edge) < 0.01]
    if len(ends) != len(span_s):
        return None
    (start, before_nl), (end, after_nl) = ends
    nominal = trial.rate_of(step) * (end - start) / _S_PER_H
    return float(100.0 * ((after_nl - before_nl) / nominal - 1.0))


def _refill(trial: Trial, journal: Journal) -> dict[str, Any] | None:
    if trial.refill is None:
        return None
    returned: float | None = trial.refill.returned_nl
    measured = [entry for entry in journal if entry["what"] == "returned"]
    if measured:
        returned = float(measured[-1]["nl"])
    hours = 0.0
    for entry in journal:
        if entry["what"] == "ended":
            hours = entry["time_s"] / _S_PER_H
    refill = trial.refill
    kept = Bookkeeping(
        refill.filled_nl, returned, refill.dead_volume_nl, trial.rate_nl_h, hours, refill.action_level_percent
    )
    return kept.as_dict()


# --- quality ---


def _deviations(trial: Trial, journal: Journal, rows: list[Row], ended: Any) -> list[str]:
    said = []
    for entry in journal:
        at = f"at {entry['time_s']:.0f} s"
        if entry["what"] in ("balance", "stopped"):
            said.append(f"{at}: {entry['sentence']}")
        elif entry["what"] == "taken up":
            said.append(f"{at}: the trial was taken up again after the host had been away")
        elif entry["what"] == "begun again":
            said.append(f"{at}: step {entry['index'] + 1} was begun again")
    if ended is None:
        said.append("the trial has not ended; the figures are of what there is so far")
    else:
        wanted = {name for entry in journal if entry["what"] == "alarm" for name in entry["names"]}
        others = [name for name in ended.get("alarms") or () if name not in wanted]
        if others:
            said.append(f"alarms in the run: {', '.join(others)}")
    if ended is not None and ended.get("quality"):
        said += [f"telemetry: {remark}" for remark in ended["quality"]["remarks"]]
    return said


def _counted(rows: list[Row]) -> dict[str, Any]:
    statuses: dict[str, int] = {}
    for row in rows:
        statuses[row.status] = statuses.get(row.status, 0) + 1
    return {
        "count": len(rows),
        "by_status": statuses,
        "first_s": rows[0].time_s if rows else None,
        "last_s": rows[-1].time_s if rows else None,
    }


def _drift(trial: Trial, journal: Journal, rows: list[Row]) -> float | None:
    """The slope of the readings while nothing was delivered, in mg/h; None without such a time."""
    settling = [entry for entry in journal if entry["what"] == "settling"]
    if not settling:
        return None
    entry = settling[-1]
    began = float(entry["time_s"])
    lasts = trial.steps[entry["index"]].duration_s or 0
    inside = [row for row in rows if row.mass_g is not None and began < row.time_s <= began + lasts]
    if len(inside) < 3:
        return None
    times = np.array([row.time_s for row in inside])
    slope = np.polyfit(times - times[0], [row.mass_g or 0.0 for row in inside], 1)[0]
    return float(slope * 1000.0 * _S_PER_H)


def _times(journal: Journal, what: str, index: int) -> list[float]:
    return [float(entry["time_s"]) for entry in journal if entry["what"] == what and entry["index"] == index]
