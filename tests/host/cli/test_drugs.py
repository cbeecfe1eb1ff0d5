"""Commands that keep to a drug library: all that bring a program, a bolus or a reservoir to the pump."""

from pathlib import Path

import pytest
from tests.host.cli.conftest import Command, constant_program

from pumpbench.store import Store
from pumpbench.virtual.board import VirtualBoard

LIBRARY = """\
[library]
name = "ours"
[[drugs]]
name = "dye"
soft_rate = "10 mL/h"
hard_rate = "20 mL/h"
soft_bolus = "0.1 mL"
hard_bolus = "0.2 mL"
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    file = tmp_path / "ours.toml"
    file.write_text(LIBRARY)
    return file


def program(folder: Path, rate: str) -> Path:
    file = folder / "short.toml"
    file.write_text(constant_program(rate, "30 s").replace('id = "main"', 'id = "main"\ndrug = "dye"'))
    return file


def noted(db: Path) -> list[tuple[str, str]]:
    with Store(db) as store:
        return [(one.subject, one.details) for one in store.audit.entries() if one.action == "soft-limit"]


def test_a_run_beyond_a_hard_limit_is_refused_before_anything_is_made(
    pumpbench: Command, library: Path, tmp_path: Path
) -> None:
    file, db = program(tmp_path, "30 mL/h"), tmp_path / "lab.sqlite"
    done = pumpbench(
        "run", file, "--port", "virtual", "--db", db, "--library", library, "--reason", "in haste"
    )
    assert (done.code, done.out, db.exists()) == (2, "", False)
    assert done.err == (
        f"pumpbench: {library} does not allow program short: reservoir main: a flow of 30 mL/h is above the "
        "hard limit of 20 mL/h for dye\n"
    )


def test_a_run_beyond_a_soft_limit_needs_a_reason_which_is_kept(
    pumpbench: Command, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, db = program(tmp_path, "15 mL/h"), tmp_path / "lab.sqlite"
    run = ("run", file, "--port", "virtual", "--speed", "max", "--db", db, "--json")
    monkeypatch.setenv("PUMPBENCH_LIBRARY", str(library))
    asked = pumpbench(*run)
    assert (asked.code, db.exists()) == (2, False)
    assert "above the soft limit of 10 mL/h for dye; --reason TEXT gives one" in asked.err
    assert pumpbench(*run, "--reason", " ").code == 2
    assert pumpbench(*run, "--reason", "the tube is new").json["state"] == "finished"
    ((subject, details),) = noted(db)
    assert subject == "program short"
    assert "the tube is new" in details
    monkeypatch.delenv("PUMPBENCH_LIBRARY")
    assert pumpbench(*run).code == 0
    assert len(noted(db)) == 1


def test_a_library_that_is_none_is_told_and_nothing_is_done(
    pumpbench: Command, board: VirtualBoard, tmp_path: Path
) -> None:
    library, file, db = tmp_path / "spoilt.toml", program(tmp_path, "5 mL/h"), tmp_path / "lab.sqlite"
    library.write_bytes(b"\xff\x00[[[")
    keeping = ("--port", board.port, "--library", library)
    for command in (
        ("run", file, "--db", db),
        ("bolus", "--volume", "10 uL", "--rate", "60 mL/h"),
        ("program", "check", file),
    ):
        done = pumpbench(*command, *(keeping if command[0] != "program" else keeping[2:]))
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert f"{library}: " in done.err
    assert not db.exists()


def test_what_the_board_holds_is_checked_when_it_is_committed_and_when_it_is_started(
    pumpbench: Command, board: VirtualBoard, library: Path, tmp_path: Path
) -> None:
    at, db = ("--port", board.port, "--json"), tmp_path / "lab.sqlite"
    keeping = ("--library", library, "--db", db, *at)
    fast = program(tmp_path, "30 mL/h")
    pumpbench("reservoir", "set", fast, *at)
    digest = pumpbench("program", "stage", fast, *at).json["digest"]
    refused = pumpbench("program", "commit", digest, *keeping)
    assert (refused.code, "above the hard limit of 20 mL/h for dye" in refused.err) == (2, True)
    assert pumpbench("program", "show", *at).code == 4  # none was committed
    digest = pumpbench("program", "stage", program(tmp_path, "15 mL/h"), *at).json["digest"]
    assert pumpbench("program", "commit", digest, *keeping).code == 2
    assert pumpbench("program", "commit", digest, *keeping, "--reason", "once").code == 0
    assert pumpbench("start", *keeping).code == 2
    assert pumpbench("status", *at).json["state"] == "stopped"
    assert pumpbench("start", *keeping, "--reason", "twice").json["state"] == "running"
    assert [subject for subject, _ in noted(db)] == ["program short"] * 2


def test_a_bolus_is_checked_against_what_the_reservoir_holds(
    pumpbench: Command, board: VirtualBoard, library: Path, tmp_path: Path
) -> None:
    at, db = ("--port", board.port, "--json"), tmp_path / "lab.sqlite"
    pumpbench("reservoir", "set", program(tmp_path, "5 mL/h"), *at)

    def bolus(volume: str, *more: str) -> tuple[int, str]:
        keeping = ("--library", library, "--db", db, *at)
        done = pumpbench("bolus", "--volume", volume, "--rate", "100 mL/h", *keeping, *more)
        return done.code, done.err

    assert bolus("50 uL") == (0, "")
    code, told = bolus("0.15 mL")
    assert (code, "above the soft limit of 100 µL for dye" in told) == (2, True)
    assert bolus("0.15 mL", "--reason", "to fill the line") == (0, "")
    code, told = bolus("0.3 mL", "--reason", "to fill the line")
    assert (code, "above the hard limit of 200 µL for dye" in told) == (2, True)
    ((subject, details),) = noted(db)
    assert subject == "bolus of 150 µL"
    assert "to fill the line" in details


def test_a_program_is_checked_before_the_board_hears_of_it_too(
    pumpbench: Command, board: VirtualBoard, library: Path, tmp_path: Path
) -> None:
    at, db = ("--port", board.port, "--json"), tmp_path / "lab.sqlite"
    keeping = ("--library", library, "--db", db, *at)
    refused = pumpbench("program", "stage", program(tmp_path, "30 mL/h"), *keeping, "--reason", "in haste")
    assert (refused.code, refused.err) == (
        2,
        f"pumpbench: {library} does not allow program short: reservoir main: a flow of 30 mL/h is above the "
        "hard limit of 20 mL/h for dye\n",
    )
    asked = pumpbench("program", "stage", program(tmp_path, "15 mL/h"), *keeping)
    assert (asked.code, "--reason TEXT gives one" in asked.err) == (2, True)
    assert not db.exists()
    staged = pumpbench("program", "stage", program(tmp_path, "15 mL/h"), *keeping, "--reason", "once")
    assert staged.code == 0
    assert [subject for subject, _ in noted(db)] == ["program short"]


def test_what_reservoirs_are_to_hold_is_checked_before_any_of_them_is_defined(
    pumpbench: Command, board: VirtualBoard, library: Path, tmp_path: Path
) -> None:
    at, db = ("--port", board.port, "--json"), tmp_path / "lab.sqlite"
    setting = ("reservoir", "set", tmp_path / "two.toml", "--library", library, "--db", db, *at)
    two = """\
