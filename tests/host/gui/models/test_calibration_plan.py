"""What a calibration weighs, as it is typed."""

from dataclasses import replace

import pytest

from pumpbench.gui.models.calibration_plan import (
    DAYS_FIELD,
    DENSITY_FIELD,
    POINTS_FIELD,
    REST_FIELD,
    TUBE_FIELD,
    USUAL,
)
from pumpbench.tuning.gravimetric import Plan


def test_the_usual_plan_is_the_one_of_the_command_line() -> None:
    assert USUAL.faults() == {}
    assert USUAL.plan == Plan()
    assert (USUAL.tube_set_value, USUAL.density_value, USUAL.days_value) == (None, 0.998, 7.0)


@pytest.mark.parametrize(
    ("field", "key", "text", "said"),
    [
        ("points", POINTS_FIELD, "1 mL/h", "no RATE:REVOLUTIONS"),
        ("points", POINTS_FIELD, "1 mL/h: 1", "from 2 to"),
        ("points", POINTS_FIELD, "1 mm/h: 5", "unknown unit"),
        ("points", POINTS_FIELD, "0 mL/h: 5", "no flow above 0"),
        ("points", POINTS_FIELD, " ", "no point"),
        ("rest", REST_FIELD, "0 s", "above 0"),
        ("rest", REST_FIELD, "soon", "soon"),
        ("tube_set", TUBE_FIELD, "x", "whole number"),
        ("density", DENSITY_FIELD, "998", "from 0.1 to 20"),
        ("days", DAYS_FIELD, "", "from 0.01"),
    ],
)
def test_what_is_wrong_is_told_by_the_field(field: str, key: str, text: str, said: str) -> None:
    faults = replace(USUAL, **{field: text}).faults()
    assert list(faults) == [key]
    assert said in faults[key]


def test_points_may_stand_on_lines_or_between_commas() -> None:
    typed = replace(USUAL, points="1 mL/h: 10, 4 mL/h: 30\n20 mL/h: 60\n", tube_set=" 3 ")
    assert typed.plan.flows == Plan().flows
    assert typed.tube_set_value == 3
