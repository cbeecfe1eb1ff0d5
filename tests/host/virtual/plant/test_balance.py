"""The balance under the outlet."""

import math

import pytest
from tests.host.virtual.plant.bench import drive, make, rest, turn

from pumpbench.virtual.plant.plant import Plant


def mass(plant: Plant) -> float:
    return plant.balance.reading(plant.now_us)[0]


def test_density_turns_the_outlet_volume_into_mass() -> None:
    plant = make(fluid={"density_g_per_ml": 1.05})
    drive(plant, 60, 100.0)
    rest(plant, 60)
    assert mass(plant) == pytest.approx(plant.truth.outlet_nl * 1.05e-3, abs=1e-4)
    assert mass(plant) == pytest.approx(105.0, rel=1e-3)


def test_evaporation_takes_mass_away() -> None:
    plant = make(balance={"evaporation_mg_per_hour": 2.0})
    rest(plant, 5400)
    assert mass(plant) == pytest.approx(-3.0)


def test_drift_moves_the_zero() -> None:
    plant = make(balance={"drift_mg_per_hour": -0.8, "gain_error_ppm": 50_000})
    rest(plant, 5400)
    assert mass(plant) == pytest.approx(-1.2)


def test_gain_error_scales_the_mass() -> None:
    plant = make(balance={"gain_error_ppm": 1000.0})
    turn(plant, 32_000)
    rest(plant, 60)
    assert mass(plant) == pytest.approx(500 * 0.998 * 1.001, rel=1e-6)


@pytest.mark.parametrize("resolution", [0.1, 1.0, 10.0])
def test_resolution_rounds_to_the_nearest_digit(resolution: float) -> None:
    plant = make(balance={"resolution_mg": resolution})
    turn(plant, 4321)
    rest(plant, 60)
    exact = plant.truth.outlet_nl * 0.998e-3
    assert mass(plant) == pytest.approx(round(exact / resolution) * resolution)


def test_negative_masses_round_like_positive_ones() -> None:
    plant = make(balance={"evaporation_mg_per_hour": 2.6, "resolution_mg": 1.0})
    rest(plant, 3600)
    assert mass(plant) == -3.0


def test_noise_has_the_stated_deviation() -> None:
    plant = make(balance={"noise_mg": 0.5})
    readings = [mass(plant) for _ in range(3000)]
    assert math.sqrt(sum(reading**2 for reading in readings) / 3000) == pytest.approx(0.5, rel=0.06)


def test_response_lags_behind_the_flow() -> None:
    plant = make(balance={"response_ms": 4000.0})
    drive(plant, 60, 93.75)
    behind_ul = 93.75 / 60 * 4.0
    assert mass(plant) == pytest.approx((plant.truth.outlet_nl / 1000 - behind_ul) * 0.998, rel=1e-5)
    rest(plant, 4.0)
    ahead_ul = plant.truth.outlet_nl / 1000 - mass(plant) / 0.998
    assert ahead_ul == pytest.approx(behind_ul * math.exp(-1), rel=0.05)
    rest(plant, 60)
    assert mass(plant) == pytest.approx(93.75 * 0.998, rel=1e-5)


def test_it_is_stable_when_little_changes() -> None:
    plant = make(balance={"resolution_mg": 0.1})
    drive(plant, 30, 100.0)
    assert not plant.balance.reading(plant.now_us)[1]
    rest(plant, 30)
    assert plant.balance.reading(plant.now_us)[1]


def test_it_names_its_protocol() -> None:
    assert make(balance={"protocol": "mt-sics"}).balance.protocol == "mt-sics"
