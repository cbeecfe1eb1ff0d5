"""Density and buoyancy against published tables."""

import pytest

from pumpbench.trials.density import Conditions, Liquid, air_kg_m3, water_kg_m3, z_ml_g
from pumpbench.trials.errors import BadSettingError


@pytest.mark.parametrize(
    ("celsius", "kg_m3"),
    # CIPM, Tanaka et al. 2001, table 1
    [
        (5, 999.9668), (10, 999.7027), (15, 999.1026), (20, 998.2067), (25, 997.0470), (30, 995.6488),
        (40, 992.2152),
    ],
)  # fmt: skip
def test_water(celsius: float, kg_m3: float) -> None:
    # Air-saturated water, as the fit has it, is 0.003 to 0.005 kg/m3 lighter than air-free water.
    assert water_kg_m3(celsius) == pytest.approx(kg_m3, abs=0.006)


@pytest.mark.parametrize(
    ("celsius", "hpa", "z"),
    # ISO 8655-6, in uL/mg, as manufacturers' manuals print it
    [(15, 1013, 1.0020), (20, 1013, 1.0029), (25, 1013, 1.0039), (30, 1013, 1.0053), (20, 800, 1.0026)],
)
def test_z(celsius: float, hpa: float, z: float) -> None:
    assert Liquid.water(Conditions(celsius, hpa)).ml_per_g == pytest.approx(z, abs=1.1e-4)


def test_z_is_the_worked_value_at_20_degrees() -> None:
    assert Liquid.water(Conditions(20, 1013)).ml_per_g == pytest.approx(1.002856, abs=3e-6)
    assert z_ml_g(998.203, 1.2) == pytest.approx(1.002856, abs=1e-6)


def test_air() -> None:
    # CIPM-2007 at 20 degrees, 1013.25 hPa, 50 %: 1.1993 kg/m3
    assert air_kg_m3(20.0, 1013.25, 50.0) == pytest.approx(1.1993, abs=3e-4)


def test_buoyancy_is_corrected_only_with_the_conditions_and_stands_in_the_budget_without() -> None:
    plain = Liquid.given(0.998, 0.0005)
    corrected = Liquid.given(0.998, 0.0005, Conditions(20, 1013))
    assert plain.ml_per_g == 1 / 0.998
    assert not plain.corrected
    assert corrected.corrected
    hidden = 1e6 * (corrected.ml_per_g / plain.ml_per_g - 1)
    assert plain.buoyancy_half_ppm == pytest.approx(hidden, rel=0.01)
    assert corrected.buoyancy_half_ppm < 0.02 * plain.buoyancy_half_ppm


def test_water_at_its_densest_still_has_an_uncertainty_by_temperature() -> None:
    densest = Liquid.water(Conditions(4, 1013)).density_half_ppm
    assert densest is not None
    assert densest > 1


def test_a_density_that_nobody_vouches_for_is_not_stated() -> None:
    assert Liquid.given(0.998).density_half_ppm is None


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        (Conditions(60, 1013), "temperature of 60 °C is outside 0 to 50 °C"),
        (Conditions(20, 101.3), "air pressure of 101.3 hPa is outside 500 to 1200 hPa"),
        (Conditions(20, 1013, 120), "air humidity of 120 % is outside"),
    ],
)
def test_conditions_that_no_laboratory_has_are_refused(conditions: Conditions, said: str) -> None:
    with pytest.raises(BadSettingError, match=said):
        Liquid.water(conditions)
