"""The trumpet curve: how far the mean over a window strays from the set rate (IEC 60601-2-24).

    Ep(max) = max over j of (S / P) sum over i of 100 (Qi - r) / r
    i = j .. j + P/S - 1,   j = 1 .. (T - P)/S + 1;   Ep(min) = min over j of the same

The sum of the samples in a window is what its two ends differ by, so a window costs one subtraction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.flow import S_PER_H
from pumpbench.trials.series import Flags, Floats

WHOLE_SAMPLES = 1e-9
BLOCK = 32_768
"""Windows at a time, as many as the processor's cache holds."""


@dataclass(frozen=True)
class Window:
    """The largest and the smallest error of all windows of a length.

    Attributes:
        window_min: length P in minutes.
        max_percent, min_percent: Ep(max) and Ep(min); None when no window could be used.
        used, skipped: how many windows went into them, and how many touch a gap or a jump.
        max_at, min_at: the sample, from 0, with which the first window of either error begins.
    """

    window_min: float
    max_percent: float | None
    min_percent: float | None
    used: int
    skipped: int
    max_at: int | None = None
    min_at: int | None = None


def trumpet(
    volume_ml: Floats, whole: Flags, interval_s: float, rate_ml_h: float, windows_min: Sequence[float]
) -> list[Window]:
    """Return the trumpet over volumes at the ends of N samples, shape (N + 1,), whole samples shape (N,).

    A window with a sample that is not whole is not used. Raises `BadSettingError` for a window that is no
    whole number of samples or longer than all of them.
    """
    lengths = [samples_in(window, interval_s, len(whole)) for window in windows_min]
    runs = _runs(whole)
    return [
        _window(volume_ml, runs, window, length, interval_s, rate_ml_h)
        for window, length in zip(windows_min, lengths, strict=True)
    ]


def samples_in(window_min: float, interval_s: float, most: int) -> int:
    """Return how many samples a window of `window_min` has. Raises `BadSettingError`."""
    exact = window_min * 60.0 / interval_s
    length = round(exact)
    if length < 1 or abs(exact - length) > WHOLE_SAMPLES * exact:
        raise BadSettingError(
            f"a window of {window_min:g} min is no whole number of samples of {interval_s:g} s"
        )
    if length > most:
        raise BadSettingError(
            f"a window of {window_min:g} min is longer than the {most * interval_s / 60.0:g} min analysed"
        )
    return length


def _runs(whole: Flags) -> list[tuple[int, int]]:
    """Return the runs of whole samples, each from its first to behind its last."""
    edges = np.flatnonzero(np.diff(whole, prepend=False, append=False))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def _window(
    volume: Floats,
    runs: list[tuple[int, int]],
    window_min: float,
    length: int,
    interval_s: float,
    rate_ml_h: float,
) -> Window:
    """Return a window's extremes: those of all windows that lie within a run of whole samples."""
    most, least, used, high, low = -np.inf, np.inf, 0, 0, 0
    scratch = np.empty(BLOCK)
    for first, end in runs:
        used += max(end - first - length + 1, 0)
        for start in range(first, end - length + 1, BLOCK):
            stop = min(start + BLOCK, end - length + 1)
            delivered = scratch[: stop - start]
            np.subtract(volume[start + length : stop + length], volume[start:stop], out=delivered)
            at = int(delivered.argmax())
            if delivered[at] > most:
                most, high = float(delivered[at]), start + at
            at = int(delivered.argmin())
            if delivered[at] < least:
                least, low = float(delivered[at]), start + at
    skipped = len(volume) - length - used
    if not used:
        return Window(window_min, None, None, 0, skipped)
    to_percent = 100.0 * S_PER_H / (length * interval_s * rate_ml_h)
    return Window(
        window_min=window_min,
        max_percent=most * to_percent - 100.0,
        min_percent=least * to_percent - 100.0,
        used=used,
        skipped=skipped,
        max_at=high,
        min_at=low,
    )
