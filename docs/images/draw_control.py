"""Draw docs/images/ripple.svg from what the bench left: ``make bench PARTS=flow-ripple``, then
``python docs/images/draw_control.py``."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[2]
MEASURED = ROOT / "build" / "bench" / "flow-by-angle.json"
OUT = Path(__file__).with_name("ripple.svg")
LINES = 36
OPEN, OURS = "#b5562b", "#1f5f8b"


def draw(measured: dict[str, dict[str, list[float]]]) -> Figure:
    """Flow over the rotor's angle, and the ripple's spectrum, for each plant: open loop beside ours."""
    figure = Figure(figsize=(10.0, 2.6 * len(measured)), layout="constrained")
    figure.suptitle(
        "1 mL/h, simulated: the head's true flow by degrees of the rotor, and its spectrum", fontsize=10
    )
    axes = figure.subplots(len(measured), 2, squeeze=False)
    for (angle, lines), (name, flows) in zip(axes, measured.items(), strict=True):
        for shift, kind, colour in ((-0.2, "open loop", OPEN), (0.2, "ours", OURS)):
            flow = np.array(flows[kind]) / np.mean(flows[kind])
            angle.plot(
                np.arange(len(flow)), flow, color=colour, linewidth=1.0, label=f"{kind}: {flow.std():.1%}"
            )
            amplitude = 200.0 * np.abs(np.fft.rfft(flow))[1 : LINES + 1] / len(flow)
            lines.bar(np.arange(1, LINES + 1) + shift, amplitude, 0.4, color=colour)
        angle.set(ylabel="flow over mean", title=name)
        lines.legend(*angle.get_legend_handles_labels(), fontsize=8, loc="upper right")
        lines.set(ylabel="amplitude in %")
    axes[-1][0].set(xlabel="degrees")
    axes[-1][1].set(xlabel="times a revolution")
    return figure


if __name__ == "__main__":
    draw(json.loads(MEASURED.read_text())).savefig(OUT, metadata={"Date": None})
