"""The firmware's source made small for a chip, before it is compiled: same statements, same lines."""

from pumpbench.flashing.by_place import by_place
from pumpbench.flashing.imports import without_idle_imports
from pumpbench.flashing.inline import inline
from pumpbench.flashing.shorten import shorten

Names = dict[str, str]


def compact(sources: dict[str, str]) -> tuple[dict[str, str], dict[str, Names]]:
    """Return `sources` (text by path, ``pumpfw/tick.py``) with places and constants for their names and short
    private names, and for each path the long name of every short one, by which a traceback can be read.

    Raises:
        FirmwareSourceError: a name is one that cannot be replaced.
    """
    paths = {module_name(path): path for path in sources}
    placed = by_place(sources)
    inlined = inline(without_idle_imports({module: placed[path] for module, path in paths.items()}))
    smaller: dict[str, str] = {}
    names: dict[str, Names] = {}
    for module, text in inlined.items():
        path = paths[module]
        smaller[path], names[path] = shorten(text, path)
    return smaller, names


def module_name(path: str) -> str:
    """Return the name that ``pumpfw/hal/__init__.py`` (or ``.mpy``) is imported by: ``pumpfw.hal``."""
    return path.rpartition(".")[0].replace("/", ".").removesuffix(".__init__")
