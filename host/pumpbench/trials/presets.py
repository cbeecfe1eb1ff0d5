"""How pumps of a kind are usually tried: sample interval S, windows P, and the time that is analysed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """Intervals of a trial; each may be changed."""

    name: str
    interval_s: float
    windows_min: tuple[float, ...]
    analyse_min: tuple[float, float]


GENERAL = Preset("general infusion", 30.0, (2.0, 5.0, 11.0, 19.0, 31.0), (60.0, 120.0))
"""The second hour, in samples of half a minute."""

AMBULATORY = Preset(
    "ambulatory or implanted", 900.0, (15.0, 60.0, 150.0, 330.0, 570.0, 930.0), (1440.0, 2880.0)
)
"""The second day, in samples of a quarter of an hour, after a day to settle."""

PRESETS = {"general": GENERAL, "ambulatory": AMBULATORY}
