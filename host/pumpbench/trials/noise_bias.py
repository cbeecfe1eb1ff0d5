"""What the readings' noise does to the extremes of a trumpet curve.

The largest of many windows is the one whose noise happened to be large: Ep(max) comes out too high and
Ep(min) too low, the more so the shorter the window. For any true curve f and noise e

    mean of max(f + e) <= max f + mean of max e

so the mean largest of m noises bounds the bias, and is reached by a steady flow. Windows share a reading
only where one begins as another ends, so m independent normal values stand for them; their mean largest is
Blom's (1958) m - 0.375 out of m + 0.25.
"""

from statistics import NormalDist


def mean_largest(count: int) -> float:
    """Return the mean of the largest of `count` standard normal values, within 5 %."""
    return NormalDist().inv_cdf((count - 0.375) / (count + 0.25)) if count > 1 else 0.0


def noise_bias_percent(reading_percent: float | None, windows: int) -> float | None:
    """Return how much too high Ep(max), and too low Ep(min), may be on the mean; None without a noise."""
    return None if reading_percent is None else reading_percent * mean_largest(windows)
