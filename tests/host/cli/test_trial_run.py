"""``trial run``, ``report``, ``list`` and ``new``."""

from pathlib import Path

import pytest
from tests.host.cli.conftest import Command
from tests.host.trials.conduct.test_run import DELIVER, KEYS, protocol


def test_a_trial_is_run_reported_again_and_listed(pumpbench: Command, tmp_path: Path) -> None:
    file, out = protocol(tmp_path), tmp_path / "out"
    ran = pumpbench(
        *("trial", "run", file, "--port", "virtual", "--speed", "max", "--seed", 2),
        *("--truth", tmp_path / "truth.csv", "--out", out, "--json"),
    )
    assert ran.code == 0, ran.err
    assert set(ran.json) >= KEYS | {"report_html", "report_pdf"}
    assert (tmp_path / "truth.csv").exists()
    again = pumpbench("trial", "report", out, "--json")
    assert (again.code, again.json) == (0, ran.json)
    listed = pumpbench("trial", "list", tmp_path, "--json")
    (row,) = listed.json["trials"]
    assert (row["name"], row["verdict"], row["simulated"]) == ("short", "pass", True)
    told = pumpbench("trial", "report", out)
    assert "PASS" in told.out
    assert "simulated" in told.out


def test_a_trial_beyond_its_limits_ends_with_code_5(pumpbench: Command, tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text('[[faults]]\nkind = "leak"\nat_s = 0\nvalue = 0.5\n')
    file = protocol(tmp_path, DELIVER, limit=0.5)
    options = ("--port", "virtual", "--speed", "max", "--plant", tmp_path / "plant.toml")
    ran = pumpbench("trial", "run", file, *options, "--out", tmp_path / "out", "--json")
    assert ran.code == 5
    assert ran.json["verdict"] in ("fail", "inconclusive")


def test_a_protocol_to_begin_with_is_written_once(pumpbench: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert pumpbench("trial", "new", file).code == 0
    assert "[[steps]]" in file.read_text()
    again = pumpbench("trial", "new", file)
    assert again.code == 2
    assert "is there already" in again.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("report", "nothing"), "there is no folder nothing"),
        (("run", "nothing.toml", "--out", "out"), "nothing.toml: there is no such file"),
    ],
)
def test_what_is_not_there_is_told_with_code_2(
    pumpbench: Command, arguments: tuple[str, ...], sentence: str
) -> None:
    done = pumpbench("trial", *arguments)
    assert done.code == 2
    assert sentence in done.err


def test_a_pump_without_a_balance_and_a_seed_without_a_virtual_board_are_bad_usage(
    pumpbench: Command, tmp_path: Path
) -> None:
    file, out = protocol(tmp_path), tmp_path / "out"
    assert "--balance" in pumpbench("trial", "run", file, "--port", "/dev/null", "--out", out).err
    seeded = pumpbench("trial", "run", file, "--port", "/dev/null", "--seed", 1, "--out", out)
    assert seeded.code == 2
    assert "--port virtual" in seeded.err
    assert not out.exists()


def test_what_a_refill_returned_is_told_later_and_kept(pumpbench: Command, tmp_path: Path) -> None:
    head = '[pump]\nkind = "other"\n\n[refill]\nfilled = "30 mL"\n'
    file = protocol(tmp_path, DELIVER, head=head, limit=50)
    file.write_text(file.read_text().replace('rate = "10 mL/h"', 'rate = "240 mL/day"'))
    plant = tmp_path / "plant.toml"
    plant.write_text('[source]\nkind = "constant-flow"\nrate_ml_per_day = 240\n')
    options = ("--port", "virtual", "--speed", "max", "--plant", plant, "--out", tmp_path / "out", "--json")
    ran = pumpbench("trial", "run", file, *options)
    assert ran.json["refill"]["accuracy_percent"] == pytest.approx(0, abs=1)
    told = pumpbench("trial", "report", tmp_path / "out", "--returned", "28.8 mL", "--json")
    assert told.json["refill"]["returned_ml"] == 28.8
    assert told.json["refill"]["action"]
    again = pumpbench("trial", "report", tmp_path / "out", "--json")
    assert again.json["refill"] == told.json["refill"]
