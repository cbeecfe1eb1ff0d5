"""``pumpbench trial analyze``: its figures, its JSON, and what it says of what cannot be."""

from pathlib import Path

import numpy as np
import pytest
from tests.host.cli.conftest import Command

from pumpbench.trials.density import Conditions, Liquid

ROOT = Path(__file__).parents[3]
PULSES = ROOT / "tests" / "host" / "trials" / "vectors" / "one_sample_double_60.csv"
BALANCE = ["--balance-resolution-mg", 0.1, "--balance-repeatability-mg", 0.1, "--drift-mg-h", 0.2]


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """5 mL/h, exactly, over two hours."""
    return write(tmp_path / "steady.csv", np.arange(241))


def write(path: Path, ticks: np.ndarray, jump_g: float = 0.0, at: int = 10_000) -> Path:
    lines = [f"{30 * tick},{0.998 * 5 / 120 * tick + jump_g * (tick >= at):.9f}" for tick in ticks]
    path.write_text("\n".join(["time_s,mass_g", *lines, ""]))
    return path


def test_figures_and_keys(pumpbench: Command) -> None:
    outcome = pumpbench("trial", "analyze", PULSES, "--rate", 5, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = outcome.json
    assert found["mean_error_percent"] == pytest.approx(0.8333333333, abs=1e-9)
    assert found["mean_error_expanded_percent"] is None
    assert [window["window_min"] for window in found["trumpet"]] == [2, 5, 11, 19, 31]
    assert found["trumpet"][0] | {"expanded_percent": 0, "noise_bias_percent": 0} == {
        "window_min": 2, "max_percent": pytest.approx(25), "min_percent": pytest.approx(0, abs=1e-9),
        "windows_used": 117, "windows_skipped": 0, "expanded_percent": 0, "noise_bias_percent": 0,
    }  # fmt: skip
    assert len(found["startup"]) == 240
    assert found["startup"][0] == {"time_min": 0.5, "flow_ml_h": pytest.approx(5)}
    assert found["quality"]["verdict"] == "complete"


def test_an_uncertainty_comes_with_the_balances_figures_and_not_without_one_of_them(
    pumpbench: Command, csv: Path
) -> None:
    arguments = ["trial", "analyze", csv, "--rate", 5, "--json"]
    found = pumpbench(*arguments, *BALANCE).json
    assert 0 < found["mean_error_expanded_percent"] < 0.5
    assert all(window["expanded_percent"] > 0 for window in found["trumpet"])
    for option in range(0, 6, 2):
        left = pumpbench(*arguments, *BALANCE[:option], *BALANCE[option + 2 :]).json
        assert left["mean_error_expanded_percent"] is None
        bases = {
            line["contribution"]: line["basis"] for line in left["budget"]["mean_error"]["contributions"]
        }
        assert list(bases.values()).count("not stated") == 1


def test_temperature_and_pressure_correct_buoyancy_and_one_of_them_does_not(
    pumpbench: Command, csv: Path
) -> None:
    arguments = ["trial", "analyze", csv, "--rate", 5, "--json"]
    plain = pumpbench(*arguments).json["mean_error_percent"]
    alone = pumpbench(*arguments, "--temperature-c", 25)
    assert alone.json["mean_error_percent"] == plain
    assert "without the air pressure the temperature is not used" in alone.err
    both = pumpbench(*arguments, "--temperature-c", 25, "--air-pressure-hpa", 1000).json
    z = Liquid.water(Conditions(25, 1000)).ml_per_g
    assert both["mean_error_percent"] == pytest.approx(100 * (z * 0.998 - 1), abs=1e-6)


def test_evaporation_windows_interval_and_span(pumpbench: Command, csv: Path) -> None:
    found = pumpbench(
        "trial", "analyze", csv, "--rate", 5, "--interval-s", 60, "--windows-min", "3,10", "--analyse-min",
        "30,90", "--evaporation-mg-h", 4.99, "--density", 0.998, "--json",
    ).json  # fmt: skip
    assert found["mean_error_percent"] == pytest.approx(0.1, abs=1e-6)
    assert [(window["window_min"], window["windows_used"]) for window in found["trumpet"]] == [
        (3, 58),
        (10, 51),
    ]
    assert [entry["time_min"] for entry in found["startup"]] == list(range(1, 91))


def test_a_gap_and_a_touch_are_told_by_line_and_in_the_quality(pumpbench: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "x.csv", np.setdiff1d(np.arange(241), [150, 151]), jump_g=0.5, at=200)
    outcome = pumpbench("trial", "analyze", file, "--rate", 5, "--json")
    assert outcome.code == 0
    assert "line 152, column time_s: no reading for 90 s, from 4470 s to 4560 s" in outcome.err
    assert "line 200, column mass_g: the mass jumps by +0.5 g at 6000 s" in outcome.err
    quality = outcome.json["quality"]
    assert (len(quality["gaps"]), len(quality["jumps"]), quality["verdict"]) == (1, 1, "incomplete")
    assert outcome.json["trumpet"][0]["windows_skipped"] == 6 + 4


def test_people_get_tables(pumpbench: Command, csv: Path) -> None:
    outcome = pumpbench("trial", "analyze", csv, "--rate", 5, *BALANCE)
    assert outcome.code == 0
    for words in ("mean error", "Ep(max)", "31 min", "evaporation", "assumed", "balance drift", "stated"):
        assert words in outcome.out
    assert max(len(line) for line in outcome.out.splitlines()) <= 100


def test_the_worked_example_of_the_guide_is_what_the_command_says(pumpbench: Command) -> None:
    guide = (ROOT / "docs" / "trials.md").read_text()
    typed = guide.split("<!-- example -->")[1].strip().splitlines()[0].split()
    typed[typed.index("examples/readings-1ml-h.csv")] = str(ROOT / "examples" / "readings-1ml-h.csv")
    found = pumpbench(*typed[1:], "--json").json
    assert f"A = {found['mean_error_percent']:+.3f} %" in guide
    assert f"± {found['mean_error_expanded_percent']:.2f} % (k = 2)" in guide
    budget = found["budget"]["mean_error"]
    assert f"sum of squares is {budget['combined_percent']:.3f} %" in guide
    for line in budget["contributions"]:
        assert f"= {line['standard_percent']:.3f} %" in guide, line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rate", "-5"], '"-5" is not a number from'),
        (["--rate", "nan"], '"nan" is not a number from'),
        ([], "Missing option '--rate'"),
        (["--rate", 5, "--windows-min", "2,x"], '--windows-min "2,x": "x" is not a number'),
        (["--rate", 5, "--windows-min", "2,2"], "names a number twice"),
        (["--rate", 5, "--windows-min", "2.2"], "is no whole number of samples of 30 s"),
        (["--rate", 5, "--analyse-min", "60"], '--analyse-min "60" is not two minutes, like 60,120'),
        (["--rate", 5, "--analyse-min", "60,180"], "the readings reach from 0 to 120 min"),
        (["--rate", 5, "--interval-s", 10], "readings come every 30 s, too seldom for samples of 10 s"),
        (["--rate", 5, "--temperature-c", 20, "--air-pressure-hpa", 101.3], "500 to 1200"),
    ],
)
def test_options_that_cannot_be_are_refused_in_one_sentence(
    pumpbench: Command, csv: Path, options: list[object], said: str
) -> None:
    outcome = pumpbench("trial", "analyze", csv, *options, "--json")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert said in outcome.err


def test_a_bad_file_is_refused_in_one_sentence(pumpbench: Command, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("time_s,mass_g\n0,0\n30,0.04\n20,0.08\n")
    outcome = pumpbench("trial", "analyze", file, "--rate", 5, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"pumpbench: {file}: line 4, column time_s: 20 is before 30, the time above it; times must rise\n"
    )
