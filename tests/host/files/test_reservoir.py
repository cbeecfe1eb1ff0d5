"""Files that hold reservoirs alone."""

from pathlib import Path

import pytest

from pumpbench.files import reservoir
from pumpbench.files.errors import FileError

ONE = '[[reservoirs]]\nid = "a"\ncapacity = "30 mL"\ncontents = "30 mL"\n'


def test_reservoirs_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text(ONE + ONE.replace('"a"', "7"))
    assert [one.id for one in reservoir.load(file)] == ["a", "7"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE + ONE, '[[reservoirs]] 2, id = "a": is the id of another reservoir too'),
        ("reservoirs = []", "[[reservoirs]]: there is none, at least 1 is needed"),
        (5 * ONE, "[[reservoirs]]: there are 5, at most 4 are allowed"),
        (ONE + "[program]\nname = 'x'\n", "unknown key"),
    ],
)
def test_a_fault_is_told_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "r.toml"
    file.write_text(text)
    with pytest.raises(FileError) as caught:
        reservoir.load(file)
    assert said in str(caught.value)
