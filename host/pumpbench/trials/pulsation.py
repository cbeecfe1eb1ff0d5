"""Pulsation, apart from the trumpet: short windows average it away or beat with it.

A pump may keep within its trumpet and still flow three times as fast for a moment, so its ripple is given
for itself: the spectrum of the flow, and the wave at the rate at which rollers leave the tube.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.series import Floats

HARMONICS = 6
POINTS = 720
LEAST_PERIODS = 2.0
FEWEST = 32
OUTSTANDING = 6.0
ROUNDING = 1e-9


def spectrum(flow_ml_h: Floats, interval_s: float) -> tuple[Floats, Floats]:
    """Return frequencies (Hz) and one-sided amplitudes (mL/h) of N evenly spaced flows.

    The mean is taken off and a Hann window laid over; a sine in a bin's middle shows its own amplitude.
    """
    hann = np.hanning(len(flow_ml_h))
    bins = np.fft.rfft((flow_ml_h - flow_ml_h.mean()) * hann)
    frequencies: Floats = np.arange(len(bins)) / (len(flow_ml_h) * interval_s)
    amplitudes: Floats = np.abs(bins) * (2.0 / hann.sum())
    return frequencies, amplitudes


@dataclass(frozen=True)
class Wave:
    """The part of a flow that repeats at a frequency.

    Attributes:
        frequency_hz: at which it repeats.
        mean_ml_h: the flow without it.
        peak_to_peak_ml_h: from the wave's lowest to its highest flow.
        harmonics: how many multiples of the frequency were fitted.
    """

    frequency_hz: float
    mean_ml_h: float
    peak_to_peak_ml_h: float
    harmonics: int

    @property
    def peak_to_peak_percent(self) -> float:
        """Peak to peak over the mean flow."""
        return 100.0 * self.peak_to_peak_ml_h / self.mean_ml_h

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "frequency_hz": self.frequency_hz,
            "mean_ml_h": self.mean_ml_h,
            "peak_to_peak_ml_h": self.peak_to_peak_ml_h,
            "peak_to_peak_percent": self.peak_to_peak_percent,
            "harmonics": self.harmonics,
        }


def wave_at(time_s: Floats, volume_ml: Floats, frequency_hz: float, harmonics: int = HARMONICS) -> Wave:
    """Return the wave at a frequency, such as rollers times revolutions a second.

    Least squares of line, sines and cosines on the volumes themselves, shape (n,), whose noise differences
    would make larger; the wave is the derivative of the fit. Multiples beyond half the readings' rate are
    left out. Raises `BadSettingError` when the readings cannot show the frequency.
    """
    span = float(time_s[-1] - time_s[0])
    if span * frequency_hz < LEAST_PERIODS:
        raise BadSettingError(f"{span:g} s hold no two periods of {frequency_hz:g} Hz")
    highest = 0.5 / float(np.median(np.diff(time_s)))
    used = min(harmonics, int(highest / frequency_hz * (1 - 1e-9)))
    if used < 1:
        raise BadSettingError(f"readings at {2 * highest:g} Hz cannot show {frequency_hz:g} Hz")
    angle = 2.0 * np.pi * frequency_hz * (time_s - time_s[0])
    # The line runs from -1 to 1, so that the normal equations are well conditioned.
    columns = [np.ones_like(angle), 2.0 * (time_s - time_s[0]) / span - 1.0]
    for order in range(1, used + 1):
        columns += [np.cos(order * angle), np.sin(order * angle)]
    matrix = np.stack(columns)
    fit = np.linalg.lstsq(matrix @ matrix.T, matrix @ (volume_ml - volume_ml[0]), rcond=None)[0]
    phase = np.linspace(0.0, 2.0 * np.pi, POINTS, endpoint=False)
    flow = np.zeros(POINTS)
    for order in range(1, used + 1):
        cosine, sine = fit[2 * order], fit[2 * order + 1]
        flow += order * (sine * np.cos(order * phase) - cosine * np.sin(order * phase))
    per_h = 2.0 * np.pi * frequency_hz * 3600.0
    mean = float(fit[1] * 2.0 / span * 3600.0)
    return Wave(frequency_hz, mean, float((flow.max() - flow.min()) * per_h), used)


def strongest_hz(time_s: Floats, volume_ml: Floats, digit_ml: float) -> float | None:
    """Return the frequency of the flow's strongest line, or None when none stands out of the noise.

    A line stands out when the volume's amplitude there is six times the usual one (the median) and more than
    half of the balance's last digit, whose steps beat with a steady flow. A ripple of the flow shows in the
    volume divided by its frequency, so the strongest of those lines is sought in the flow. The volumes, shape
    (n,), are brought to even steps first; the line is found to a small part of a bin.
    """
    count = len(time_s)
    if count < FEWEST:
        return None
    even = np.linspace(time_s[0], time_s[-1], count)
    volume = np.interp(even, time_s, volume_ml)
    middle = even - even.mean()
    residue = volume - np.polynomial.Polynomial.fit(middle, volume, 2)(middle)
    frequency, amplitude = spectrum(residue, float(even[1] - even[0]))
    first = int(LEAST_PERIODS) + 1  # a parabola takes the slowest
    least = max(OUTSTANDING * float(np.median(amplitude[first:])), 0.5 * digit_ml, ROUNDING * np.ptp(volume))
    standing = np.flatnonzero(amplitude > least)
    standing = standing[(standing >= first) & (standing < len(amplitude) - 1)]
    if not len(standing):
        return None
    top = int(standing[np.argmax(frequency[standing] * amplitude[standing])])
    low, high, peak = (float(np.log(amplitude[top + side])) for side in (-1, 1, 0))
    aside = 0.5 * (low - high) / (low - 2.0 * peak + high)
    return float((top + aside) * frequency[1])
