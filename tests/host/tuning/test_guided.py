"""A guided calibration finds the model's stroke and sensor, and keeps what it rests on."""

import json
from pathlib import Path

import pytest

from pumpbench.balances import NoBalance
from pumpbench.client import connect
from pumpbench.conduct.cancel import Cancel, Cancelled
from pumpbench.files import calibration as calibration_file
from pumpbench.store import Store
from pumpbench.trials.conduct import Following, Progress
from pumpbench.trials.conduct.folder import Folder
from pumpbench.tuning.errors import TuningError
from pumpbench.tuning.gravimetric import Plan
from pumpbench.tuning.guided import CalibrationJob, calibrate_pump
from pumpbench.virtual.board import VirtualBoard

ML = 1_000_000
PLANT = """\
[pump]
stroke_volume_ul_per_rev = 48
[sensor]
gain_error_percent = 4
offset_ul_per_min = 3
[balance]
evaporation_mg_per_hour = 2
"""
SHORT = Plan(rest_s=120.0, flows=((2 * ML, 6), (4 * ML, 10), (20 * ML, 20)))


def test_the_models_stroke_and_sensor_are_found_and_kept_with_the_tube_set(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(PLANT)
    with Store(tmp_path / "lab.sqlite") as store:
        number = store.tubes.new("silicone 0.8 mm", "lot 1", "")
    told = calibrate_pump(
        CalibrationJob(
            tmp_path / "out",
            plan=SHORT,
            plant=tmp_path / "plant.toml",
            db=tmp_path / "lab.sqlite",
            tube_set=number,
            who="Ada",
            days=3,
            seed=4,
        )
    )
    for one in told["uncertainty"]:
        assert one["stroke_nl"] == pytest.approx(48_000, rel=0.005)
        assert 0 < one["expanded_percent"] < 1
    sensor = told["fit"]["sensor"]
    assert sensor["gain"] == pytest.approx(1 / 1.04, rel=0.005)
    assert sensor["zero_nl_h"] == pytest.approx(3 * 60_000, rel=0.05)
    with Store(tmp_path / "lab.sqlite") as store:
        stored = store.calibrations.get(told["calibration_id"])
    assert (stored.who, len(stored.points)) == ("Ada", 3)
    assert stored.expires_wall_us == stored.made_wall_us + 3 * 86_400 * 1_000_000
    assert stored.conditions["drift_mg_h"] == pytest.approx(-2, abs=6)
    written = calibration_file.load(tmp_path / "out" / "calibration.toml").wire()
    assert written["tube_set"] == number
    assert len(Folder(tmp_path / "out").readings()) >= 4 * 16
    assert json.loads((tmp_path / "out" / "calibration.json").read_text()) == told


def test_what_cannot_be_begun_is_told(tmp_path: Path) -> None:
    with pytest.raises(TuningError, match="no balance is named"):
        calibrate_pump(CalibrationJob(tmp_path / "out", port="/dev/null"))
    with pytest.raises(NoBalance, match="there is no port"):
        calibrate_pump(CalibrationJob(tmp_path / "out", port="/dev/null", balance="/dev/nothing"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thing").touch()
    with pytest.raises(TuningError, match="is there already"):
        calibrate_pump(CalibrationJob(tmp_path / "out"))


def test_a_calibration_tells_how_far_it_is_and_can_be_ended_from_outside(tmp_path: Path) -> None:
    cancel = Cancel()
    told: list[Progress] = []

    def on_progress(now: Progress) -> None:
        told.append(now)
        if now.step.startswith("10 revolutions"):
            cancel.request()

    with VirtualBoard(speed=50, seed=4) as board:
        wanted = CalibrationJob(
            tmp_path / "out",
            port=board.port,
            balance=board.balance_port,
            plan=SHORT,
            on_progress=on_progress,
            cancel=cancel,
        )
        with pytest.raises(Cancelled):
            calibrate_pump(wanted)
        with connect(board.port, role="observe") as somebody:
            assert somebody.status().state == "stopped"
            assert somebody.calibration().made_at_s == 0
    times = [now.time_s for now in told]
    assert times == sorted(times)
    assert all(0 < now.total_s < 3600 and now.simulated for now in told)
    look = Following(tmp_path / "out").look()
    assert look.said == ("the calibration was ended before it was over: it was cancelled",)
    assert len(look.mass_g) >= 3 * 16
    assert look.step.startswith("10 revolutions")


def test_a_flow_sensor_that_is_dead_while_the_head_turns_is_told(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text('[[faults]]\nkind = "sensor-dead"\nat_s = 200\n')
    job = CalibrationJob(tmp_path / "out", plan=SHORT, plant=tmp_path / "plant.toml", seed=4)
    with pytest.raises(TuningError, match="at 2 mL/h the flow sensor gave no readings over more than 30 s"):
        calibrate_pump(job)
