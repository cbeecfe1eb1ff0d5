"""What stands in the way of a trial, by the field where it is to be mended."""

from pathlib import Path

import pytest
from tests.host.trials.conduct.test_run import protocol

from pumpbench.gui.models.bench_setup import (
    BALANCE_FIELD,
    CONNECTED,
    FOLDER_FIELD,
    PLANT_FIELD,
    PORT,
    PROTOCOL_FIELD,
    PUMP_FIELD,
    RECORDING,
    SEED_FIELD,
    SPEED_FIELD,
    UNSEEN,
    Bench,
    Protocol,
    calibration_faults,
    connected_pump_fault,
    faults_of,
    in_short,
    read_protocol,
    steps_in_words,
    usual_folder,
)

SCALE = (PORT, "/dev/scale")
OTHER = '[pump]\nkind = "other"\n'


@pytest.fixture
def ours(tmp_path: Path) -> Protocol:
    return read_protocol(protocol(tmp_path))


@pytest.fixture
def other(tmp_path: Path) -> Protocol:
    return read_protocol(protocol(tmp_path, head=OTHER))


def test_a_protocol_is_told_in_words(ours: Protocol) -> None:
    assert ours.trial is not None
    assert steps_in_words(ours.trial) == ["1  zero the balance", "2  deliver 10 mL/h for 6 min"]
    assert in_short(ours.trial) == (
        "10 mL/h, about 6 min; analysed 2 min to 6 min after the start; mean error within ±5 %"
    )


def test_a_protocol_at_fault_says_where_and_what(tmp_path: Path) -> None:
    file = protocol(tmp_path)
    file.write_text(file.read_text().replace("10 mL/h", "10 furlong"))
    read = read_protocol(file)
    assert read.trial is None
    faults = faults_of(read, Bench(), tmp_path / "new", "")
    assert "furlong" in faults[PROTOCOL_FIELD]
    assert "rate" in faults[PROTOCOL_FIELD]
    assert "no such file" in read_protocol(tmp_path / "none.toml").fault


def test_a_virtual_bench_needs_nothing_but_a_folder(ours: Protocol, tmp_path: Path) -> None:
    assert faults_of(ours, Bench(), tmp_path / "new", "no pump") == {}
    assert calibration_faults(Bench(), tmp_path / "new", "no pump") == {}
    assert set(faults_of(ours, Bench(), None, "")) == {FOLDER_FIELD}


def test_speed_seed_and_plant_are_checked_where_there_is_a_virtual_bench(
    ours: Protocol, tmp_path: Path
) -> None:
    wrong = Bench(speed="fast", seed="-1", plant=tmp_path / "none.toml")
    assert set(faults_of(ours, wrong, tmp_path / "new", "")) == {SPEED_FIELD, SEED_FIELD, PLANT_FIELD}
    real = Bench(CONNECTED, "/dev/pump", PORT, "/dev/scale", speed="fast", seed="-1")
    assert faults_of(ours, real, tmp_path / "new", "") == {}
    assert (Bench(speed="60").job_speed, Bench(seed="7").job_seed) == (60.0, 7)


def test_nothing_is_ever_written_over(ours: Protocol, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert faults_of(ours, Bench(), tmp_path / "new", "") == {}
    (tmp_path / "new" / "readings.csv").touch()
    assert "is there already" in faults_of(ours, Bench(), tmp_path / "new", "")[FOLDER_FIELD]
    first = usual_folder(tmp_path, "general, 5 mL/h!", 0.0)
    assert first.name.endswith("-general-5-mL-h")
    first.mkdir()
    assert usual_folder(tmp_path, "general, 5 mL/h!", 0.0).name == f"{first.name}-2"


def test_pump_and_balance_have_to_fit_the_protocol(ours: Protocol, other: Protocol, tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert set(faults_of(ours, Bench(UNSEEN, "", *SCALE), new, "")) == {PUMP_FIELD}
    assert set(faults_of(other, Bench(CONNECTED, "/dev/pump", *SCALE), new, "")) == {PUMP_FIELD}
    assert faults_of(other, Bench(UNSEEN, "", *SCALE), new, "") == {}
    assert set(faults_of(ours, Bench(CONNECTED, "/dev/pump"), new, "")) == {BALANCE_FIELD}
    assert set(faults_of(ours, Bench(CONNECTED, "/dev/pump", PORT), new, "")) == {BALANCE_FIELD}
    assert faults_of(ours, Bench(CONNECTED, "", *SCALE), new, "none is connected") == {
        PUMP_FIELD: "none is connected"
    }
    assert connected_pump_fault("", None).startswith("No pump")


def test_a_recording_is_read_before_it_is_played(other: Protocol, ours: Protocol, tmp_path: Path) -> None:
    file = tmp_path / "readings.csv"
    file.write_text("time_s,mass_g\n0,0.1\n5,x\n")
    recording = Bench(UNSEEN, "", RECORDING, str(file))
    assert "line 3" in faults_of(other, recording, tmp_path / "new", "")[BALANCE_FIELD]
    file.write_text("time_s,mass_g\n0,0.1\n5,0.2\n")
    assert faults_of(other, recording, tmp_path / "new", "") == {}
    assert recording.job_balance == f"replay:{file}"
    virtual = Bench(balance=RECORDING, balance_at=str(file))
    assert "knows no pump" in faults_of(ours, virtual, tmp_path / "new", "")[BALANCE_FIELD]


def test_going_on_takes_the_folder_that_is_there_but_no_virtual_pump(ours: Protocol, tmp_path: Path) -> None:
    (tmp_path / "trial.json").touch()
    real = Bench(CONNECTED, "/dev/pump", PORT, "/dev/scale")
    assert faults_of(ours, real, tmp_path, "", going_on=True) == {}
    assert set(faults_of(ours, Bench(), tmp_path, "", going_on=True)) == {PUMP_FIELD}
