"""What the model's truth says of a run: for the bench and for tests, never for the pump."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BINS = 360


@dataclass(frozen=True)
class Truth:
    """The columns of a truth file."""

    time_s: Array
    head_nl: Array
    outlet_nl: Array
    rotor_deg: Array  # unwrapped
    pressure_kpa: Array

    @classmethod
    def load(cls, path: Path) -> "Truth":
        """Read a truth file."""
        with path.open() as file:
            names = next(csv.reader(file))
            table = np.loadtxt(file, delimiter=",", ndmin=2, usecols=range(len(names)))
        column = {name: table[:, index] for index, name in enumerate(names)}
        return cls(
            column["time_us"] / 1e6,
            column["head_nl"],
            column["outlet_nl"],
            np.unwrap(column["rotor_mdeg"] / 1000.0, period=360.0),
            column["pressure_pa"] / 1000.0,
        )

    def between(self, from_s: float, to_s: float) -> "Truth":
        """A part of it."""
        part = (self.time_s >= from_s) & (self.time_s <= to_s)
        return Truth(*(getattr(self, name)[part] for name in self.__dataclass_fields__))

    def outlet_at(self, time_s: Array) -> Array:
        """Volume out of the outlet at these times."""
        return np.interp(time_s, self.time_s, self.outlet_nl)


def flow_by_angle(truth: Truth) -> tuple[Array, float]:
    """Return the head's flow in nL/h in each of `BINS` bins of a degree, over whole revolutions, and how
    many."""
    first = np.ceil(truth.rotor_deg[0])
    revolutions = int((truth.rotor_deg[-1] - first) // 360.0)
    edges = first + np.arange(revolutions * BINS + 1) * (360.0 / BINS)
    turning = np.concatenate([[True], np.diff(truth.rotor_deg) > 0])
    time_s = np.interp(edges, truth.rotor_deg[turning], truth.time_s[turning])
    volume = np.interp(edges, truth.rotor_deg[turning], truth.head_nl[turning])
    shape = (revolutions, BINS)
    flow = np.diff(volume).reshape(shape).sum(axis=0) / np.diff(time_s).reshape(shape).sum(axis=0) * 3600.0
    return np.roll(flow, int(first) % BINS), float(revolutions)


def ripple(truth: Truth) -> float:
    """Standard deviation over mean of the flow by angle."""
    flow, _revolutions = flow_by_angle(truth)
    return float(flow.std() / flow.mean())
