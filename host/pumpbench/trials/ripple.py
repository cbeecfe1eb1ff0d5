"""What a pump's turning does to its flow: the pulsation, and the mean error without it."""

from dataclasses import dataclass
from typing import Any

from pumpbench.trials import revolutions
from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.flow import error_percent
from pumpbench.trials.pulsation import Wave, strongest_hz, wave_at
from pumpbench.trials.series import Floats

ROLLERS = "rollers leaving the tube"
STRONGEST = "strongest line of the spectrum"


@dataclass(frozen=True)
class Ripple:
    """The pulsation over the analysed time, apart from the trumpet.

    Attributes:
        wave: the part of the flow that repeats; None when the readings cannot show it.
        origin: ROLLERS or STRONGEST, by which its frequency is known.
        turns: whole revolutions from the start of the analysed time on, None when their time is not known.
        error_percent: the mean error over those.
    """

    wave: Wave | None
    origin: str
    turns: int | None
    error_percent: float | None

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "wave": None if self.wave is None else self.wave.as_dict(),
            "frequency_of": self.origin,
            "whole_revolutions": self.turns,
            "mean_error_over_them_percent": self.error_percent,
        }


def ripple(
    time_s: Floats,
    volume_ml: Floats,
    rate_ml_h: float,
    digit_ml: float | None,
    revolution_s: float | None,
    rollers: int | None,
) -> Ripple | None:
    """Return the ripple of volumes, shape (n,); None when nothing is known of it and nothing stands out.

    With the pump's revolution and rollers the frequency is theirs. Without, the strongest line is sought, if
    the balance's last digit is stated: its steps would be taken for a ripple otherwise.
    """
    frequency, origin = None, STRONGEST
    if revolution_s is not None and rollers is not None:
        frequency, origin = rollers / revolution_s, ROLLERS
    elif digit_ml is not None:
        frequency = strongest_hz(time_s, volume_ml, digit_ml)
    turns, error = None, None
    if revolution_s is not None:
        turns, error = _over_whole_turns(time_s, volume_ml, rate_ml_h, revolution_s)
    wave = None if frequency is None else _wave(time_s, volume_ml, frequency)
    return None if wave is None and turns is None else Ripple(wave, origin, turns, error)


def _wave(time_s: Floats, volume_ml: Floats, frequency_hz: float) -> Wave | None:
    try:
        return wave_at(time_s, volume_ml, frequency_hz)
    except BadSettingError:  # too slow or too fast for these readings
        return None


def _over_whole_turns(
    time_s: Floats, volume_ml: Floats, rate_ml_h: float, revolution_s: float
) -> tuple[int | None, float | None]:
    try:
        turns = revolutions.by_period(float(time_s[0]), float(time_s[-1]), revolution_s)
    except BadSettingError:  # less than one
        return None, None
    return turns.turns, error_percent(revolutions.mean_flow_ml_h(time_s, volume_ml, turns), rate_ml_h)
