"""Drug libraries: what is taken, and what is refused with which sentence."""

from pathlib import Path

import pytest

from pumpbench.files import library, toml
from pumpbench.files.checking import check
from pumpbench.files.errors import FileError
from pumpbench.files.examples import folder

GOOD = """\
[library]
name = "bench"

[[drugs]]
name = "dye"
concentrations = ["0.5 mg/mL", "1 mg/mL"]
soft_rate = "10 mL/h"
hard_rate = "60 mL/h"
hard_dose = "8.4 mg/day"

[[drugs]]
name = "water"
"""


def parse(text: str) -> library.Library:
    return check(library.Library, toml.parse(text.encode(), "drugs.toml"), "drugs.toml")


def test_a_library_is_read_in_base_units() -> None:
    dye = parse(GOOD).drug("dye")
    assert dye is not None
    assert dye.concentrations == [500_000, 1_000_000]
    assert (dye.soft_rate, dye.hard_rate, dye.hard_dose) == (10_000_000, 60_000_000, 8_400_000)
    assert dye.soft_bolus is None
    assert parse(GOOD).drug("wine") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"10 mL/h"', '"70 mL/h"', '[[drugs]] 1, soft_rate = "70 mL/h": is above hard_rate; at most 60 mL/h'),
        ('name = "water"', 'name = "dye"', '[[drugs]] 2, name = "dye": is the name of another drug too'),
        (
            '"8.4 mg/day"',
            '"8.4 mg"',
            '[[drugs]] 1, hard_dose = "8.4 mg": is a mass, but a dose rate is wanted',
        ),
        ("hard_rate", "hard_flow", "[[drugs]] 1, hard_flow: unknown key"),
        ('"0.5 mg/mL"', '"0.5"', "has no unit"),
    ],
)
def test_a_fault_is_told_with_its_place(old: str, new: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        parse(GOOD.replace(old, new))
    assert said in str(caught.value)


@pytest.mark.parametrize("path", sorted((folder() / "libraries").glob("*.toml")), ids=lambda path: path.name)
def test_an_example_library_passes_the_check(path: Path) -> None:
    assert library.load(path).drugs
