"""Doses against the worked figures of hepatic-artery infusion: 70 kg, 30 mL, 1.3 mL/day, 0.12 mg/kg/day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.gui.models.dose import Dose, concentration_for, flow_for
from pumpbench.units import MASS, RATE, VOLUME, WEIGHT_DOSE

WEIGHT, FLOW, VOLUME_NL = MASS.parse("70 kg"), RATE.parse("1.3 mL/day"), VOLUME.parse("30 mL")
GIVEN = WEIGHT_DOSE.parse("0.12 mg/kg/day")


def test_the_worked_example_of_floxuridine() -> None:
    concentration = concentration_for(GIVEN, WEIGHT, FLOW)
    assert concentration / 1e6 == pytest.approx(6.4615, rel=1e-4)
    dose = Dose(WEIGHT, FLOW, concentration)
    assert dose.in_pump_ug(VOLUME_NL) / 1e3 == pytest.approx(193.846, rel=1e-4)
    assert dose.ng_day / 1e6 == pytest.approx(8.4, rel=1e-4)
    used_nl, left_nl, delivered_ug = dose.after(VOLUME_NL, 14)
    assert used_nl / 1e6 == pytest.approx(18.2, rel=1e-4)
    assert left_nl / 1e6 == pytest.approx(11.8, rel=1e-4)
    assert delivered_ug / 1e3 == pytest.approx(117.6, rel=1e-4)


def test_a_pump_delivers_no_more_than_it_holds() -> None:
    assert Dose(WEIGHT, FLOW, 1_000_000).after(VOLUME_NL, 365)[:2] == (VOLUME_NL, 0)


@given(st.integers(10**4, 10**7), st.integers(10**9, 2 * 10**11), st.integers(10**4, 10**7))
def test_forth_and_back_is_the_same_dose(ng_kg_day: int, weight_ug: int, flow_nl_h: int) -> None:
    concentration = concentration_for(ng_kg_day, weight_ug, flow_nl_h)
    if concentration > 10_000:  # else the whole numbers themselves are coarse
        dose = Dose(weight_ug, flow_nl_h, concentration)
        assert dose.ng_kg_day == pytest.approx(ng_kg_day, rel=1e-3)
        assert flow_for(ng_kg_day, weight_ug, concentration) == pytest.approx(flow_nl_h, rel=1e-3)
