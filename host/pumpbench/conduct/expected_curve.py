"""The curve that is to be expected of a program, formed from the records of its dry run as they come."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_POINTS = 3000
_NL_PER_ML = 1e6
_US_PER_S = 1e6
_SCALES = {
    "time_us": _US_PER_S,
    "set_nl_h": _NL_PER_ML,
    "flow_nl_h": _NL_PER_ML,
    "measured_nl_h": _NL_PER_ML,
    "counted_nl": _NL_PER_ML,
}

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curves:
    """Means of pieces of equal length, each the program's 3000th part.

    Times in s since the first record, rates in mL/h, `volume_ml` as the motor counted it since then.
    """

    time_s: Curve
    set_ml_h: Curve
    commanded_ml_h: Curve
    measured_ml_h: Curve
    volume_ml: Curve


class Forming:
    """Takes the records of one boot in their order, a piece at a time, and has the curves of all so far."""

    def __init__(self, total_s: float) -> None:
        self._width_us = max(1, round(total_s * _US_PER_S / MOST_POINTS))
        self._first: Any = None
        self._counts = np.zeros(0)
        self._sums = {name: np.zeros(0) for name in _SCALES}

    def add(self, records: Any) -> None:
        """Take more of them."""
        if not len(records):
            return
        if self._first is None:
            self._first = records[0].copy()
        piece = (records["time_us"].astype(np.int64) - int(self._first["time_us"])) // self._width_us
        size = max(len(self._counts), int(piece.max()) + 1)
        self._counts = _grown(self._counts, size) + np.bincount(piece, minlength=size)
        for name, scale in _SCALES.items():
            more = np.bincount(piece, records[name].astype(np.float64) / scale, size)
            self._sums[name] = _grown(self._sums[name], size) + more

    def curves(self) -> Curves:
        """Return what has come so far."""
        there = self._counts > 0
        means = {name: sums[there] / self._counts[there] for name, sums in self._sums.items()}
        begin_s = self._first["time_us"] / _US_PER_S if self._first is not None else 0.0
        begin_ml = self._first["counted_nl"] / _NL_PER_ML if self._first is not None else 0.0
        return Curves(
            means["time_us"] - begin_s,
            means["set_nl_h"],
            means["flow_nl_h"],
            means["measured_nl_h"],
            means["counted_nl"] - begin_ml,
        )


def _grown(values: Curve, size: int) -> Curve:
    return np.pad(values, (0, size - len(values)))
