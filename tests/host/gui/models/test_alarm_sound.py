"""The sounds are what IEC 60601-1-8 asks for."""

import io
import itertools
import wave

import numpy as np
import pytest

from pumpbench.gui.models.alarm_sound import INTERVAL_S, RATE_HZ, Samples, as_wave, burst
from pumplink.alarms import HIGH, LOW, MEDIUM


def pulses(samples: Samples) -> list[tuple[float, float]]:
    """Start and end of each pulse, in s: where the sound stays away for more than 20 ms one has ended."""
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    breaks = np.flatnonzero(np.diff(loud) > RATE_HZ * 0.02)
    starts = loud[np.concatenate([[0], breaks + 1])]
    ends = loud[np.concatenate([breaks, [len(loud) - 1]])]
    return [(start / RATE_HZ, end / RATE_HZ) for start, end in zip(starts, ends, strict=True)]


@pytest.mark.parametrize(
    ("priority", "count", "length_ms", "interval_s"),
    [
        (HIGH, 10, (75, 200), (2.5, 15.0)),
        (MEDIUM, 3, (125, 250), (2.5, 30.0)),
        (LOW, 2, (125, 250), (15.0, 60.0)),
    ],
)
def test_pulses_are_as_many_and_as_long_as_the_priority_wants(
    priority: int, count: int, length_ms: tuple[int, int], interval_s: tuple[float, float]
) -> None:
    found = pulses(burst(priority))
    assert len(found) == count
    for start, end in found:
        assert length_ms[0] <= (end - start) * 1000 <= length_ms[1]
    assert interval_s[0] <= INTERVAL_S[priority] - found[-1][1] <= interval_s[1]


def test_a_high_burst_is_two_times_three_and_two() -> None:
    found = pulses(burst(HIGH))
    pauses = [after[0] - before[1] for before, after in itertools.pairwise(found)]
    short = [pause < 0.15 for pause in pauses]
    assert short == [True, True, False, True, False, True, True, False, True]
    assert pauses[4] == max(pauses)


@pytest.mark.parametrize("priority", [HIGH, MEDIUM, LOW])
def test_a_pulse_has_four_harmonics_that_can_be_heard(priority: int) -> None:
    start, end = pulses(burst(priority))[0]
    pulse = burst(priority)[round(start * RATE_HZ) : round(end * RATE_HZ)]
    spectrum = np.abs(np.fft.rfft(pulse * np.hanning(len(pulse)), 1 << 15))
    hertz = np.fft.rfftfreq(1 << 15, 1 / RATE_HZ)
    pitch = hertz[spectrum.argmax()]
    assert 150 <= pitch <= 1000
    for number in range(2, 6):
        near = np.abs(hertz - number * pitch) < 20
        assert 20 * np.log10(spectrum.max() / spectrum[near].max()) <= 15  # dB below the fundamental


def test_the_file_is_a_wave_of_sixteen_bits() -> None:
    with wave.open(io.BytesIO(as_wave(burst(LOW)))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        assert file.getnframes() == len(burst(LOW))
