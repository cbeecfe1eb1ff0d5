"""The most that a program delivers within any hour, or any day, of its whole length."""

from math import ceil

import numpy as np
import numpy.typing as npt

from pumpbench.files.program import Program
from pumpbench.files.segment import Segment
from pumplink.states import RAMP

HOUR_S = 3600.0
DAY_S = 86_400.0
_RAMP_PARTS = 32
_MOST_POINTS = 20_000

Curve = npt.NDArray[np.float64]


def most_within(program: Program, window_s: float, reservoir: int | None = None) -> float:
    """Return the largest volume in nL that falls into a window of this length, of one of the board's
    reservoirs or of all.

    Exact but for ramps, which are taken as 32 straight pieces of volume each, and for programs of very many
    short repeats, of which it may be up to one repeat too much.
    """
    times, volumes = _one_pass(program, reservoir)
    length_s, volume_nl, repeat = float(times[-1]), float(volumes[-1]), program.program.repeat
    if length_s <= 0:
        return volume_nl * repeat
    passes = min(repeat, ceil(window_s / length_s) + 1)
    if passes * len(times) <= _MOST_POINTS:
        return _most(times, volumes, passes, window_s)
    whole, rest_s = divmod(window_s, length_s)
    return min(volume_nl * repeat, whole * volume_nl + _most(times, volumes, 2, rest_s))


def _most(times: Curve, volumes: Curve, passes: int, window_s: float) -> float:
    """The same of so many passes, each of this curve."""
    times = np.concatenate([times + times[-1] * number for number in range(passes)])
    volumes = np.concatenate([volumes + volumes[-1] * number for number in range(passes)])
    # The most is in a window that begins or ends where the rate changes.
    begins = np.concatenate([times, times - window_s])
    ends = begins + window_s
    return float((np.interp(ends, times, volumes) - np.interp(begins, times, volumes)).max())


def _one_pass(program: Program, reservoir: int | None) -> tuple[Curve, Curve]:
    """Times in s and the volume until then in nL, at every change of rate."""
    keep_open = program.program.keep_open_nl_h
    times, volumes = [0.0], [0.0]
    for segment in program.segments:
        counts = reservoir is None or program.reservoir_index(segment) == reservoir
        total_s = segment.seconds(keep_open)
        total_nl = float(segment.delivers_nl(keep_open)) if counts else 0.0
        for share_s, share_nl in _shares(segment, keep_open):
            times.append(times[-1] + total_s * share_s)
            volumes.append(volumes[-1] + total_nl * share_nl)
    return np.array(times), np.array(volumes)


def _shares(segment: Segment, keep_open_nl_h: int) -> list[tuple[float, float]]:
    """Pieces of a segment as shares of its time and of its volume."""
    start, end = segment.rates(keep_open_nl_h)
    if segment.kind != RAMP or start == end:
        return [(1.0, 1.0)]
    step = 1.0 / _RAMP_PARTS
    middles = [(number + 0.5) * step for number in range(_RAMP_PARTS)]
    return [(step, step * 2 * (start + (end - start) * at) / (start + end)) for at in middles]
