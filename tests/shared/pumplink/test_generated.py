from pathlib import Path

import pytest

from pumplink import compact, generate, messages


@pytest.mark.parametrize("path", [path for path, _source in generate.GENERATED], ids=lambda path: path.name)
def test_generated_files_are_fresh(path: Path) -> None:
    source = dict(generate.GENERATED)[path]
    assert path.read_text(encoding="utf-8") == source(), "stale: run `python -m pumplink.generate` and commit"


OTHER_FIELDS = (
    ("rate_ul_h", "i", "nL/h", 1, 1000),
    ("rate_nl_h", "I", "nL/h", 1, 1000),
    ("rate_nl_h", "i", "uL/h", 1, 1000),
    ("rate_nl_h", "i", "nL/h", 0, 1000),
    ("rate_nl_h", "i", "nL/h", 1, 1001),
)


def test_the_schema_hash_sees_every_part_of_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    for field in (("rate_nl_h", "i", "nL/h", 1, 1000), *OTHER_FIELDS):
        monkeypatch.setattr(messages, "MESSAGES", ((0x22, "bolus", messages.COMMAND, (field,)),))
        seen.add(compact.schema_hash())
    assert len(seen) == 1 + len(OTHER_FIELDS)


def test_the_page_leaves_no_gap_and_names_every_message() -> None:
    page = (Path(generate.__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert "@" not in page
    for _number, name, *_ in messages.MESSAGES:
        assert f"\n### {name}\n" in page
