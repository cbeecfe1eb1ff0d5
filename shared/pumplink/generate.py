"""``python -m pumplink.generate`` writes all that comes from the tables: layouts.py, docs/protocol.md and
docs/alarms.md."""

from pathlib import Path

from pumplink import alarms_page, protocol_page
from pumplink.compact import layouts_source

HERE = Path(__file__).resolve().parent
GENERATED = (
    (HERE / "layouts.py", layouts_source),
    (HERE.parents[1] / "docs" / "protocol.md", protocol_page.page),
    (HERE.parents[1] / "docs" / "alarms.md", alarms_page.page),
)


def main() -> None:
    """Write every generated file."""
    for path, source in GENERATED:
        path.parent.mkdir(exist_ok=True)
        path.write_text(source(), encoding="utf-8")


if __name__ == "__main__":
    main()
