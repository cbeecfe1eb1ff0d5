"""What is typed into a field for a quantity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.files.fields import MAX_DURATION_S, QuantityField
from pumpbench.gui.models.quantity import read, written
from pumpbench.units import DURATION, MAX_VOLUME_NL, RATE, VOLUME
from pumplink.numbers import MAX_FLOW_NL_H

FLOW = QuantityField(RATE, 1, MAX_FLOW_NL_H)


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [("1.2 ml/d", 50_000, "1.2 mL/day"), ("50 µL/h", 50_000, "1.2 mL/day"), (" 6 mL/h", 6_000_000, "6 mL/h")],
)
def test_a_rate_is_read_as_people_type_it(text: str, value: int, shown: str) -> None:
    assert read(FLOW, text).value == value
    assert written(RATE, value, text) == shown


def test_a_fault_is_told_in_the_words_of_a_file_s() -> None:
    assert read(FLOW, "5").problem == 'has no unit; write it like "1.2 mL/day" or "50 uL/h"'
    assert read(FLOW, "5 mL").problem.startswith("is a volume, but a flow rate is wanted")
    assert read(FLOW, "99 L/h").problem == "is outside 1 nL/h to 1020 mL/h"


def test_an_empty_field_is_a_fault_unless_it_may_be_empty() -> None:
    assert read(FLOW, "").problem.startswith("is empty")
    assert read(FLOW, " ", may_be_empty=True).problem == ""


@given(st.integers(1, MAX_DURATION_S))
def test_putting_in_order_never_changes_a_duration(seconds: int) -> None:
    assert DURATION.parse(written(DURATION, seconds, f"{seconds} s")) == seconds


@given(st.integers(1, MAX_VOLUME_NL))
def test_putting_in_order_never_changes_a_volume(volume_nl: int) -> None:
    assert VOLUME.parse(written(VOLUME, volume_nl, f"{volume_nl} nL")) == volume_nl
