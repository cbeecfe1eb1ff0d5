"""A reservoir as it is typed into a form."""

from hypothesis import given
from hypothesis import strategies as st

from pumpbench.client import Reservoir
from pumpbench.gui.models.reservoir_form import checked, texts_of


def test_what_is_typed_is_checked_as_a_file_is() -> None:
    good = checked(1, {"capacity": "30 ml", "contents": "20 mL", "drug": "dye", "concentration": "1 mg/mL"})
    assert good.reservoir is not None
    assert good.reservoir.wire(1) == {
        "index": 1, "capacity_nl": 30_000_000, "contents_nl": 20_000_000, "low_at_nl": 2_000_000,
        "empty_at_nl": 0, "concentration_ng_ml": 1_000_000, "drug": "dye",
    }  # fmt: skip


def test_each_problem_stands_at_its_field() -> None:
    assert "has no unit" in checked(0, {"capacity": "30", "contents": "20 mL"}).problems["capacity"]
    assert (
        "is more than the capacity"
        in checked(0, {"capacity": "1 mL", "contents": "2 mL"}).problems["contents"]
    )
    assert "is missing" in checked(0, {"contents": "2 mL"}).problems["capacity"]


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 100))
def test_a_board_s_reservoir_typed_again_is_the_same(capacity: int, contents: int, low: int) -> None:
    ml = 1_000_000
    contents = min(capacity, contents)
    low = min(low, max(0, contents - 1))
    there = Reservoir(0, capacity * ml, contents * ml, low * ml, 0, 500_000, "dye", 3, 0, 0)
    found = checked(0, texts_of(there)).reservoir
    assert found is not None
    wire = found.wire(0)
    assert all(getattr(there, key) == value for key, value in wire.items())
