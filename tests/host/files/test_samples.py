"""CSV files of a balance's readings: what is read, and what is said of the rest."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.files import samples
from pumpbench.files.errors import CannotRead, FileError

HEAD = "time_s,mass_g\n"


def said(text: str | bytes) -> str:
    with pytest.raises(FileError) as caught:
        samples.parse(text if isinstance(text, bytes) else text.encode(), "x.csv")
    return str(caught.value)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_what_was_written_is_read_to_the_last_bit(masses: list[float]) -> None:
    text = HEAD + "".join(f"{10 * tick},{mass!r}\n" for tick, mass in enumerate(masses))
    series = samples.parse(text.encode(), "x.csv")
    assert series.mass_g.tolist() == masses
    assert series.line.tolist() == list(range(2, 2 + len(masses)))


@pytest.mark.parametrize(
    "text",
    [
        'note,time_s,mass_g\n"a, b",0,1\nc,1,2\n',
        "\ufefftime_s,mass_g\r\n0,1\r\n1,2\r\n",
        "mass_g,stable,time_s\n1,yes,0\n2,no,1\n",
        "time_s, mass_g\n\n0, 1\n\n1, 2\n\n",
        'time_s,mass_g\n"0","1"\n"1","2"\n',
        "time_s,mass_g\n0,1\n1,2",
    ],
)
def test_spellings_that_mean_the_same(text: str) -> None:
    series = samples.parse(text.encode(), "x.csv")
    assert (series.time_s.tolist(), series.mass_g.tolist()) == ([0, 1], [1, 2])


def test_lines_are_those_of_the_file_though_some_are_empty() -> None:
    series = samples.parse(b"\ntime_s,mass_g\n0,1\n\n1,2\n1,2\n", "x.csv")
    assert (series.line.tolist(), series.repeated) == ([3, 5], (6,))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "x.csv: is empty; its first line is to be time_s,mass_g"),
        (HEAD, "x.csv: line 1: no reading follows; at least two are needed"),
        (HEAD + "0,1\n", "x.csv: line 2, column mass_g: the series ends here; at least two readings"),
        ("time_ms,mass_g\n0,1\n1,2\n", "x.csv: line 1: no column time_s; one is needed, and there are time"),
        ("time_s,mass_g,mass_g\n0,1,1\n", "x.csv: line 1: 2 columns mass_g; one is needed"),
        ("time_s;mass_g\n0;1\n", "x.csv: line 1: columns are parted by semicolons; commas are wanted"),
        ("time_s\tmass_g\n0\t1\n", "x.csv: line 1: columns are parted by tabs"),
        ("0,1\n1,2\n", "x.csv: line 1: no column time_s"),
        (HEAD + '0,1\n30,"0,5"\n', 'x.csv: line 3, column mass_g: "0,5" has a decimal comma; write'),
        (HEAD + "0,1\n30,0,5\n", "x.csv: line 3, column 3: 3 fields stand where the first line names 2; write"),  # noqa: E501
        (HEAD + "0,1\n30\n", "x.csv: line 3, column 2: 1 field stands where the first line names 2"),
        (HEAD + "0,1\n3_0,5\n", 'x.csv: line 3, column time_s: "3_0" is no number'),
        (HEAD + "0,1\n30,\n", "x.csv: line 3, column mass_g: is empty; leave out the line"),
        (HEAD + "0,1\n30,one\n", 'x.csv: line 3, column mass_g: "one" is no number'),
        (HEAD + "0,1\n\n30,nan\n", "x.csv: line 4, column mass_g: nan is no finite number"),
        (HEAD + "0,1\ninf,2\n", "x.csv: line 3, column time_s: inf is no finite number"),
        (HEAD + "0,1\n30,2\n29,3\n", "x.csv: line 4, column time_s: 29 is before 30"),
        (HEAD + "0,1\n30,2\n30,3\n", "x.csv: line 4, column time_s: 30 is there twice, with two different"),
        (b"time_s,mass_g\n0,1\n\xff,2\n", "x.csv: line 3: is not UTF-8 text"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_line_and_column(text: str | bytes, sentence: str) -> None:
    assert said(text).startswith(sentence)


@given(st.binary(max_size=200))
def test_no_bytes_end_in_anything_but_readings_or_a_sentence(tail: bytes) -> None:
    with contextlib.suppress(FileError):
        series = samples.parse(HEAD.encode() + tail, "x.csv")
        assert (series.time_s[1:] > series.time_s[:-1]).all()


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="there is no such file"):
        samples.load(tmp_path / "none.csv")
    with pytest.raises(CannotRead, match="is a folder"):
        samples.load(tmp_path)
