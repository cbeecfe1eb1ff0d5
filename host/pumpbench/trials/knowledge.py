"""What is known of the means of measuring: the inputs of the uncertainty budget."""

from dataclasses import dataclass, fields, replace
from typing import Self

GAIN_PPM = 100.0
COVERED_VESSEL_MG_H = 1.0
CONTROL_VESSEL_SHARE = 0.2
CONTROL_VESSEL_MG_H = 0.1
CLOCK_PPM = 100.0
STAMP_S = 0.1
DENSITY_HALF_WIDTH_G_ML = 0.0005


@dataclass(frozen=True)
class Knowledge:
    """Limits within which errors lie, None where nobody stated one.

    All are half-widths of a rectangular distribution but the repeatability, which is a standard deviation,
    and the resolution, which is the last digit. What the liquid's density and the air's buoyancy add stands
    in `density.Liquid`.

    Attributes:
        resolution_mg: the balance's last digit.
        repeatability_mg: standard deviation of one reading.
        drift_mg_h: the balance's drift.
        gain_ppm: error of the balance's gain, linearity included.
        evaporation_mg_h: what is not known of the evaporation after its correction.
        clock_ppm: error of the rate of the clock that times the readings.
        stamp_s: error of one reading's time.
        assumed: names of those that nobody stated for this trial and that are taken from `usual`.
    """

    resolution_mg: float | None = None
    repeatability_mg: float | None = None
    drift_mg_h: float | None = None
    gain_ppm: float | None = None
    evaporation_mg_h: float | None = None
    clock_ppm: float | None = None
    stamp_s: float | None = None
    assumed: frozenset[str] = frozenset()

    def with_usual(self, evaporation_mg_h: float | None) -> Self:
        """Return the same with what is usual where nothing was stated, but for the balance's own figures.

        A gain within 100 ppm of a balance that was adjusted before the trial, a clock within 100 ppm, times
        within 0.1 s, and for the evaporation 1 mg/h of a vessel that is covered with oil, or, when its rate
        was measured beside it (`evaporation_mg_h`), 20 % of that and 0.1 mg/h.
        """
        left = COVERED_VESSEL_MG_H
        if evaporation_mg_h is not None:
            left = CONTROL_VESSEL_SHARE * abs(evaporation_mg_h) + CONTROL_VESSEL_MG_H
        usual = {
            "gain_ppm": GAIN_PPM,
            "evaporation_mg_h": left,
            "clock_ppm": CLOCK_PPM,
            "stamp_s": STAMP_S,
        }
        taken = {name: value for name, value in usual.items() if getattr(self, name) is None}
        return replace(self, **taken, assumed=self.assumed | set(taken))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what can be stated."""
        return tuple(field.name for field in fields(cls) if field.name != "assumed")
