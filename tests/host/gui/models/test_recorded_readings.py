"""A balance's readings that somebody recorded: the same figures as by the command line."""

from pathlib import Path

import pytest

from pumpbench.gui.models import recorded_readings as recorded
from pumpbench.gui.models.recorded_readings import faults_of, found_in

READINGS = Path(__file__).parents[4] / "examples" / "readings-1ml-h.csv"
TYPED = {
    recorded.FILE: str(READINGS),
    recorded.RATE_FIELD: "1 mL/h",
    recorded.INTERVAL: "30",
    recorded.WINDOWS: "2, 5, 11, 19, 31",
    recorded.FROM: "60",
    recorded.TO: "120",
    recorded.DENSITY: "",
    recorded.EVAPORATION: "2",
    recorded.RESOLUTION: "0.1",
    recorded.REPEATABILITY: "0.1",
    recorded.DRIFT: "0.2",
}


def test_the_worked_example_of_the_documents_comes_out() -> None:
    assert faults_of(TYPED) == {}
    figures = found_in(TYPED).figures
    assert figures.mean_error_percent == pytest.approx(1.212, abs=5e-4)
    assert figures.expanded_percent is not None
    assert [one.window.window_min for one in figures.trumpet] == [2, 5, 11, 19, 31]


def test_what_nobody_stated_leaves_the_uncertainty_unknown() -> None:
    assert found_in(TYPED | {recorded.DRIFT: ""}).figures.expanded_percent is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (recorded.FILE, " "),
        (recorded.RATE_FIELD, "1"),
        (recorded.RATE_FIELD, "0 mL/h"),
        (recorded.INTERVAL, ""),
        (recorded.WINDOWS, "2;5"),
        (recorded.TO, "-1"),
        (recorded.DRIFT, "little"),
    ],
)
def test_what_is_typed_wrong_is_told_by_its_field(field: str, text: str) -> None:
    assert list(faults_of(TYPED | {field: text})) == [field]
