"""A dry run, with the real firmware on a virtual board at full speed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pumpbench.client import Reservoir
from pumpbench.conduct import Job, Summary, run
from pumpbench.conduct.dry_run import SELDOM, dry_run
from pumpbench.conduct.expected_curve import MOST_POINTS, Curves
from pumpbench.conduct.progress import Progress

A_STEP_NL = 16
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
    formed: list[Curves] = []
    expected = dry_run(TABLES, (), told.append, formed.append)
    curves = expected.curves
    assert expected.summary.finished
    assert expected.summary.simulated
    assert expected.summary.alarms == ()
    assert told[-1].elapsed_s == pytest.approx(600, abs=2)
    assert 0 < len(curves.time_s) <= MOST_POINTS
    assert np.all(np.diff(curves.time_s) > 0)
    assert curves.volume_ml[-1] == pytest.approx(0.5, abs=0.002)
    running = (curves.time_s > 10) & (curves.time_s < 290)
    assert np.allclose(curves.set_ml_h[running], 6.0)
    assert np.all(curves.set_ml_h[curves.time_s > 310] == 0)
    assert formed
    assert np.array_equal(formed[-1].time_s[:-1], curves.time_s[: len(formed[-1].time_s) - 1])


def test_few_ticks_a_second_deliver_what_many_do(tmp_path: Path) -> None:
    program = tmp_path / "program.toml"
    program.write_text(
        '[program]\nname = "all kinds"\ntelemetry_rate = "1 Hz"\n'
        '[[segments]]\nkind = "constant"\nrate = "2 mL/h"\nduration = "3 min"\n'
        '[[segments]]\nkind = "bolus"\nvolume = "50 uL"\nrate = "30 mL/h"\n'
        '[[segments]]\nkind = "ramp"\nrate = "2 mL/h"\nto_rate = "20 mL/h"\nduration = "3 min"\n'
        '[[segments]]\nkind = "pause"\nduration = "1 min"\n'
        '[[reservoirs]]\nid = 0\ncapacity = "30 mL"\ncontents = "30 mL"\n'
    )

    def summary(board: dict[str, int], db: str) -> Summary:
        return run(Job(program, db=tmp_path / db, speed="max", board=board))

    many, few = summary({}, "many"), summary(SELDOM, "few")
    assert (many.alarms, few.alarms) == ((), ())
    assert few.delivered_nl == pytest.approx(many.delivered_nl, abs=A_STEP_NL)
    assert few.elapsed_s == pytest.approx(many.elapsed_s, abs=0.5)


def test_it_draws_from_what_the_board_holds() -> None:
    expected = dry_run(TABLES, (holding(600_000),), lambda progress: None, lambda curves: None)
    assert expected.summary.finished
    assert expected.curves.volume_ml[-1] == pytest.approx(0.5, abs=0.002)


def test_it_is_called_off_by_whoever_is_told() -> None:
    class OffError(Exception):
        pass

    def off(progress: Progress) -> None:
        raise OffError

    with pytest.raises(OffError):
        dry_run(TABLES, (), off, lambda curves: None)
