"""The exact analytic vectors: counts as they are, figures to 1e-9."""

import json
from pathlib import Path
from typing import Any

import pytest

from pumpbench.files import samples
from pumpbench.trials.analysis import Settings, analyse

VECTORS = Path(__file__).parent / "vectors"
EXPECTED: dict[str, Any] = json.loads((VECTORS / "expected.json").read_text())


@pytest.mark.parametrize("name", EXPECTED)
def test_vector(name: str) -> None:
    expected = EXPECTED[name]
    found = analyse(samples.load(VECTORS / f"{name}.csv"), Settings(expected["rate_ml_h"])).as_dict()
    assert found["mean_error_percent"] == pytest.approx(expected["mean_error_percent"], abs=1e-9)
    assert [window["windows_used"] for window in found["trumpet"]] == [
        window["windows"] for window in expected["trumpet"]
    ]
    for window, wanted in zip(found["trumpet"], expected["trumpet"], strict=True):
        assert window["window_min"] == wanted["window_min"]
        assert window["max_percent"] == pytest.approx(wanted["max_percent"], abs=1e-9)
        assert window["min_percent"] == pytest.approx(wanted["min_percent"], abs=1e-9)
        assert window["windows_skipped"] == 0
    assert found["quality"]["verdict"] == "complete"
    assert found["quality"]["remarks"] == []
