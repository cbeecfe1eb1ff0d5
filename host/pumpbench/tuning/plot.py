"""A tuning report drawn: step response, flow over the rotor's angle, spectrum."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from pumpbench.tuning.identify import LINES, Identified

_BEFORE, _AFTER = "#b5562b", "#1f5f8b"


def draw(found: Identified, path: Path) -> None:
    """Write an SVG file."""
    figure = Figure(figsize=(9.0, 8.0), layout="constrained")
    if found.simulated:
        figure.suptitle("simulated", color="#777777")
    step, angle, lines = figure.subplots(3, 1)
    step.plot(found.step_s, found.step, color=_AFTER)
    step.axhline(1.0, color="#aaaaaa", linewidth=0.8)
    step.set(xlabel="time since the start in s", ylabel="flow over final flow", title="Step from rest")
    degrees = np.arange(len(found.flow_before)) * 360.0 / len(found.flow_before)
    angle.plot(
        degrees, found.flow_before, color=_BEFORE, label=f"no map: {found.ripple_before_percent:.1f} %"
    )
    angle.plot(
        degrees, found.flow_after, color=_AFTER, label=f"with the map: {found.ripple_after_percent:.2f} %"
    )
    angle.set(xlabel="rotor's angle in degrees", ylabel="flow over mean flow", title="Flow over a revolution")
    angle.legend()
    number = np.arange(1, LINES + 1)
    lines.bar(number - 0.2, found.spectrum_before, 0.4, color=_BEFORE, label="no map")
    lines.bar(number + 0.2, found.spectrum_after, 0.4, color=_AFTER, label="with the map")
    lines.set(xlabel="times a revolution", ylabel="amplitude in %", title="Spectrum of the ripple")
    lines.legend()
    figure.savefig(path)
