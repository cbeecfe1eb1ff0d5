"""``program check --library``: what a drug library has to say to a program file."""

from pathlib import Path

from tests.host.cli.conftest import Command

from pumpbench.files.examples import folder

LIBRARY = folder() / "libraries" / "bench.toml"


def test_a_program_within_all_limits_passes(pumpbench: Command) -> None:
    outcome = pumpbench("program", "check", folder() / "hai-14-days.toml", "--library", LIBRARY)
    assert (outcome.code, outcome.err) == (0, "")


def test_a_soft_limit_is_a_warning_and_a_hard_one_a_refusal(pumpbench: Command, tmp_path: Path) -> None:
    soft = pumpbench("program", "check", folder() / "constant-1ml-h.toml", "--library", LIBRARY)
    assert soft.code == 0
    assert "reservoir main names no drug" in soft.err
    fast = tmp_path / "fast.toml"
    text = (folder() / "hai-14-days.toml").read_text(encoding="utf-8")
    fast.write_text(text.replace("1.2 mL/day", "2 mL/h").replace("14 days", "2 h"), encoding="utf-8")
    drug = tmp_path / "drug.toml"
    drug.write_text(fast.read_text(encoding="utf-8").replace('"water"', '"floxuridine"'), encoding="utf-8")
    assert pumpbench("program", "check", fast, "--library", LIBRARY).code == 0
    hard = pumpbench("program", "check", drug, "--library", LIBRARY)
    assert hard.code == 2
    assert "is above the hard limit of 3 mL/day for floxuridine" in hard.err
