"""``python -m pumplink.generate`` writes all that comes from the table: layouts.py and docs/protocol.md."""

from pathlib import Path

from pumplink.compact import layouts_source

HERE = Path(__file__).parent
GENERATED = ((HERE / "layouts.py", layouts_source),)


def main() -> None:
    """Write every generated file."""
    for path, source in GENERATED:
        path.write_text(source(), encoding="utf-8")


if __name__ == "__main__":
    main()
