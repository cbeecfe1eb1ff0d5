"""What is written about files, and the files that are given as examples."""

from pathlib import Path

import pytest

from pumpbench.files import docs, plant, program

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"


def test_docs_files_md_is_fresh() -> None:
    assert (ROOT / docs.PLACE).read_text(encoding="utf-8") == docs.text(), "stale: run `make docs`"


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: file.name)
def test_an_example_program_passes_the_check(file: Path) -> None:
    assert program.load(file).volume_nl > 0


@pytest.mark.parametrize("file", sorted((EXAMPLES / "plants").glob("*.toml")), ids=lambda file: file.name)
def test_an_example_plant_passes_the_check(file: Path) -> None:
    assert plant.load(file)["pump"]


def test_the_fortnight_is_as_its_name_says() -> None:
    fortnight = program.load(EXAMPLES / "hai-14-days.toml")
    assert (fortnight.peak_nl_h, fortnight.duration_s, fortnight.volume_nl) == (
        50_000,
        14 * 86_400,
        16_800_000,
    )
    assert (fortnight.reservoirs[0].contents_nl, fortnight.telemetry_hz) == (30_000_000, 1)
