"""A trial's folder: appended to, cut, read back."""

from pathlib import Path

import pytest

from pumpbench.balances import Reading
from pumpbench.trials.conduct.errors import BadFolder
from pumpbench.trials.conduct.folder import JOURNAL, READINGS, Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.begin(tmp_path / "trial", "[trial]\n", {"name": "a"})


def test_every_line_that_the_balance_said_is_kept_as_it_was(folder: Folder) -> None:
    lines = ["S S     1.0000 g", 'say "hello, there"', "\x00\x07", ""]
    for number, line in enumerate(lines):
        folder.add_reading(number, Reading("stable", 0.1 + number, "g", line))
    folder.add_reading(9, Reading("silent"))
    folder.close()
    rows = Folder.open(folder.path).readings()
    assert [row.mass_g for row in rows] == [0.1, 1.1, 2.1, 3.1, None]
    assert [row.said for row in rows] == [lines[0], lines[1], "\\x00\\x07", "", ""]
    assert [row.line for row in rows] == [2, 3, 4, 5, 6]


def test_a_line_that_was_cut_is_left_out_and_mended(folder: Folder) -> None:
    folder.add_reading(1, Reading("stable", 1.0, "g", "S S 1 g"))
    folder.note(1, "step", index=0)
    folder.close()
    for name in (READINGS, JOURNAL):
        with (folder.path / name).open("a") as file:
            file.write('{"time')
    again = Folder.open(folder.path)
    assert (len(again.readings()), len(again.journal())) == (1, 1)
    again.mend()
    again.add_reading(2, Reading("stable", 2.0, "g", ""))
    again.note(2, "step ended", index=0)
    assert (len(again.readings()), len(again.journal())) == (2, 2)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [("1,stable,2\n", "line 2: has 3 columns, not 5"), ("x,stable,2,g,\n", "line 2: time_s or mass_g is no")],
)
def test_a_line_that_is_none_is_named(folder: Folder, line: str, sentence: str) -> None:
    folder.close()
    with (folder.path / READINGS).open("a") as file:
        file.write(line)
    with pytest.raises(BadFolder, match=sentence):
        folder.readings()


def test_what_is_no_trials_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFolder, match="there is no folder"):
        Folder.open(tmp_path / "nothing")
    with pytest.raises(BadFolder, match=r"holds no trial\.json"):
        Folder.open(tmp_path)
