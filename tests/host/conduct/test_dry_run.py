"""A dry run, with the real firmware on a virtual board at full speed."""

from typing import Any

import numpy as np
import pytest

from pumpbench.client import Reservoir
from pumpbench.conduct.dry_run import MOST_POINTS, dry_run
from pumpbench.conduct.progress import Progress

TABLES: dict[str, Any] = {
    "program": {"name": "dry", "telemetry_rate": "20 Hz"},
    "segments": [
        {"kind": "constant", "rate": "6 mL/h", "duration": "5 min"},
        {"kind": "pause", "duration": "5 min"},
    ],
}


def holding(contents_nl: int) -> Reservoir:
    return Reservoir(0, 30_000_000, contents_nl, 0, 0, 0, "water", 0, 0, 0)


def test_it_tells_what_is_to_be_expected_of_the_whole_program() -> None:
    told: list[Progress] = []
    expected = dry_run(TABLES, (), told.append)
    assert expected.summary.finished
    assert expected.summary.simulated
    assert expected.summary.alarms == ()
    assert told[-1].elapsed_s == pytest.approx(600, abs=2)
    assert 0 < len(expected.time_s) <= MOST_POINTS
    assert np.all(np.diff(expected.time_s) > 0)
    assert expected.volume_ml[-1] == pytest.approx(0.5, abs=0.002)
    running = (expected.time_s > 10) & (expected.time_s < 290)
    assert np.allclose(expected.set_ml_h[running], 6.0)
    assert np.all(expected.set_ml_h[expected.time_s > 310] == 0)


def test_it_draws_from_what_the_board_holds() -> None:
    expected = dry_run(TABLES, (holding(600_000),), lambda progress: None)
    assert expected.summary.finished
    assert expected.volume_ml[-1] == pytest.approx(0.5, abs=0.002)


def test_it_is_called_off_by_whoever_is_told() -> None:
    class OffError(Exception):
        pass

    def off(progress: Progress) -> None:
        raise OffError

    with pytest.raises(OffError):
        dry_run(TABLES, (), off)
