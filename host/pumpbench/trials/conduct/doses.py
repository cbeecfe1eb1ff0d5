"""From a trial's folder to the figures of what is weighed before and after: boluses, and occlusion tests."""

from dataclasses import dataclass
from typing import Any

from pumpbench.files.trial import Trial
from pumpbench.files.trial_steps import USUAL_ALARM_S, Step
from pumpbench.trials.bolus import boluses
from pumpbench.trials.conduct.folder import Journal, Row
from pumpbench.trials.density import Liquid
from pumpbench.trials.knowledge import Knowledge
from pumpbench.trials.occlusion import Occlusion
from pumpbench.trials.uncertainty import budget_at_rest
from pumpbench.trials.verdict import Judgement

_NL_PER_ML = 1e6
_S_PER_H = 3600.0
_LOOK_S = 1.0  # within which an alarm is timed


@dataclass(frozen=True)
class Evidence:
    """All that the figures are worked out from: the trial, what was done and read, and what is known of both.

    Attributes:
        judgements: what is judged of the figures goes in here.
    """

    trial: Trial
    journal: Journal
    rows: list[Row]
    liquid: Liquid
    knowledge: Knowledge
    judgements: list[Judgement]

    def ml(self, mass_g: float, seconds: float) -> float:
        """The volume of a mass that came in so long, with what the vessel lost in that time, as stated."""
        evaporated_g = (self.trial.liquid.evaporation_mg_h or 0.0) / 1000.0 * seconds / _S_PER_H
        return self.liquid.ml_per_g * (mass_g + evaporated_g)

    def mass_at(self, time_s: float) -> float:
        """The mass of the first reading from a time on, NaN when there was none that can be used."""
        for row in self.rows:
            if row.time_s >= time_s - 1e-3:
                return float("nan") if row.mass_g is None else row.mass_g
        return float("nan")


def boluses_of(evidence: Evidence, index: int, step: Step) -> dict[str, Any]:
    """The figures of a step of boluses."""
    trial, judgements = evidence.trial, evidence.judgements
    noted = [entry for entry in evidence.journal if entry["what"] == "bolus" and entry["index"] == index]
    first = max((place for place, entry in enumerate(noted) if entry["number"] == 0), default=0)
    times = [float(entry["time_s"]) for entry in noted[first:]]
    target_ml = (step.volume_nl or 1) / _NL_PER_ML
    told: dict[str, Any] = {"step": index + 1, "text": trial.step_text(step), "why": None}
    limit = trial.limits.bolus_mean_percent
    name = f"step {index + 1}: boluses, mean error"
    if len(times) < 2:
        if limit is not None:
            judgements.append(Judgement(name, None, None, limit))
        return told | {"why": "no bolus was weighed", "count": 0}
    volumes = [evidence.ml(evidence.mass_at(at), at - times[0]) for at in times]
    found = boluses(volumes, target_ml).as_dict()
    whole = budget_at_rest(
        evidence.knowledge, evidence.liquid, target_ml * (len(times) - 1), times[-1] - times[0]
    )
    each = budget_at_rest(
        evidence.knowledge, evidence.liquid, target_ml, (times[-1] - times[0]) / (len(times) - 1)
    )
    if limit is not None:
        judgements.append(Judgement(name, found["mean_error_percent"], whole.expanded_percent, limit))
    return (
        told
        | found
        | {"mean_expanded_percent": whole.expanded_percent, "each_expanded_percent": each.expanded_percent}
    )


def occlusion_of(evidence: Evidence, index: int, step: Step) -> dict[str, Any]:
    """The figures of an occlusion test."""
    trial, judgements = evidence.trial, evidence.judgements
    told: dict[str, Any] = {"step": index + 1, "text": trial.step_text(step), "why": None}
    entries = {
        entry["what"]: entry
        for entry in evidence.journal
        if entry.get("index") == index and entry["what"] in ("closed", "alarm", "shut", "settled")
    }
    closed, alarm = entries.get("closed"), entries.get("alarm")
    shut, settled = entries.get("shut"), entries.get("settled")
    time_s = bolus_ml = expanded_ml = None
    if closed and alarm and alarm["at_s"] is not None:
        time_s = float(alarm["at_s"]) - float(closed["time_s"])
    if shut and settled:
        lasted_s = float(settled["time_s"]) - float(shut["time_s"])
        before, after = (evidence.mass_at(float(entry["time_s"])) for entry in (shut, settled))
        released_ml = evidence.ml(after - before, lasted_s)
        if released_ml == released_ml:
            bolus_ml = released_ml
            unsure = budget_at_rest(
                evidence.knowledge, evidence.liquid, 1.0, lasted_s, bolus_ml
            ).expanded_percent
            expanded_ml = None if unsure is None else unsure / 100.0
    found = Occlusion(time_s, bolus_ml, alarm["peak_kpa"] if alarm else None)
    limits = trial.limits
    if limits.alarm_within_s is not None:
        allowed = float(limits.alarm_within_s)
        result = None if time_s is None else 100.0 * time_s / allowed
        missed = closed is not None and alarm is not None and time_s is None
        judged = 100.0 * (step.duration_s or USUAL_ALARM_S) / allowed + 1.0 if missed else result
        title = f"step {index + 1}: time to the alarm, in % of the allowed {allowed:g} s"
        judgements.append(Judgement(title, judged, 100.0 * _LOOK_S / allowed, 100.0))
    if limits.occlusion_bolus_nl is not None:
        allowed = limits.occlusion_bolus_nl / _NL_PER_ML
        result = None if bolus_ml is None else 100.0 * bolus_ml / allowed
        expanded = None if expanded_ml is None else 100.0 * expanded_ml / allowed
        title = f"step {index + 1}: bolus after the occlusion, in % of the allowed {allowed:g} mL"
        judgements.append(Judgement(title, result, expanded, 100.0))
    alarms = alarm["names"] if alarm else []
    return told | found.as_dict() | {"alarms": alarms, "bolus_expanded_ml": expanded_ml}
