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
    """Return the scatter of the mean errors A and B and of the trumpet, the verdicts, and how many intervals
    held the truth.

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
        **_errors(trials, "mean_error"),
        **_errors(trials, "mean_error_b"),
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


def _errors(trials: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    """Return how an error scatters, and how the model's truth and the distance from it do."""
    return {
        f"{name}_percent": scatter(_known(trials, f"{name}_percent")),
        f"true_{name}_percent": scatter(_known(trials, f"true_{name}_percent")),
        f"{name}_less_truth_percent": scatter([error for error, _ in _off(trials, name)]),
    }


def _known(trials: Sequence[dict[str, Any]], name: str) -> list[float]:
    return [trial[name] for trial in trials if trial.get(name) is not None]


def _off(trials: Sequence[dict[str, Any]], name: str) -> list[tuple[float, float | None]]:
    """Return how far each error is from its truth, and its U."""
    return [
        (trial[f"{name}_percent"] - trial[f"true_{name}_percent"], trial[f"{name}_expanded_percent"])
        for trial in trials
        if trial.get(f"{name}_percent") is not None and trial.get(f"true_{name}_percent") is not None
    ]


def _intervals(trials: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Return how many k = 2 intervals there are, of A and of B, and how many of them hold the truth."""
    both = [*_off(trials, "mean_error"), *_off(trials, "mean_error_b")]
    known = [(off, expanded) for off, expanded in both if expanded is not None]
    return {"count": len(known), "hold_the_truth": sum(abs(off) <= expanded for off, expanded in known)}
