"""Options that cannot be: one sentence with the value and what is allowed, and nothing begun."""

import sqlite3
from pathlib import Path

import pytest
from tests.host.cli.conftest import Command, constant_program

from pumpbench.files.examples import folder

PROGRAM = constant_program("20 mL/h", "10 s")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "short.toml"
    file.write_text(PROGRAM)
    return file


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--speed", "0"], "speed is 0.0, allowed are max and numbers above 0, up to 1,000,000"),
        (["--speed", "inf"], "speed is inf"),
        (["--speed", "1,5"], "speed is '1,5', allowed are max and numbers above 0, up to 1,000,000"),
        (["--speed", "MAX"], "speed is 'MAX'"),
        (["--seed", "-1"], '"-1" is not a whole number from 0 to 4294967295'),
        (["--seed", "1.5"], '"1.5" is not a whole number'),
        (["--seed", ""], '"" is not a whole number'),
        (["--seed", "٣"], "is not a whole number"),
        (["--seed", "9" * 5000], "is not a whole number"),
        (["--truth", "/no/such/folder/t.csv"], "there is no folder /no/such/folder"),
        (["--truth", "/"], "truth file is /, but that is a folder"),
        (["--interpreter", "ruby"], "interpreter is 'ruby', allowed are auto, micropython, cpython"),
        (["--interpreter", ""], "interpreter is ''"),
        (["--plant", "/"], "is a folder, a TOML file is wanted"),
    ],
)
def test_a_virtual_run_with_a_bad_option_makes_no_database(
    pumpbench: Command, program: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    db = tmp_path / "new.sqlite"
    done = pumpbench("run", program, "--port", "virtual", "--db", db, *options)
    assert (done.code, done.out, db.exists()) == (2, "", False)
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[resevoir]\ncontents_ml = 3", '[resevoir]: unknown key; did you mean "reservoir"?'),
        ("[reservoir]\ncontents_ml = [1, 2, 3, 4, 5]", "1 to 4 are allowed"),
        ("[pump]\nsteps_per_rev = 3\nmicrosteps = 15", "times microsteps is 45; 48 to 65536 in a revolution"),
        ("[pump]\nsteps_per_rev = 400\nmicrosteps = 256", "steps_per_rev = 400: times microsteps is 102400"),
        ('[[faults]]\nkind = "oclusion"', "is not one of occlusion, leak"),
        ('[[faults]]\nkind = "occlusion"\nat_s = -1', "at_s = -1: is outside 0"),
        ('[[faults]]\nkind = "occlusion"\nat_s = nan', "is outside 0"),
        ('[faults]\nkind = "occlusion"', "is not a list of tables; write [[faults]] for each"),
        ('[[faults]]\nkind = "occlusion"\nfoo = 2', "foo: unknown key"),
    ],
)  # fmt: skip
def test_a_bad_plant_file_starts_nothing(
    pumpbench: Command, program: Path, tmp_path: Path, text: str, said: str
) -> None:
    plant, db = tmp_path / "plant.toml", tmp_path / "new.sqlite"
    plant.write_text(text + "\n")
    done = pumpbench("run", program, "--port", "virtual", "--plant", plant, "--db", db)
    assert (done.code, done.out, db.exists()) == (2, "", False)
    assert said in done.err
    assert done.err.startswith(f"pumpbench: {plant}: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "0", "--format", "csv", "--out", "x"], '"0" is not a whole number from 1'),
        (["export", "one", "--format", "csv", "--out", "x"], '"one" is not a whole number from 1'),
        (["tube", "fit", "-3"], "No such option: -3"),
        (["tube", "new", "silicone", "--hours", "nan"], '"nan" is not a number from 0'),
        (["tube", "new", "silicone", "--revolutions", "-1"], '"-1" is not a number from 0'),
        (["jog", "--volume", "1 mL", "--reservoir", "4"], '"4" is not a whole number from 0 to 3'),
        (["reservoir", "refill", "9", "--residual", "1 mL", "--contents", "2 mL"], "from 0 to 3"),
        (["reservoir", "refill", "0", "--residual", "-1 mL", "--contents", "2 mL"], "is negative"),
        (["reservoir", "refill", "0", "--residual", "1 mL", "--contents", "9000 L"], "at most 1000 mL"),
        (["bolus", "--volume", "900 L", "--rate", "1 mL/h"], '--volume "900 L" is more than any board takes'),
        (["bolus", "--volume", "1 mL", "--rate", "1e9 mL/h"], "at most 1020 mL/h is allowed"),
        (["virtual", "--truth-rate", "0"], '"0" is not a number from 0.001 to 1000'),
        (["virtual", "--truth", "/"], "is a folder"),
        (["run", "x.toml", "--format", "csv"], "No such option: --format"),
    ],
)  # fmt: skip
def test_a_number_out_of_range_is_told_with_what_is_allowed(
    pumpbench: Command, arguments: list[str], said: str
) -> None:
    done = pumpbench(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_options_of_a_virtual_board_are_refused_before_a_pump_is_looked_for(
    pumpbench: Command, program: Path
) -> None:
    assert "--seed is for a virtual board" in pumpbench("run", program, "--seed", "1").err


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "is a folder, not a database file"),
        (lambda path: path.write_text("name = 1\n" * 100), "is not a pumpbench database"),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE a (b)").close(), "of another program"),
        (lambda path: None, "there is no database"),
    ],
)
def test_a_file_that_is_no_database_is_told_and_left_alone(
    pumpbench: Command, tmp_path: Path, make: "object", said: str
) -> None:
    path = tmp_path / "lab.sqlite"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else None
    for command in (["runs"], ["tube", "list"], ["audit", "verify"]):
        done = pumpbench(*command, "--db", path)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_database_of_a_newer_pumpbench_is_not_touched(pumpbench: Command, tmp_path: Path) -> None:
    path = tmp_path / "lab.sqlite"
    assert pumpbench("tube", "new", "silicone", "--db", path).code == 0
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 999")
    for command in (["runs"], ["tube", "new", "silicone"]):
        done = pumpbench(*command, "--db", path)
        assert done.code == 2
        assert "was written by a newer pumpbench" in done.err


