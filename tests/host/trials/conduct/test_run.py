"""Whole trials, short ones: on the virtual board, by the model's truth, with faults, and cut off."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support.fake_balances import MAKERS, FakeBalance, Shown

from pumpbench.balances import NoBalance
from pumpbench.files.errors import FileError
from pumpbench.trials.conduct import ConductError, TrialJob, run_trial
from pumpbench.trials.conduct.errors import BadFolder, Unattended
from pumpbench.trials.conduct.folder import Folder
from pumpbench.trials.conduct.pump import PumpUnderTest
from pumpbench.trials.conduct.result import evaluate
from pumpbench.virtual.board import VirtualBoard

PROTOCOL = """\
[trial]
name = "short"
rate = "10 mL/h"
who = "Ada"
{head}
[balance]
read_every = "5 s"
resolution_mg = 0.1
repeatability_mg = 0.1
drift_mg_h = 0.1

[analysis]
interval = "10 s"
windows_min = [1, 2]
from = "2 min"
to = "6 min"

[limits]
mean_error_percent = {limit}
{steps}
"""
DELIVER = '[[steps]]\nkind = "deliver"\nduration = "6 min"\n'
LONGER = '[[steps]]\nkind = "deliver"\nduration = "8 min"\n'
LONGEST = '[[steps]]\nkind = "deliver"\nduration = "10 min"\n'
ZERO = '[[steps]]\nkind = "zero"\n'
KEYS = {
    "mean_error_percent",
    "mean_error_expanded_percent",
    "trumpet",
    "startup",
    "quality",
    "verdict",
    "true_mean_error_percent",
}


def protocol(folder: Path, *steps: str, head: str = "", limit: float = 5) -> Path:
    file = folder / "trial.toml"
    file.write_text(PROTOCOL.format(head=head, limit=limit, steps="\n".join(steps or (ZERO, DELIVER))))
    return file


def unhurried(folder: Path, *steps: str) -> Path:
    """A protocol for a board that the wall paces: its readings are so far apart, and its deliveries
    (`LONGER`) go on for so long after the analysed time, that a host which is held up for three seconds at a
    board twenty times as fast, which makes one of them half a step late, has all that its figures need."""
    file = protocol(folder, *(steps or (ZERO, LONGER)))
    text = file.read_text()
    for often, seldom in (
        ('read_every = "5 s"', 'read_every = "2 min"'),
        ('interval = "10 s"', 'interval = "2 min"'),
        ("windows_min = [1, 2]", "windows_min = [2, 4]"),
    ):
        assert often in text
        text = text.replace(often, seldom)
    file.write_text(text)
    return file


def unhurried_and_late(folder: Path, *steps: str) -> Path:
    """The same, for a host that comes minutes after its delivery (`LONGEST`) began."""
    file = unhurried(folder, *steps)
    file.write_text(file.read_text().replace('"2 min"\nto = "6 min"', '"4 min"\nto = "8 min"'))
    return file


def job(folder: Path, file: Path, plant: str = "", **more: object) -> TrialJob:
    options: dict[str, object] = {"speed": "max", "seed": 3, "report": False}
    if plant:
        (folder / "plant.toml").write_text(plant)
        options["plant"] = folder / "plant.toml"
    return TrialJob(file, folder / "out", **(options | more))  # type: ignore[arg-type]


def test_a_trials_mean_error_is_the_models_within_its_uncertainty(tmp_path: Path) -> None:
    worn = "[pump]\nstroke_volume_ul_per_rev = 49\n[sensor]\ngain_error_percent = 2\n"
    result = run_trial(job(tmp_path, protocol(tmp_path), worn))
    assert set(result) >= KEYS
    assert result["true_mean_error_percent"] == pytest.approx(-2, abs=1)
    off = result["mean_error_percent"] - result["true_mean_error_percent"]
    assert abs(off) <= result["mean_error_expanded_percent"]
    assert result["simulated"]
    assert result["verdict"] == "pass"
    again = evaluate(Folder.open(tmp_path / "out"))
    assert json.dumps(again, sort_keys=True) == json.dumps(result, sort_keys=True)


def test_the_verdict_is_fail_beyond_and_inconclusive_at_the_limit(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    worn = "[pump]\nstroke_volume_ul_per_rev = 48\n[sensor]\ngain_error_percent = 4\n"
    result = run_trial(job(tmp_path, protocol(tmp_path, limit=0.5), worn))
    assert result["verdict"] == "fail"
    file = tmp_path / "out" / "protocol.toml"
    error = abs(result["mean_error_percent"])
    file.write_text(file.read_text().replace("mean_error_percent = 0.5", f"mean_error_percent = {error}"))
    assert evaluate(Folder.open(tmp_path / "out"))["verdict"] == "inconclusive"
    file.write_text(file.read_text().replace("drift_mg_h = 0.1", ""))
    unknown = evaluate(Folder.open(tmp_path / "out"))
    assert (unknown["mean_error_expanded_percent"], unknown["verdict"]) == (None, "inconclusive")


def test_error_b_is_the_mean_error_of_the_end_of_a_tube_sets_life(tmp_path: Path) -> None:
    end = DELIVER.replace('"6 min"\n', '"20 min"\nend_of_life = "4 min"\n')
    worn = "[pump]\nstroke_volume_ul_per_rev = 48\n[sensor]\ngain_error_percent = 4\n"
    result = run_trial(job(tmp_path, protocol(tmp_path, ZERO, end, limit=1), worn))
    (delivery,) = result["deliveries"]
    end_of_life = delivery["end_of_life"]
    assert end_of_life["analyse_min"] == [16, 20]
    assert result["mean_error_b_percent"] == end_of_life["mean_error_percent"]
    off = result["mean_error_b_percent"] - end_of_life["true_mean_error_percent"]
    assert abs(off) <= result["mean_error_b_expanded_percent"]
    judged = {one["name"]: one["verdict"] for one in result["judgements"]}
    assert judged["step 2: mean error B, at the end of the set's life"] == "fail"
    assert result["verdict"] == "fail"


def test_a_trial_without_an_end_of_life_has_no_error_b(tmp_path: Path) -> None:
    result = run_trial(job(tmp_path, protocol(tmp_path)))
    assert (result["mean_error_b_percent"], result["mean_error_b_expanded_percent"]) == (None, None)
    assert not any("mean error B" in one["name"] for one in result["judgements"])


def test_every_kind_of_step_is_carried_out_and_told(tmp_path: Path) -> None:
    steps = (
        '[[steps]]\nkind = "prime"\nvolume = "0.2 mL"\nrate = "30 mL/h"\n',
        ZERO,
        '[[steps]]\nkind = "stabilise"\nduration = "1 min"\n',
        DELIVER,
        '[[steps]]\nkind = "bolus"\ncount = 3\nvolume = "0.1 mL"\nrate = "60 mL/h"\nsettle = "10 s"\n',
        '[[steps]]\nkind = "back-pressure"\npressure_kpa = 5\nsettle = "10 s"\n',
        '[[steps]]\nkind = "occlusion"\nduration = "20 min"\n',
    )
    result = run_trial(job(tmp_path, protocol(tmp_path, *steps)))
    (boluses,) = result["boluses"]
    assert (boluses["count"], boluses["weighed"]) == (3, 3)
    assert boluses["mean_ml"] == pytest.approx(0.1, rel=0.03)
    (occlusion,) = result["occlusions"]
    assert occlusion["alarms"] == ["occlusion"]
    assert 0 < occlusion["time_to_alarm_s"] < 600
    assert occlusion["pressure_kpa"] > 5
    assert abs(result["drift_observed_mg_h"]) < 30
    assert result["deviations"] == []
    assert result["recording"]["quality"]["verdict"] == "complete"


@pytest.mark.parametrize(
    ("fault", "sentence", "status"),
    [
        ("balance-silent", "does not answer", "silent"),
        ("balance-overload", "overloaded", "overload"),
        ("balance-unit", "changed its unit from g to mg", "stable"),
    ],
)
def test_a_balance_that_fails_is_told_and_all_else_is_kept(
    tmp_path: Path, fault: str, sentence: str, status: str
) -> None:
    plant = f'[[faults]]\nkind = "{fault}"\nat_s = 200\nduration_s = 30\n'
    said: list[str] = []
    result = run_trial(job(tmp_path, protocol(tmp_path), plant, say=said.append))
    assert any(sentence in one for one in said)
    assert any(sentence in one for one in result["deviations"])
    assert result["readings"]["by_status"].get(status, 0) or status == "stable"
    assert result["readings"]["count"] >= 72
    if fault == "balance-unit":
        assert result["verdict"] == "pass"
    else:
        assert result["quality"]["verdict"] == "incomplete"
        assert any(window["windows_skipped"] for window in result["trumpet"])


def test_a_pump_that_stops_ends_the_trial_with_all_that_it_has(tmp_path: Path) -> None:
    plant = '[[faults]]\nkind = "occlusion"\nat_s = 60\n'
    result = run_trial(job(tmp_path, protocol(tmp_path), plant))
    assert result["verdict"] == "inconclusive"
    assert "occlusion" in " ".join(result["deviations"])
    assert result["mean_error_percent"] is None
    assert "readings reach" in result["why"]


def test_a_pump_that_only_the_balance_sees_and_its_refill(tmp_path: Path) -> None:
    head = '[pump]\nkind = "other"\nmodel = "implanted"\n\n[refill]\nfilled = "30 mL"\n'
    file = protocol(tmp_path, head=head, limit=10)
    file.write_text(file.read_text().replace('rate = "10 mL/h"', 'rate = "240 mL/day"'))
    plant = '[source]\nkind = "constant-flow"\nrate_ml_per_day = 228\n'
    result = run_trial(job(tmp_path, file, plant))
    assert result["true_mean_error_percent"] == pytest.approx(-5, abs=0.01)
    assert result["mean_error_percent"] == pytest.approx(-5, abs=0.6)
    assert result["refill"]["accuracy_percent"] == pytest.approx(-5, abs=1)
    assert result["recording"]["run_id"] is None


def test_a_delivery_began_when_the_board_says_so_however_late_the_host_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_up(pump: PumpUnderTest, digest: str) -> None:
        start(pump, digest)
        time.sleep(4.5)  # 135 s of the board's time

    start = PumpUnderTest.start
    monkeypatch.setattr(PumpUnderTest, "start", held_up)
    result = run_trial(job(tmp_path, unhurried_and_late(tmp_path, ZERO, LONGEST), speed=30))
    assert not result["deviations"]
    assert result["mean_error_percent"] == pytest.approx(0, abs=1)
    assert result["true_mean_error_percent"] == pytest.approx(0, abs=1)
    assert result["verdict"] == "pass"


def test_a_killed_trial_goes_on_and_a_gap_is_a_gap(tmp_path: Path) -> None:
    file, out = unhurried(tmp_path), tmp_path / "out"
    with VirtualBoard(speed=20, seed=3) as board:
        command = [
            *(sys.executable, "-m", "pumpbench", "trial", "run", str(file), "--port", board.port),
            *(
                "--balance",
                board.balance_port,
                "--out",
                str(out),
                "--db",
                str(tmp_path / "lab.sqlite"),
                "--json",
            ),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as host:
            while not (out / "readings.csv").exists() or len(Folder(out).readings()) < 4:
                assert host.poll() is None
                time.sleep(0.05)
            host.kill()
        with (out / "readings.csv").open("a") as torn:
            torn.write("12.5,stab")
        again = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(again.stdout.splitlines()[-1])
    assert told["why"] is None, told
    assert again.returncode in (0, 5)
    assert any("taken up again" in deviation for deviation in told["deviations"])
    assert told["recording"]["quality"]["missing_records"] == 0
    assert Path(told["report_pdf"]).read_bytes().startswith(b"%PDF")


def test_what_cannot_be_begun_leaves_nothing_behind(tmp_path: Path) -> None:
    file = protocol(tmp_path)
    with pytest.raises(ConductError, match="no balance is named"):
        run_trial(job(tmp_path, file, port="/dev/null", speed=1.0, seed=None))
    with pytest.raises(NoBalance, match="there is no port"):
        run_trial(job(tmp_path, file, port="/dev/null", balance="/dev/nothing", speed=1.0, seed=None))
    occlusion = protocol(tmp_path, DELIVER, '[[steps]]\nkind = "occlusion"\n')
    with pytest.raises(Unattended, match=r"step 2 \(occlusion\) needs somebody"):
        run_trial(job(tmp_path, occlusion, port="/dev/null", balance="/dev/null", speed=1.0, seed=None))
    with pytest.raises(FileError):
        run_trial(job(tmp_path, tmp_path / "none.toml"))
    assert not (tmp_path / "out").exists()


def test_a_balance_that_does_not_answer_is_told_before_anything_turns(tmp_path: Path) -> None:
    head = '[pump]\nkind = "other"\n'
    with FakeBalance(MAKERS["mt-sics"][1]) as fake:
        fake.shown.silent = True
        wanted = job(
            tmp_path, protocol(tmp_path, head=head), port=None, balance=fake.port, speed=1.0, seed=None
        )
        with pytest.raises(NoBalance, match="does not answer"):
            run_trial(wanted)


def test_a_folder_that_is_in_use_is_not_written_over(tmp_path: Path) -> None:
    file = protocol(tmp_path)
    run_trial(job(tmp_path, file))
    with pytest.raises(BadFolder, match="has ended"):
        run_trial(job(tmp_path, file))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thing").touch()
    with pytest.raises(BadFolder, match="is not empty"):
        run_trial(TrialJob(file, tmp_path / "other"))


def test_a_recorded_trial_is_played_again_to_the_same_figures(tmp_path: Path) -> None:
    head = '[pump]\nkind = "other"\n'
    file = protocol(tmp_path, DELIVER, head=head)
    file.write_text(file.read_text().replace('rate = "10 mL/h"', 'rate = "240 mL/day"'))
    plant = '[source]\nkind = "constant-flow"\nrate_ml_per_day = 240\n'
    first = run_trial(job(tmp_path, file, plant))
    recording = f"replay:{tmp_path / 'out' / 'readings.csv'}"
    again = run_trial(TrialJob(file, tmp_path / "again", port=None, balance=recording, report=False))
    for key in ("mean_error_percent", "mean_error_expanded_percent", "trumpet", "startup", "verdict"):
        assert again[key] == first[key]


@pytest.mark.parametrize("maker", ["sbi-16", "a-and-d"])
def test_a_pump_beside_a_real_port_is_tried_by_the_walls_clock(tmp_path: Path, maker: str) -> None:
    name, answers = MAKERS[maker]
    file = tmp_path / "trial.toml"
    file.write_text(WALL.format(protocol=name))
    began = time.monotonic()

    def rising(command: bytes, shown: Shown) -> bytes:
        shown.mass_g = 0.998 / 6 * (time.monotonic() - began)
        shown.stable = False
        return answers(command, shown)

    with FakeBalance(rising) as fake:
        wanted = TrialJob(file, tmp_path / "out", port=None, balance=fake.port, report=False)
        result = run_trial(wanted)
    assert result["why"] is None
    assert set(result["readings"]["by_status"]) == {"dynamic"}
    assert abs(result["mean_error_percent"]) < 10  # a busy machine reads late, and the wall does not wait
    assert (result["simulated"], result["true_mean_error_percent"]) == (False, None)


WALL = """\
[trial]
name = "by the wall"
rate = "600 mL/h"
[pump]
kind = "other"
[balance]
protocol = "{protocol}"
read_every = "4 s"
resolution_mg = 0.1
repeatability_mg = 0.1
drift_mg_h = 1
[analysis]
interval = "4 s"
windows_min = [0.2]
from = "4 s"
to = "16 s"
[[steps]]
kind = "deliver"
duration = "22 s"
"""
