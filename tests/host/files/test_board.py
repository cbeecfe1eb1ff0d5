"""Board files: the project's own are sound, and a virtual board goes by its file."""

from pathlib import Path

import pytest

from pumpbench.files import board
from pumpbench.files.errors import FileError
from pumpbench.virtual.options import board_numbers
from pumpbench.virtual.plant import defaults

OURS = Path(__file__).resolve().parents[3] / "boards"


@pytest.mark.parametrize("path", sorted(OURS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_board_of_the_project_is_sound_and_called_as_its_file(path: Path) -> None:
    assert board.load(path).board.name == path.stem


def test_a_virtual_board_has_the_numbers_of_its_file_and_the_steps_of_its_model() -> None:
    plant = defaults.complete({"pump": {"steps_per_rev": 400, "microsteps": 32}})
    assert board_numbers(plant) == board.named("virtual").numbers() | {"steps_per_rev": 12_800}


def test_a_limit_without_a_unit_is_named(tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text((OURS / "virtual.toml").read_text().replace('"69 kPa"', '"69"'))
    with pytest.raises(FileError, match=r"\[limits\] pressure"):
        board.load(file)
