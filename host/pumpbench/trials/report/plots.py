"""The plots of a report, from the figures as a trial's result keeps them.

Matplotlib without its global state, so that reports may be made in any thread; the same figures give the same
bytes.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

SIZE_INCHES = (7.0, 3.4)  # the width of the text on A4
DOTS_PER_INCH = 200
SIMULATED = "simulated"
HEADROOM = 1.15  # above the highest flow, which else lies on the frame

_RESULT = "#1f4e79"
_SET = "#333333"
_LIMIT = "#b03030"
_SHADE = "#e9eef3"
_GAP = "#f3c9a0"
_STYLE: Any = {"font.size": 8.5, "svg.hashsalt": "pumpbench", "svg.fonttype": "none", "axes.linewidth": 0.6}

Result = Mapping[str, Any]


def startup_plot(result: Result, simulated: bool) -> Figure:
    """Return the start-up curve: the flow of each sample, the set rate, the analysed time and the gaps."""
    figure, axes = _empty(simulated)
    curve = result["startup"]
    minutes = [entry["time_min"] for entry in curve]
    flows = [entry["flow_ml_h"] for entry in curve]
    length = minutes[0] if minutes else 1.0
    axes.axvspan(*result["analyse_min"], color=_SHADE, zorder=0, label="analysed")
    for hole, (first, last) in enumerate(_holes(flows)):
        label = None if hole else "no data"
        axes.axvspan(minutes[first] - length, minutes[last], color=_GAP, zorder=0.2, label=label)
    axes.axhline(result["rate_ml_h"], color=_SET, linewidth=0.8, linestyle="--", label="set rate")
    shown = [float("nan") if flow is None else flow for flow in flows]
    edges = [minutes[0] - length, *minutes] if minutes else [0.0, 1.0]
    axes.stairs(
        shown or [float("nan")],
        edges,
        baseline=None,
        color=_RESULT,
        linewidth=0.9,
        label="flow of each sample",
    )
    axes.set_xlim(0.0, minutes[-1] if minutes else 1.0)
    known = [flow for flow in shown if flow == flow]
    axes.set_ylim(min([0.0, *known]), HEADROOM * max([result["rate_ml_h"], *known]))
    axes.set_xlabel("time from the start of the delivery / min")
    axes.set_ylabel("flow / (mL/h)")
    _legend(axes)
    return figure


def trumpet_plot(
    result: Result,
    limits: Sequence[float | None],
    simulated: bool,
    mean_limit: float | None = None,
    name: str = "A",
) -> Figure:
    """Return the trumpet: Ep(max) and Ep(min) with U as bars, the mean error (`name`: A or B), and each
    window's limit (%)."""
    figure, axes = _empty(simulated)
    windows = [window for window in result["trumpet"] if window["max_percent"] is not None]
    minutes = [window["window_min"] for window in windows]
    bars = [window["expanded_percent"] or 0.0 for window in windows]
    for marker, key, label in (("v", "max_percent", "Ep(max), Ep(min) ± U"), ("^", "min_percent", None)):
        axes.errorbar(
            minutes, [window[key] for window in windows], yerr=bars if any(bars) else None, color=_RESULT,
            marker=marker, markersize=3.5, linewidth=0.9, elinewidth=0.8, capsize=2.5, label=label,
        )  # fmt: skip
    allowed = [
        (window["window_min"], limit)
        for window, limit in zip(result["trumpet"], limits, strict=False)
        if limit is not None
    ]
    for side in (1.0, -1.0):
        label = "limits of Ep" if side > 0 else None
        axes.plot(
            [minute for minute, _ in allowed], [side * limit for _, limit in allowed], color=_LIMIT,
            linestyle="--", linewidth=0.9, label=label if allowed else None,
        )  # fmt: skip
        if mean_limit is not None:
            axes.axhline(
                side * mean_limit, color=_LIMIT, linestyle=":", linewidth=0.8,
                label=f"limits of {name}" if side > 0 else None,
            )  # fmt: skip
    error, expanded = result["mean_error_percent"], result["mean_error_expanded_percent"]
    if error is not None:
        axes.axhline(error, color=_SET, linewidth=0.8, label=f"mean error {name} ± U")
        if expanded is not None:
            axes.axhspan(error - expanded, error + expanded, color=_SHADE, zorder=0)
    axes.axhline(0.0, color=_SET, linewidth=0.4)
    every = [window["window_min"] for window in result["trumpet"]]
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(every))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda minute, _: f"{minute:g}"))
    axes.set_xlabel("window / min")
    axes.set_ylabel("error / % of the set rate")
    _legend(axes)
    return figure


def as_svg(figure: Figure) -> str:
    """Return a plot as an SVG element, to stand in a page as it is."""
    with matplotlib.rc_context(_STYLE):
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    return text[text.index("<svg") :]


def as_png(figure: Figure) -> bytes:
    """Return a plot as a picture for print."""
    with matplotlib.rc_context(_STYLE):
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return file.getvalue()


def _empty(simulated: bool) -> tuple[Figure, Axes]:
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=SIZE_INCHES, layout="constrained")
        axes = figure.add_subplot()
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        if simulated:
            axes.text(
                0.5, 0.5, SIMULATED, transform=axes.transAxes, ha="center", va="center", fontsize=40,
                color="#000000", alpha=0.07, zorder=0.5,
            )  # fmt: skip
    return figure, axes


def _legend(axes: Axes) -> None:
    """Put the legend above, where it covers nothing."""
    axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, ncols=4, fontsize=_STYLE["font.size"],
        borderaxespad=0.2, columnspacing=1.5, handlelength=1.8,
    )  # fmt: skip


def _holes(flows: Sequence[float | None]) -> list[tuple[int, int]]:
    """Return first and last sample of every run of samples without a flow."""
    found: list[tuple[int, int]] = []
    for sample, flow in enumerate(flows):
        if flow is None:
            if found and found[-1][1] == sample - 1:
                found[-1] = (found[-1][0], sample)
            else:
                found.append((sample, sample))
    return found
