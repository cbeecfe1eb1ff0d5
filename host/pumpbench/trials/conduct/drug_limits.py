"""What a drug library has to say to a trial: to all that its steps deliver, as to a program of the same."""

from dataclasses import dataclass

from pumpbench.conduct.drug_limits import Crossing, check_program
from pumpbench.files.library import Library
from pumpbench.files.program import Head, Program
from pumpbench.files.segment import Segment
from pumpbench.files.trial import Trial
from pumpbench.files.trial_steps import BOLUS, DELIVER, OCCLUSION, PRIME, STABILISE, USUAL_ALARM_S, Step


@dataclass(frozen=True)
class _Liquid:
    """What a trial's reservoir holds; a protocol states no concentration."""

    drug: str
    concentration_ng_ml: int = 0


def check_trial(library: Library, trial: Trial) -> list[Crossing]:
    """Check what a trial delivers with our pump; another one takes no orders."""
    if not trial.pump.ours:
        return []
    segments = [segment for step in trial.steps for segment in _segments(trial, step)]
    # Not validated, because a trial may be longer than the programs that a board takes.
    program = Program.model_construct(
        program=Head.model_validate({"name": "trial"}), segments=segments, reservoirs=[]
    )
    return check_program(library, program, [_Liquid(trial.liquid.name)])


def _segments(trial: Trial, step: Step) -> list[Segment]:
    """What a step delivers; set-up moves such as prime have no limits of a drug."""
    rate = f"{trial.rate_of(step)} nL/h"
    if step.kind in (DELIVER, OCCLUSION):
        duration = f"{step.duration_s or USUAL_ALARM_S} s"
        return [Segment.model_validate({"kind": "constant", "rate": rate, "duration": duration})]
    rest_s = step.duration_s if step.kind == STABILISE else step.settled_s
    rest = [Segment.model_validate({"kind": "pause", "duration": f"{rest_s} s"})]
    if step.kind == BOLUS:
        bolus = {"kind": "bolus", "rate": rate, "volume": f"{step.volume_nl} nL"}
        return [Segment.model_validate(bolus), *rest] * step.boluses
    return [] if step.kind == PRIME else rest
