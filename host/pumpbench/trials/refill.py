"""An implanted pump's refill: what went in, what came back, and what that says about its flow.

Q = (filled - returned) / time, accuracy = 100 (Q - Q_nominal) / Q_nominal. What comes back is measured before
anything is filled in. A pump that came back dry gives only the least that Q may have been. Source: the refill
instructions of implanted constant-flow pumps; a pump more than 15 % off its label is to be checked again
sooner (FDA class I recall of 2022).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pumpbench.files.trial_tables import Refill

_DRY_NL = 100_000
_NL_PER_ML = 1e6
_H_PER_DAY = 24.0


@dataclass(frozen=True)
class Bookkeeping:
    """One refill. Volumes in nL, the rate in nL/h, the time in h."""

    filled_nl: float
    returned_nl: float | None
    dead_volume_nl: float
    rate_nl_h: float
    hours: float
    action_level_percent: float

    @property
    def expected_nl(self) -> float:
        """What should come back."""
        return max(0.0, self.filled_nl - self.rate_nl_h * self.hours - self.dead_volume_nl)

    @property
    def flow_nl_h(self) -> float | None:
        """The mean flow, or the least that it may have been when the pump is dry."""
        if self.returned_nl is None or self.hours <= 0:
            return None
        return (self.filled_nl - self.dead_volume_nl - self.returned_nl) / self.hours

    @property
    def dry(self) -> bool:
        """Whether so little came back that the pump may have run dry before."""
        return self.returned_nl is not None and self.returned_nl <= _DRY_NL

    @property
    def accuracy_percent(self) -> float | None:
        """How far the flow is off its nominal value."""
        flow = self.flow_nl_h
        return None if flow is None else 100.0 * (flow / self.rate_nl_h - 1.0)

    @property
    def action(self) -> bool | None:
        """Whether the accuracy is beyond the action level; None when it is not known."""
        off = self.accuracy_percent
        return None if off is None else abs(off) > self.action_level_percent

    @property
    def sentence(self) -> str:
        """What the bookkeeping says to a person."""
        if self.accuracy_percent is None:
            return "what came back was not measured, so nothing can be said about the flow"
        if self.dry:
            return "the pump came back dry: its flow may have been higher still; check it again sooner"
        if self.action:
            return (
                f"{self.accuracy_percent:+.1f} % is beyond the action level of "
                f"{self.action_level_percent:g} %: check the pump again sooner"
            )
        return f"within the action level of {self.action_level_percent:g} %"

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON, in mL."""
        flow = self.flow_nl_h
        return {
            "filled_ml": self.filled_nl / _NL_PER_ML,
            "returned_ml": None if self.returned_nl is None else self.returned_nl / _NL_PER_ML,
            "dead_volume_ml": self.dead_volume_nl / _NL_PER_ML,
            "expected_residual_ml": self.expected_nl / _NL_PER_ML,
            "days": self.hours / _H_PER_DAY,
            "flow_ml_day": None if flow is None else flow * _H_PER_DAY / _NL_PER_ML,
            "nominal_ml_day": self.rate_nl_h * _H_PER_DAY / _NL_PER_ML,
            "accuracy_percent": self.accuracy_percent,
            "action_level_percent": self.action_level_percent,
            "action": self.action,
            "dry": self.dry,
            "sentence": self.sentence,
        }


def simulated_return(reservoir_nl: float, refill: "Refill") -> float:
    """What a syringe would draw back of what a model's reservoir holds."""
    return max(0.0, reservoir_nl - refill.dead_volume_nl)
