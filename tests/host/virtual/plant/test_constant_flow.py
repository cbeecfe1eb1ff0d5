"""The propellant-driven constant-flow pump, against the field's figures."""

import pytest
from tests.host.virtual.plant.bench import drive, fault, make, rest

from pumpbench.virtual.plant.constant_flow import ConstantFlow, water_viscosity_mpa_s
from pumpbench.virtual.plant.defaults import complete
from pumpbench.virtual.plant.plant import Plant

DAY_S = 86_400


def source(**keys: object) -> dict[str, object]:
    return {"kind": "constant-flow", **keys}


def delivered(plant: Plant, seconds: float = DAY_S) -> float:
    """Return what comes out in a time, in mL a day."""
    before = plant.truth.outlet_nl
    rest(plant, seconds)
    return (plant.truth.outlet_nl - before) / 1e6 / seconds * DAY_S


@pytest.mark.parametrize("rate", [0.5, 1.2, 1.7])
def test_it_delivers_its_rate_at_37_degrees_and_sea_level(rate: float) -> None:
    assert delivered(make(source=source(rate_ml_per_day=rate))) == pytest.approx(rate, rel=1e-12)


def test_the_balance_sees_it_and_the_boards_own_pump_does_not_matter() -> None:
    plant = make(source=source())
    drive(plant, 3600, 100.0, step_us=1_000_000)
    assert plant.balance.reading(plant.now_us)[0] == pytest.approx(50 * 0.998, abs=1e-3)
    assert plant.flow_reading() == 0
    assert plant.rotor.home_edges == 0


def test_viscosity_of_water_is_the_accepted_one() -> None:
    assert water_viscosity_mpa_s(20.0) == pytest.approx(1.0016, rel=1e-4)
    assert water_viscosity_mpa_s(25.0) == pytest.approx(0.8900, rel=1e-3)


@pytest.mark.parametrize(("cold", "warm", "percent"), [(36.0, 37.0, 2.0), (25.0, 30.0, 11.6)])
def test_viscosity_alone_raises_the_flow_as_published(cold: float, warm: float, percent: float) -> None:
    rise = water_viscosity_mpa_s(cold) / water_viscosity_mpa_s(warm) - 1
    assert rise * 100 == pytest.approx(percent, abs=0.05)


def test_altitude_of_1600_m_raises_the_flow_by_29_to_36_percent() -> None:
    rise = delivered(make(source=source(rate_ml_per_day=1.0, ambient_kpa=83.5))) - 1
    assert 0.29 <= rise <= 0.36


def test_a_degree_is_about_ten_percent() -> None:
    flow = ConstantFlow(complete({})["source"]).flow_nl_s
    assert flow(37.5, 0.0) / flow(36.5, 0.0) - 1 == pytest.approx(0.10, abs=0.015)


def test_fluid_temperature_is_the_pumps() -> None:
    cold = delivered(make(source=source(), fluid={"temperature_c": 36.0}))
    warm = delivered(make(source=source(), fluid={"temperature_c": 38.0}))
    assert cold < 1.2 < warm


def test_propellant_pressure_and_heat_make_its_curve() -> None:
    law = ConstantFlow(
        complete({"source": {"propellant_kpa_at_37_c": 150.0, "propellant_kj_per_mol": 30.0}})["source"]
    )
    assert law.vapour_kpa(37.0) == pytest.approx(150.0)
    slope = (law.vapour_kpa(37.01) - law.vapour_kpa(36.99)) / 0.02 / 150.0
    assert slope == pytest.approx(30.0 / 8.314462618e-3 / 310.15**2, rel=1e-5)


def test_catheter_pressure_takes_its_part_of_the_drive() -> None:
    plant = make(source=source(), line={"back_pressure_kpa": 6.1})
    assert delivered(plant) == pytest.approx(1.2 * 0.9, rel=1e-9)


def test_viscosity_ratio_slows_it() -> None:
    assert delivered(make(source=source(viscosity_ratio=1.25))) == pytest.approx(1.2 / 1.25)


def test_it_stops_below_the_boiling_point_and_when_it_is_dry() -> None:
    assert delivered(make(source=source(), fluid={"temperature_c": 15.0})) == 0
    dry = make(source=source(), reservoir={"contents_ml": 0.5})
    rest(dry, DAY_S)
    assert dry.truth.outlet_nl == pytest.approx(500_000)
    assert dry.truth.reservoir_nl == 0


@pytest.mark.parametrize(
    ("kind", "value", "share"), [("occlusion", 0.4, 0.6), ("leak", 0.25, 0.75), ("back-pressure", 12.2, 0.8)]
)
def test_faults_reach_it(kind: str, value: float, share: float) -> None:
    assert delivered(make(fault(kind, value), source=source())) == pytest.approx(1.2 * share)


def test_a_fever_raises_its_flow() -> None:
    plant = make(fault("temperature", 39.0, at_s=DAY_S), source=source())
    rest(plant, DAY_S)
    assert delivered(plant) > 1.2 * 1.15
