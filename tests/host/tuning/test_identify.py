"""Identification: pure parts, and a whole one on a virtual board through the command line."""

import json
from pathlib import Path

import numpy as np
import pytest

from pumpbench.cli.app import carry_out
from pumpbench.tuning.identify import LINES, spectrum
from pumpbench.tuning.truth import Truth, ripple


def test_a_sine_is_one_line_of_the_spectrum() -> None:
    angle = np.arange(180) * 2 * np.pi / 180
    found = spectrum(2.0 * (1.0 + 0.1 * np.sin(5 * angle)))
    assert len(found) == LINES
    assert found[4] == pytest.approx(10.0)
    assert np.delete(found, 4).max() < 1e-9


def test_ripple_is_the_deviation_over_the_mean_of_the_flow_by_angle() -> None:
    turned = np.arange(0.0, 3600.0, 0.25)
    flow = 1.0 + 0.1 * np.sin(np.radians(turned))
    volume = np.concatenate([[0.0], np.cumsum(flow[:-1])]) * 0.25
    truth = Truth(turned * 0.5, volume, volume, turned, np.zeros_like(turned))
    assert ripple(truth) == pytest.approx(0.1 / np.sqrt(2), rel=2e-3)


def test_tune_tells_lag_and_ripple_of_a_virtual_pump(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = tmp_path / "tune.svg"
    arguments = [
        "tune",
        "--port",
        "virtual",
        "--rate",
        "1.5",
        "--revolutions",
        "6",
        "--json",
        "--plot",
        str(plot),
    ]
    assert carry_out(arguments) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["simulated"]
    assert found["ripple_before_percent"] == pytest.approx(16.7, abs=1.0)
    assert found["ripple_after_percent"] < 0.25 * found["ripple_before_percent"]
    assert found["lag_s"] == pytest.approx(0.12, abs=0.1)
    assert found["stroke_nl"] == pytest.approx(50_000, rel=0.005)
    assert "simulated" in plot.read_text()


def test_a_model_is_only_for_a_virtual_board(capsys: pytest.CaptureFixture[str]) -> None:
    assert carry_out(["tune", "--plant", "x.toml", "--port", "socket://127.0.0.1:1"]) == 2
    assert "--port virtual" in capsys.readouterr().err
