"""Put the tables of keys and faults into ``docs/plant.md``.

Run as ``python -m pumpbench.virtual.plant_docs`` in a checkout. The text around the tables is
written by hand.
"""

from pathlib import Path

from .plant.defaults import BOOLEAN, CHOICE, FAULT_KEYS, FAULT_KINDS, KEYS

PLACE = Path("docs/plant.md")
BEGIN = "<!-- tables: written by python -m pumpbench.virtual.plant_docs from defaults.py; do not edit -->\n"
END = "<!-- end of tables -->\n"


def tables() -> str:
    """Return both tables as Markdown."""
    keys: list[tuple[str, ...]] = [("key", "default", "allowed", "unit", "meaning"), ("---",) * 5]
    for section, key, kind, default, low, high, unit, meaning in KEYS:
        if kind == CHOICE:
            allowed = ", ".join(f'"{word}"' for word in low)
        else:
            allowed = "true, false" if kind == BOOLEAN else f"{low:g} to {high:g}"
        shown = (
            str(default).lower() if kind == BOOLEAN else f'"{default}"' if kind == CHOICE else str(default)
        )
        keys.append((f"`{section}.{key}`", shown, allowed, unit, meaning))
    for key, default, low, high, unit, meaning in FAULT_KEYS:
        shown = "none" if default is None else str(default)
        keys.append((f"`faults.{key}`", shown, f"{low:g} to {high:g}", unit, meaning))
    kinds: list[tuple[str, ...]] = [
        ("kind", "value's default", "allowed", "unit", "what it does"),
        ("---",) * 5,
    ]
    for kind, default, low, high, unit, meaning in FAULT_KINDS:
        kinds.append((f"`{kind}`", f"{default:g}", f"{low:g} to {high:g}", unit, meaning))
    return _table(keys) + "\n" + _table(kinds)


def page(text: str) -> str:
    """Return the page's text with its tables made new."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + "\n" + tables() + "\n" + END + rest.partition(END)[2]


def _table(rows: "list[tuple[str, ...]]") -> str:
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


if __name__ == "__main__":
    PLACE.write_text(page(PLACE.read_text(encoding="utf-8")), encoding="utf-8")
