"""The sounds of alarms, made after IEC 60601-1-8: bursts of pulses, each a tone with harmonics.

High priority: ten pulses, two times 3 + 2; medium: three; low: two, seldom. What they are like is the
standard's; the melody is the plain one, without its meanings for kinds of devices.
"""

import io
import wave

import numpy as np
import numpy.typing as npt

from pumplink.alarms import HIGH, LOW, MEDIUM

RATE_HZ = 22_050
INTERVAL_S = {HIGH: 6.0, MEDIUM: 10.0, LOW: 20.0}
"""From the start of one burst to the start of the next."""

_PITCH_HZ = {HIGH: 523.25, MEDIUM: 440.0, LOW: 349.23}  # within 150 Hz to 1000 Hz
_HARMONICS = (1.0, 0.6, 0.5, 0.35, 0.25)  # the standard wants at least four within 15 dB of the fundamental
_PULSE_S = {HIGH: 0.12, MEDIUM: 0.2, LOW: 0.2}
_RISE_S = 0.02
_LOUDNESS = 0.5
# Pauses in s between pulses.
_PAUSES = {
    HIGH: (0.08, 0.08, 0.28, 0.08, 0.8, 0.08, 0.08, 0.28, 0.08),
    MEDIUM: (0.2, 0.2),
    LOW: (0.2,),
}

Samples = npt.NDArray[np.float64]


def burst(priority: int) -> Samples:
    """One burst, from -1 to 1, `RATE_HZ` samples a second."""
    pulse = _pulse(_PITCH_HZ[priority], _PULSE_S[priority])
    parts = [pulse]
    for pause_s in _PAUSES[priority]:
        parts += [np.zeros(round(pause_s * RATE_HZ)), pulse]
    return np.concatenate(parts)


def as_wave(samples: Samples) -> bytes:
    """The samples as a WAV file, 16 bits, one channel."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes((samples * 32_767).astype("<i2").tobytes())
    return file.getvalue()


def _pulse(pitch_hz: float, length_s: float) -> Samples:
    times = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    tone = np.zeros(len(times))
    for number, weight in enumerate(_HARMONICS):
        tone += weight * np.sin(2 * np.pi * pitch_hz * (number + 1) * times)
    ramp = np.minimum(1.0, np.minimum(times, times[-1] - times) / _RISE_S)
    shaped: Samples = tone * ramp
    shaped *= _LOUDNESS / float(np.abs(shaped).max())
    return shaped