def test_a_tampered_audit_trail_is_told_with_its_entry(pumpbench: Command, tmp_path: Path) -> None:
    path = tmp_path / "lab.sqlite"
    for kind in ("silicone", "Tygon"):
        assert pumpbench("tube", "new", kind, "--db", path).code == 0
    with sqlite3.connect(path) as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(audit)")]
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        assert "who" in names
        database.execute("UPDATE audit SET who = 'nobody' WHERE rowid = 1")
    done = pumpbench("audit", "verify", "--db", path, "--json")
    assert (done.code, done.json["whole"], done.json["number"]) == (2, False, 1)
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("kind", ["", "  ", "a\nb", "x" * 300])
def test_a_tube_set_is_called_by_one_printable_line(pumpbench: Command, tmp_path: Path, kind: str) -> None:
    done = pumpbench("tube", "new", kind, "--db", tmp_path / "lab.sqlite")
    assert (done.code, done.out) == (2, "")
    assert "a tube set" in done.err


@pytest.mark.parametrize("option", [("--speed", "max"), ("--interpreter", "cpython"), ("--seed", "1")])
def test_an_option_of_a_virtual_board_is_refused_where_none_is_started(
    pumpbench: Command, program: Path, tmp_path: Path, option: tuple[str, str]
) -> None:
    trial = folder() / "trials" / "general-5ml-h.toml"
    for command in (
        ("run", program, "--db", tmp_path / "db"),
        ("trial", "run", trial, "--out", tmp_path / "x"),
    ):
        done = pumpbench(*command, "--port", "socket://127.0.0.1:1", *option)
        assert (done.code, done.out, done.err) == (
            2,
            "",
            f"pumpbench: {option[0]} is for a virtual board that this command starts: --port virtual\n",
        )
