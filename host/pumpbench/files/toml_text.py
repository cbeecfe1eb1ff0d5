"""Tables as the text of a TOML file, in the way that people write one: a key a line, ``[[lists]]`` of tables.

The writers at hand put short lists of tables into one line, which nobody would go on editing by hand.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

HEADING = "# Written by pumpbench. Bench and laboratory use only, never on a patient."


def text_of(tables: Mapping[str, Any]) -> str:
    """Return the text that reads back as ``tables``: texts, whole numbers, lists of them, in tables one deep.

    Empty lists of tables are left out.
    """
    return "\n".join([HEADING + "\n", *_blocks(tables)])


def _blocks(tables: Mapping[str, Any]) -> Iterator[str]:
    for name, content in tables.items():
        many = isinstance(content, list)
        for table in content if many else [content]:
            heading = f"[[{name}]]" if many else f"[{name}]"
            lines = [f"{key} = {_value(value)}" for key, value in table.items()]
            yield "\n".join([heading, *lines, ""])


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    # JSON's texts and whole numbers are TOML's, but for one character that TOML wants to see escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
