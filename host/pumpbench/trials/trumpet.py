"""The trumpet curve: how far the mean over a window strays from the set rate (IEC 60601-2-24).

    Ep(max) = max over j of (S / P) sum over i of 100 (Qi - r) / r
    i = j .. j + P/S - 1,   j = 1 .. (T - P)/S + 1;   Ep(min) = min over j of the same

The sum of the samples in a window is what its two ends differ by, so a window costs one subtraction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.flow import S_PER_H
from pumpbench.trials.series import Flags, Floats

WHOLE_SAMPLES = 1e-9


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
    missing = None if whole.all() else np.concatenate(([0], np.cumsum(~whole, dtype=np.int32)))
    return [
        _window(volume_ml, missing, window, length, interval_s, rate_ml_h)
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


def _window(
    volume: Floats,
    missing: npt.NDArray[np.int32] | None,
    window_min: float,
    length: int,
    interval_s: float,
    rate_ml_h: float,
) -> Window:
    """Return a window's extremes; ``missing`` counts the samples before each volume that are not whole."""
    delivered = volume[length:] - volume[:-length]
    skipped = 0
    if missing is not None:
        touched = missing[length:] != missing[:-length]
        skipped = int(np.count_nonzero(touched))
        np.putmask(delivered, touched, -np.inf)
    used = len(delivered) - skipped
    if not used:
        return Window(window_min, None, None, 0, skipped)
    high = int(delivered.argmax())
    most = float(delivered[high])
    if skipped:
        np.putmask(delivered, touched, np.inf)
    low = int(delivered.argmin())
    to_percent = 100.0 * S_PER_H / (length * interval_s * rate_ml_h)
    return Window(
        window_min=window_min,
        max_percent=most * to_percent - 100.0,
        min_percent=float(delivered[low]) * to_percent - 100.0,
        used=used,
        skipped=skipped,
        max_at=high,
        min_at=low,
    )
