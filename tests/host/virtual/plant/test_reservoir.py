"""Reservoirs: contents, ports, refills, running empty."""

import pytest
from tests.host.virtual.plant.bench import drive, fault, make, turn


def test_contents_are_what_the_head_draws_from() -> None:
    plant = make(reservoir={"contents_ml": 2.0})
    turn(plant, 3200)
    assert plant.truth.reservoir_nl == pytest.approx(1_950_000)


def test_a_list_of_contents_fills_one_port_each() -> None:
    plant = make(reservoir={"contents_ml": [1.0, 2.0, 3.0]})
    plant.select(2)
    turn(plant, 3200)
    assert list(plant.reservoir.contents_nl) == pytest.approx([1e6, 2e6, 2.95e6, 0])


def test_liquid_of_another_port_comes_after_the_dead_volumes() -> None:
    plant = make(
        reservoir={"contents_ml": [1.0, 1.0], "selector_dead_volume_ul": 25.0},
        line={"dead_volume_ul": 50.0, "resistance_kpa_per_ul_min": 0.0},
    )
    drive(plant, 10, 60.0)
    plant.select(1)
    drive(plant, 100, 60.0)
    assert plant.delivered_nl[:2] == pytest.approx([85_000, 25_000], abs=10)


def test_a_refill_is_drawn_after_the_air_that_came_before_it() -> None:
    plant = make(
        reservoir={"contents_ml": 0.02, "selector_dead_volume_ul": 0.0},
        line={"dead_volume_ul": 10.0, "resistance_kpa_per_ul_min": 0.0},
    )
    drive(plant, 25, 60.0)
    plant.fill(0, 5.0)
    assert plant.truth.reservoir_nl == 5e6
    drive(plant, 60, 60.0)
    assert plant.truth.air_nl == pytest.approx(5000, abs=20)
    assert plant.truth.outlet_nl == pytest.approx(80_000, abs=20)


def test_turning_back_returns_liquid() -> None:
    plant = make(reservoir={"contents_ml": 1.0})
    turn(plant, 640)
    turn(plant, -320)
    assert plant.truth.reservoir_nl == pytest.approx(995_000)


def test_more_plugs_than_the_line_remembers_are_counted_to_the_last() -> None:
    plant = make(reservoir={"contents_ml": [5.0, 5.0]}, line={"dead_volume_ul": 1000.0})
    for i in range(40):
        plant.select(i % 2)
        turn(plant, 64)
    plant.select(0)
    drive(plant, 40, 2000.0)
    assert plant.truth.outlet_nl == pytest.approx(plant.truth.head_nl, rel=0.05)


def test_a_port_said_to_be_empty_keeps_its_contents() -> None:
    plant = make(fault("empty", value=1.0), reservoir={"contents_ml": [1.0, 1.0]})
    plant.select(1)
    turn(plant, 320)
    assert plant.truth.reservoir_nl == 2e6
    assert plant.reservoir.air_nl == pytest.approx(5000)
