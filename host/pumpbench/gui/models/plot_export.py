"""What is seen in the plots, as text: the CSV, and what a picture says of itself."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from pumpbench.gui.live import View
from pumpbench.gui.models.bins import COLUMNS
from pumpbench.gui.models.times import moment

SIMULATED = "SIMULATED"


def heading(name: str, start: float, end: float, wall: bool, simulated: bool) -> str:
    """The line above an exported picture."""
    told = f"{name}, {moment(start, wall)} to {moment(end, wall)}"
    return f"{SIMULATED} · {told}" if simulated else told


def csv_rows(view: View, start: float, end: float, shown: set[str], wall: bool, simulated: bool) -> str:
    """The points that are seen, as CSV: a row a record, or a row a bin with its least and its most.

    A row with `gap` "true" and no values stands where records are missing.
    """
    columns = [name for name in COLUMNS if name in shown]
    bounds = [(name, f"{name}_least", f"{name}_most") for name in columns]
    names = columns if view.exact else [bound for _, *pair in bounds for bound in pair]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    time_names = ["time_utc"] if wall else ["board_time_s"]
    if not view.exact:
        time_names = [f"{time_names[0]}_first", f"{time_names[0]}_last"]
    writer.writerow([*time_names, *names, "gap", "simulated"])
    flag = "true" if simulated else "false"
    rows = [COLUMNS.index(name) for name in columns]
    for times, values in _points(view):
        if times[-1] < start or times[0] > end:
            continue
        if values is None:
            writer.writerow([*(_time(at, wall) for at in times), *[""] * len(names), "true", flag])
            continue
        told = [_number(value) for row in rows for value in values[row]]
        writer.writerow([*(_time(at, wall) for at in times), *told, "false", flag])
    return out.getvalue()


def _points(view: View) -> Iterator[tuple[list[float], np.ndarray | None]]:
    """Each record or bin: its time or times, and its values; None for a break."""
    step = 1 if view.exact else 2
    broken = np.asarray(np.isnan(view.values).all(axis=0))
    place = 0
    while place < len(view.x):
        if broken[place]:
            yield [float(view.x[place])] * step, None
            place += 1
        else:
            yield view.x[place : place + step].tolist(), view.values[:, place : place + step]
            place += step


def _time(x: float, wall: bool) -> str:
    if not wall:
        return f"{x:.6f}"
    return datetime.fromtimestamp(x, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.9g}"
