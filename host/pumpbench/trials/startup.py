"""The start-up curve: the flow of each sample against time, from the start of the delivery."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pumpbench.trials.series import Flags, Floats


@dataclass(frozen=True)
class StartUp:
    """Flow by time; a sample that touches a gap or a jump has none (NaN).

    Attributes:
        time_min: end of each sample, in minutes from the start, shape (N,).
        flow_ml_h: shape (N,).
    """

    time_min: Floats
    flow_ml_h: Floats

    def as_list(self) -> list[dict[str, Any]]:
        """One entry a sample, for JSON; no flow is None."""
        return [
            {"time_min": time, "flow_ml_h": None if flow != flow else flow}
            for time, flow in zip(self.time_min.tolist(), self.flow_ml_h.tolist(), strict=True)
        ]


def startup(time_s: Floats, flow_ml_h: Floats, whole: Flags, origin_s: float) -> StartUp:
    """Return the curve from the ends of N samples (N + 1,), their flows (N,) and whether they are whole."""
    return StartUp((time_s[1:] - origin_s) / 60.0, np.where(whole, flow_ml_h, np.nan))
