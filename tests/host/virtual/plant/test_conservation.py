"""What leaves the reservoirs is in the line, out of the outlet or leaked: to the rounding of a double."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.host.virtual.plant.bench import make

from pumpbench.virtual.plant.plant import Plant

SPANS_US = st.sampled_from([1, 100, 10_000, 50_000, 1_000_000, 10_000_000])
ACTIONS = st.one_of(
    st.tuples(st.just("go"), SPANS_US, st.integers(-2000, 8000)),
    st.tuples(st.just("select"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("fill"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(
        st.sampled_from(
            ["occlusion", "leak", "air", "empty", "stall", "back-pressure", "siphon", "temperature"]
        ),
        st.integers(0, 5_000_000),
        st.integers(0, 100),
    ),
)
PLANTS = st.fixed_dictionaries(
    {
        "pump": st.fixed_dictionaries(
            {
                "pulsation_depth": st.floats(0, 1),
                "slip_percent_per_kpa": st.sampled_from([0.0, 0.1, 3.0]),
                "stall_kpa": st.sampled_from([50.0, 250.0]),
                "backlash_steps": st.sampled_from([0.0, 1.5]),
            }
        ),
        "line": st.fixed_dictionaries(
            {
                "compliance_ul_per_kpa": st.sampled_from([0.0, 0.05, 1.0, 20.0]),
                "resistance_kpa_per_ul_min": st.sampled_from([0.0, 0.002, 0.5]),
                "dead_volume_ul": st.sampled_from([0.0, 30.0]),
                "back_pressure_kpa": st.floats(-20, 60),
            }
        ),
        "reservoir": st.fixed_dictionaries(
            {"contents_ml": st.lists(st.floats(0, 1), min_size=1, max_size=4)}
        ),
        "fluid": st.fixed_dictionaries({"siphon_head_m": st.floats(-1, 1)}),
    }
)


def carry_out(plant: Plant, name: str, first: int, second: int) -> None:
    if name == "go":
        plant.advance(plant.now_us + first, second)
    elif name == "select":
        plant.select(first)
    elif name == "fill":
        plant.fill(first, float(second))
    else:
        value = (
            second
            if name in ("air", "back-pressure", "siphon")
            else second % 4
            if name == "empty"
            else second / 100
        )
        plant.faults.add(name, plant.now_us + first, 3_000_000, float(value))


def whole_nl(plant: Plant) -> float:
    """Return all volume that there is or was, less what was brought in."""
    truth = plant.truth
    there = truth.reservoir_nl - plant.reservoir.refilled_nl - plant.reservoir.air_nl
    gone = truth.outlet_nl + truth.air_nl + truth.leaked_nl
    return there + plant.line.compliance * plant.line.pressure_kpa + gone


@settings(max_examples=150, deadline=None)
@given(PLANTS, st.lists(ACTIONS, max_size=40))
def test_volume_is_conserved(keys: dict[str, dict[str, Any]], actions: list[tuple[str, int, int]]) -> None:
    plant = make(**keys)
    start_nl = whole_nl(plant)
    for name, first, second in actions:
        carry_out(plant, name, first, second)
        assert whole_nl(plant) == pytest.approx(start_nl, rel=1e-9, abs=1e-3)
        assert sum(plant.delivered_nl) == plant.truth.outlet_nl
        assert all(contents >= 0 for contents in plant.reservoir.contents_nl)
