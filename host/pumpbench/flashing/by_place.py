"""``readings.state`` becomes ``readings[19]``: what ``pumpfw/readings.py`` calls by name is a word of one
array. A chip needs neither the names nor a table of them, 11 kB of its memory, nor the time to look one up.

Lines stay where they are, but in ``pumpfw/readings.py`` itself, of which only the array is left.
"""

import ast

from pumpbench.flashing.errors import FirmwareSourceError

_NAMED = "pumpfw/readings.py"
_HOLDERS = ("readings", "_readings")  # so the array is called everywhere, which is what it is known by
_ARRAY_ALONE = """from array import array


def new_cells():
    return array("i", [0] * {words})


def Readings(cells):
    return cells
"""


def by_place(sources: dict[str, str]) -> dict[str, str]:
    """Return `sources` (text by path) with places for the names of readings.

    Raises:
        FirmwareSourceError: a reading has no such name, or the readings go by another one.
    """
    if _NAMED not in sources:
        return sources
    places, words = _table(sources[_NAMED])
    placed = {path: _placed(text, path, places) for path, text in sources.items()}
    return placed | {_NAMED: _ARRAY_ALONE.format(words=words)}


def _table(source: str) -> tuple[dict[str, int], int]:
    """The place of each name, and how many words there are."""
    given = {
        node.targets[0].id: node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    blocks = ast.literal_eval(given["PLACES"])
    places = {name: first + index for first, names in blocks for index, name in enumerate(names)}
    return places, ast.literal_eval(given["WORDS"])


def _placed(source: str, path: str, places: dict[str, int]) -> str:
    lines = [line.encode() for line in source.splitlines()]  # the tree counts columns in bytes
    found: list[tuple[int, int, int, int]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and _is_readings(node.value):
            if node.attr not in places:
                raise FirmwareSourceError(f"{path}:{node.lineno}: no reading is called {node.attr}")
            row, start, end = node.end_lineno or 0, node.value.end_col_offset or 0, node.end_col_offset or 0
            found.append((row - 1, start, end, places[node.attr]))
        elif isinstance(node, ast.Assign) and _is_renamed(node):
            raise FirmwareSourceError(f"{path}:{node.lineno}: readings under another name would not be known")
    for row, start, end, place in sorted(found, reverse=True):
        lines[row] = lines[row][:start] + b"[%d]" % place + lines[row][end:]
    return b"\n".join(lines).decode() + "\n"


def _is_readings(node: ast.expr) -> bool:
    return (node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")) in _HOLDERS


def _is_renamed(node: ast.Assign) -> bool:
    pairs = [(target, node.value) for target in node.targets]
    for target, value in pairs:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs += zip(target.elts, value.elts, strict=True)
        elif _is_readings(value) and not _is_readings(target):
            return True
    return False
