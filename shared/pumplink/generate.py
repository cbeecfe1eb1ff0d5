"""``python -m pumplink.generate`` writes all that comes from the table: layouts.py and docs/protocol.md."""

from pathlib import Path

from pumplink.compact import layouts_source
from pumplink.protocol_page import page

HERE = Path(__file__).resolve().parent
GENERATED = (
    (HERE / "layouts.py", layouts_source),
    (HERE.parents[1] / "docs" / "protocol.md", page),
)


def main() -> None:
    """Write every generated file."""
    for path, source in GENERATED:
        path.parent.mkdir(exist_ok=True)
        path.write_text(source(), encoding="utf-8")


if __name__ == "__main__":
    main()
