"""Tables written as TOML text, and files that are replaced whole."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.files import toml
from pumpbench.files.errors import CannotWrite
from pumpbench.files.toml_text import text_of

KEY = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
VALUE = st.one_of(st.text(), st.integers(-(2**53), 2**53), st.lists(st.text(max_size=5), max_size=3))
TABLE = st.dictionaries(KEY, VALUE, max_size=5)


@given(st.dictionaries(KEY, st.one_of(TABLE, st.lists(TABLE, min_size=1, max_size=3)), max_size=4))
def test_whatever_is_written_reads_back_the_same(tables: dict[str, Any]) -> None:
    assert toml.parse(text_of(tables).encode(), "x") == tables


def test_a_file_looks_as_people_write_one() -> None:
    tables = {"program": {"name": 'a "b"', "repeat": 2}, "segments": [{"kind": "pause"}, {"kind": "ramp"}]}
    assert text_of(tables).splitlines()[2:] == [
        "[program]",
        'name = "a \\"b\\""',
        "repeat = 2",
        "",
        "[[segments]]",
        'kind = "pause"',
        "",
        "[[segments]]",
        'kind = "ramp"',
    ]


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "program.toml"
    toml.replace(path, "a = 1\n")
    toml.replace(path, "a = 2\n")
    assert path.read_text(encoding="utf-8") == "a = 2\n"
    assert list(tmp_path.glob("*program*")) == [path]


def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "program.toml"
    folder.mkdir()
    (folder / "inside").touch()
    with pytest.raises(CannotWrite, match="cannot be written"):
        toml.replace(folder, "a = 1\n")
    assert list(tmp_path.glob("*program*")) == [folder]
    with pytest.raises(CannotWrite, match="cannot be written"):
        toml.replace(tmp_path / "nowhere" / "program.toml", "a = 1\n")
