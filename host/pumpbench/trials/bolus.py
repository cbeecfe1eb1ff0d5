"""Bolus accuracy: successive boluses, each weighed (IEC 60601-2-24: 25 of them)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.series import Floats


@dataclass(frozen=True)
class Boluses:
    """What successive boluses came to.

    Attributes:
        target_ml: the volume that each was to have.
        volume_ml: what each had, NaN where it is not known, shape (n,).
    """

    target_ml: float
    volume_ml: Floats

    @property
    def known(self) -> Floats:
        """The boluses that were weighed."""
        return self.volume_ml[~np.isnan(self.volume_ml)]

    @property
    def errors_percent(self) -> Floats:
        """The error of each bolus that was weighed."""
        return 100.0 * (self.known / self.target_ml - 1.0)

    def as_dict(self) -> dict[str, Any]:
        """Count, mean, mean error and the largest errors either way, for JSON."""
        errors = self.errors_percent
        some = len(errors) > 0
        return {
            "target_ml": self.target_ml,
            "count": len(self.volume_ml),
            "weighed": len(errors),
            "mean_ml": float(self.known.mean()) if some else None,
            "mean_error_percent": float(errors.mean()) if some else None,
            "max_error_percent": float(errors.max()) if some else None,
            "min_error_percent": float(errors.min()) if some else None,
            "spread_percent": float(errors.std(ddof=1)) if len(errors) > 1 else None,
            "volumes_ml": [None if volume != volume else volume for volume in self.volume_ml.tolist()],
        }


def boluses(volume_ml: npt.ArrayLike, target_ml: float) -> Boluses:
    """Return the boluses between n + 1 successive volumes in the vessel, before the first and after each.

    The readings between two boluses serve both, so the mean over n of them rests on the first and the last
    reading alone: its budget is that of the whole volume. Raises `BadSettingError`.
    """
    volumes = np.asarray(volume_ml, dtype=np.float64)
    if len(volumes) < 2:
        raise BadSettingError("boluses need a volume before the first and one after each")
    if not target_ml > 0:
        raise BadSettingError(f"a bolus of {target_ml:g} mL is none; more than 0 is needed")
    return Boluses(target_ml, np.diff(volumes))
