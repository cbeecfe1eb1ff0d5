"""Doses of hepatic-artery infusion, for the exercise on the bench alone: what concentration, flow and body
weight make of each other.

dose = concentration x flow / weight; drug in the pump = dose x weight x pump volume / flow. Source: MSKCC,
Kemeny 2009 (0.12 mg/kg x kg x pump volume / pump flow). Not for patients.
"""

from dataclasses import dataclass
from fractions import Fraction

_H_PER_DAY = 24
_NL_PER_ML = 1_000_000
_UG_PER_KG = 1_000_000_000


@dataclass(frozen=True)
class Dose:
    """Weight in ug, flow in nL/h, concentration in ng/mL: whole base units, as they are typed."""

    weight_ug: int
    flow_nl_h: int
    concentration_ng_ml: int

    @property
    def ng_day(self) -> int:
        """What is delivered a day."""
        return round(Fraction(self.concentration_ng_ml * self.flow_nl_h * _H_PER_DAY, _NL_PER_ML))

    @property
    def ng_kg_day(self) -> int:
        """The same for each kilogram of body weight."""
        daily = Fraction(self.concentration_ng_ml * self.flow_nl_h * _H_PER_DAY, _NL_PER_ML)
        return round(daily * _UG_PER_KG / self.weight_ug)

    def in_pump_ug(self, volume_nl: int) -> int:
        """How much of the drug is in a pump that holds so much."""
        return round(Fraction(self.concentration_ng_ml * volume_nl, _NL_PER_ML * 1000))

    def after(self, volume_nl: int, days: int) -> tuple[int, int, int]:
        """Return what was used and what is left of a full pump (nL), and what was delivered (ug)."""
        used_nl = min(volume_nl, self.flow_nl_h * _H_PER_DAY * days)
        return used_nl, volume_nl - used_nl, self.in_pump_ug(used_nl)


def concentration_for(ng_kg_day: int, weight_ug: int, flow_nl_h: int) -> int:
    """Return the concentration in ng/mL that delivers a dose at a flow."""
    daily_ng = Fraction(ng_kg_day * weight_ug, _UG_PER_KG)
    return round(daily_ng * _NL_PER_ML / (flow_nl_h * _H_PER_DAY))


def flow_for(ng_kg_day: int, weight_ug: int, concentration_ng_ml: int) -> int:
    """Return the flow in nL/h that delivers a dose at a concentration."""
    daily_ng = Fraction(ng_kg_day * weight_ug, _UG_PER_KG)
    return round(daily_ng * _NL_PER_ML / (concentration_ng_ml * _H_PER_DAY))
