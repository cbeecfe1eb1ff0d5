"""Tracebacks from a board, with the long names that its firmware was written with."""

import re

from pumpbench.flashing.compact import Names, compact, module_name
from pumpbench.flashing.compile import CHIPS
from pumpbench.flashing.sources import read

_FILE = re.compile(r'File "([^"]+)"')
_SHORT = re.compile(r"\b_[0-9a-z]+\b")


def readable(text: str, names: dict[str, Names]) -> str:
    """Return a traceback with files for modules, and the long name of each short one; `names` by file, as
    `compact` gives them."""
    files = {module_name(path): path for path in names}
    own: Names = {}
    lines = []
    for line in text.splitlines():
        found = _FILE.search(line)
        if found:
            path = files.get(found.group(1), found.group(1))
            line = line.replace(found.group(1), path)
            own = names.get(path, {})
        lines.append(_with_long_names(line, own))
    return "\n".join(lines)


def _with_long_names(line: str, names: Names) -> str:
    return _SHORT.sub(lambda match: names.get(match.group(), match.group()), line)


def names_of_every_layer() -> dict[str, Names]:
    """Return the short names of every firmware file, whatever chip it is for."""
    found: dict[str, Names] = {}
    for layer in sorted({chip.layer for chip in CHIPS.values()}):
        found |= compact(read(layer).firmware)[1]
    return found
