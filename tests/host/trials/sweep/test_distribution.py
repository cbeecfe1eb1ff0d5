"""How the figures of many trials are put together, and seeds as people write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.host.trials.sweep import standin

from pumpbench.trials.sweep import seeds
from pumpbench.trials.sweep.distribution import by_plant, distribution, scatter
from pumpbench.trials.sweep.task import carry_out


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30))
def test_scatter(values: list[float]) -> None:
    found = scatter(values)
    assert found is not None
    assert (found["count"], found["min"], found["max"]) == (len(values), min(values), max(values))
    assert found["mean"] == pytest.approx(np.mean(values))
    assert found["sd"] == pytest.approx(np.std(values, ddof=1))
    assert found["p50"] == pytest.approx(np.median(values))


def test_scatter_of_one_and_of_none() -> None:
    assert scatter([]) is None
    one = scatter([3.0])
    assert one is not None
    assert (one["mean"], one["sd"]) == (3.0, None)


def test_distribution_of_a_sweep() -> None:
    trials = [carry_out(task, standin.conduct) for task in standin.tasks(range(1, 11))]
    found = distribution(trials)
    assert found["trials"] == 20
    assert found["mean_error_percent"]["mean"] == pytest.approx(4.5055)
    assert found["mean_error_less_truth_percent"]["max"] == pytest.approx(0.010)
    assert found["mean_error_b_percent"]["mean"] == pytest.approx(5.5055)
    assert found["mean_error_b_less_truth_percent"]["max"] == pytest.approx(0.010)
    assert found["intervals"] == {"count": 40, "hold_the_truth": 20}
    assert found["verdicts"] == {"fail": 10, "pass": 10}
    (window,) = found["trumpet"]
    assert (window["window_min"], window["max_percent"]["max"]) == (2.0, pytest.approx(8.010))
    bad, good = by_plant(trials)
    assert (bad["plant"], bad["verdicts"], good["verdicts"]) == ("bad", {"fail": 10}, {"pass": 10})


def test_figures_that_a_trial_does_not_know_are_left_out() -> None:
    trial = carry_out(standin.tasks(range(1, 2))[0], standin.conduct)
    unknown = trial | {"mean_error_percent": None, "mean_error_expanded_percent": None}
    del unknown["mean_error_b_percent"]  # as in the record of a sweep that did not know of it
    unknown["trumpet"] = [{"window_min": 2.0, "max_percent": None, "min_percent": None}]
    found = distribution([trial, unknown])
    assert found["mean_error_percent"]["count"] == 1
    assert found["trumpet"][0]["max_percent"]["count"] == 1
    assert found["mean_error_b_percent"]["count"] == 1
    assert found["intervals"]["count"] == 2


@pytest.mark.parametrize(
    ("text", "found"), [("1..4", [1, 2, 3, 4]), ("7", [7]), ("1, 3,10..12", [1, 3, 10, 11, 12])]
)
def test_seeds(text: str, found: list[int]) -> None:
    assert seeds.parse(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not like 1..100"), ("1-100", "is not like"), ("a", "is not like"),
        ("5..1", "goes back from 5 to 1"), ("1..3,2", "names a seed twice"),
        ("1..9999999", "names more than"),
        ("4294967296", "goes beyond"),
    ],
)  # fmt: skip
def test_what_are_no_seeds_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        seeds.parse(text)