[[reservoirs]]
id = "a"
{drug}capacity = "30 mL"
contents = "20 mL"
[[reservoirs]]
id = "b"
drug = "{other}"
capacity = "30 mL"
contents = "20 mL"
"""
    (tmp_path / "two.toml").write_text(two.format(drug="", other="wine"))
    refused = pumpbench(*setting, "--reason", "in haste")
    assert (refused.code, refused.err, db.exists()) == (
        2,
        f'pumpbench: {library} does not allow reservoir a and b: reservoir b: "wine" is not in the library '
        '"ours", which has dye\n',
        False,
    )
    (tmp_path / "two.toml").write_text(two.format(drug="", other="dye"))
    assert pumpbench(*setting).code == 2
    assert not any(one["capacity_nl"] for one in pumpbench("reservoir", "list", *at).json["reservoirs"])
    assert pumpbench(*setting, "--reason", "only air in it").code == 0
    assert [subject for subject, _ in noted(db)] == ["reservoir a and b"]


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ("25 mL/h:6", "a flow of 25 mL/h is above the hard limit of 20 mL/h for dye"),
        ("2 mL/h:6", "a flow of 20 mL/h is above the soft limit of 10 mL/h for dye; --reason TEXT gives one"),
    ],
)
def test_a_calibration_keeps_to_what_the_reservoir_holds_before_anything_turns(
    pumpbench: Command, board: VirtualBoard, library: Path, tmp_path: Path, points: str, sentence: str
) -> None:
    at, db, out = ("--port", board.port), tmp_path / "lab.sqlite", tmp_path / "out"
    pumpbench("reservoir", "set", program(tmp_path, "5 mL/h"), *at, "--json")
    before = pumpbench("reservoir", "list", *at, "--json").json
    keeping = ("--library", library, "--db", db, *at)
    done = pumpbench(
        "calibrate", "run", "--out", out, "--balance", board.balance_port, "--points", points, *keeping
    )
    assert (done.code, done.out, out.exists(), db.exists()) == (2, "", False, False)
    assert f"calibrate run: reservoir 0: {sentence}" in done.err
    assert pumpbench("reservoir", "list", *at, "--json").json == before
    assert pumpbench("status", *at, "--json").json["state"] == "stopped"


def test_tuning_keeps_to_what_the_reservoir_holds(
    pumpbench: Command, board: VirtualBoard, library: Path, tmp_path: Path
) -> None:
    at = ("--port", board.port)
    pumpbench("reservoir", "set", program(tmp_path, "5 mL/h"), *at, "--json")
    library.write_text(LIBRARY.replace("20 mL/h", "11 mL/h"))
    refused = pumpbench("tune", "--rate", "2.5", "--library", library, "--reason", "in haste", *at)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"pumpbench: {library} does not allow tune: reservoir 0: a flow of 20 mL/h is above the hard limit "
        "of 11 mL/h for dye\n"
    )
    assert pumpbench("status", *at, "--json").json["state"] == "stopped"


def test_a_calibration_within_the_limits_is_made_and_the_reservoir_still_names_its_drug(
    pumpbench: Command, library: Path, tmp_path: Path
) -> None:
    library.write_text(LIBRARY.replace('"10 mL/h"', '"20 mL/h"'))
    with VirtualBoard(speed=300, seed=4) as board:
        at = ("--port", board.port, "--json")
        pumpbench("reservoir", "set", program(tmp_path, "5 mL/h"), *at)
        out, few = tmp_path / "out", ("--points", "2 mL/h:6,4 mL/h:10", "--rest", "2 min")
        keeping = ("--balance", board.balance_port, "--library", library, *at)
        done = pumpbench("calibrate", "run", "--out", out, *few, *keeping)
        assert (done.code, done.err) == (0, "")
        assert pumpbench("reservoir", "list", *at).json["reservoirs"][0]["drug"] == "dye"


TRIAL = """\
[trial]
name = "two boluses"
rate = "{rate}"
[liquid]
name = "dye"
[[steps]]
kind = "deliver"
duration = "2 h"
[[steps]]
kind = "bolus"
count = 2
volume = "{volume}"
rate = "30 mL/h"
"""


@pytest.mark.parametrize(
    ("rate", "volume", "sentence"),
    [
        ("25 mL/h", "0.1 mL", "a flow of 25 mL/h is above the hard limit of 20 mL/h for dye"),
        ("5 mL/h", "0.3 mL", "a bolus of 300 µL is above the hard limit of 200 µL for dye"),
        ("15 mL/h", "0.1 mL", "a flow of 15 mL/h is above the soft limit of 10 mL/h for dye"),
    ],
)
def test_a_trial_is_checked_as_a_program_of_the_same_before_its_folder_is_made(
    pumpbench: Command, library: Path, tmp_path: Path, rate: str, volume: str, sentence: str
) -> None:
    (tmp_path / "trial.toml").write_text(TRIAL.format(rate=rate, volume=volume))
    out = tmp_path / "out"
    trial = ("trial", "run", tmp_path / "trial.toml", "--out", out, "--port", "virtual", "--library", library)
    done = pumpbench(*trial)
    assert (done.code, out.exists(), done.err.count("\n")) == (2, False, 1)
    assert f"trial two boluses: reservoir 0: {sentence}" in done.err
