"""The written account of the model."""

from pathlib import Path

from pumpbench.virtual import plant, plant_docs

PAGE = Path(__file__).parents[4] / plant_docs.PLACE


def test_the_tables_are_those_of_the_model() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert plant_docs.page(text) == text, "stale: run `make docs`"


def test_every_part_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")
    parts = {path.name for path in Path(plant.__file__).parent.glob("*.py")}
    without_physics = {"__init__.py", "defaults.py", "plant.py", "truth.py"}
    assert all(f"`{part}`" in text for part in parts - without_physics)
