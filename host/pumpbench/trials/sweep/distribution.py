"""How the figures of many trials scatter: pure functions over what the trials came to."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

PERCENTILES = (5, 25, 50, 75, 95)


def scatter(values: npt.ArrayLike) -> dict[str, Any] | None:
    """Return count, mean, standard deviation, extremes and percentiles; None without a value."""
    found = np.asarray(values, dtype=np.float64)
    if not len(found):
        return None
    return {
        "count": len(found),
        "mean": float(found.mean()),
        "sd": float(found.std(ddof=1)) if len(found) > 1 else None,
        "min": float(found.min()),
        "max": float(found.max()),
        **{f"p{percent}": float(np.percentile(found, percent)) for percent in PERCENTILES},
    }


def distribution(trials: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the scatter of mean error and trumpet, the verdicts, and how many intervals held the truth.

    Each trial has the keys of ``trial run``; a figure that a trial does not know is left out of its scatter.
    """
    windows: dict[float, tuple[list[float], list[float]]] = {}
    for trial in trials:
        for window in trial["trumpet"] or ():
            high, low = windows.setdefault(window["window_min"], ([], []))
            if window["max_percent"] is not None:
                high.append(window["max_percent"])
                low.append(window["min_percent"])
    verdicts = [trial["verdict"] for trial in trials if trial["verdict"]]
    return {
        "trials": len(trials),
        "mean_error_percent": scatter(_known(trials, "mean_error_percent")),
        "true_mean_error_percent": scatter(_known(trials, "true_mean_error_percent")),
        "mean_error_less_truth_percent": scatter([error for error, _ in _off(trials)]),
        "intervals": _intervals(trials),
        "trumpet": [
            {"window_min": minutes, "max_percent": scatter(high), "min_percent": scatter(low)}
            for minutes, (high, low) in sorted(windows.items())
        ],
        "verdicts": {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
    }


def by_plant(trials: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the distribution for each plant, in the order of their names."""
    plants = sorted({trial["plant"] for trial in trials})
    return [
        {"plant": plant, **distribution([trial for trial in trials if trial["plant"] == plant])}
        for plant in plants
    ]


def _known(trials: Sequence[dict[str, Any]], name: str) -> list[float]:
    return [trial[name] for trial in trials if trial[name] is not None]


def _off(trials: Sequence[dict[str, Any]]) -> list[tuple[float, float | None]]:
    """Return how far each mean error is from its truth, and its U."""
    return [
        (trial["mean_error_percent"] - trial["true_mean_error_percent"], trial["mean_error_expanded_percent"])
        for trial in trials
        if trial["mean_error_percent"] is not None and trial["true_mean_error_percent"] is not None
    ]


def _intervals(trials: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Return how many k = 2 intervals there are, and how many of them hold the truth."""
    known = [(off, expanded) for off, expanded in _off(trials) if expanded is not None]
    return {"count": len(known), "hold_the_truth": sum(abs(off) <= expanded for off, expanded in known)}
