"""The process that a virtual board is: ``micropython child.py CONFIG.json MAIN.py``, or with CPython.

It ends when its parent says so or is gone.
"""

import gc
import json
import sys

_MICROPYTHON = sys.implementation.name == "micropython"
if _MICROPYTHON:
    gc.threshold(4096)  # type: ignore[attr-defined]  # what compiling leaves behind must not scatter the heap

# The largest modules first: compiling takes several times the memory of the result.
from plant.plant import Plant  # type: ignore[import-not-found]  # noqa: E402  # isort: skip
from plant.faults import KINDS  # type: ignore[import-not-found]  # noqa: E402  # isort: skip
from fakes.power import Shutdown  # noqa: E402  # isort: skip
from fakes.supply import Supply  # noqa: E402  # isort: skip


def main(config_path: str, main_path: str) -> None:
    """Be a board until the parent has gone or says so."""
    with open(config_path) as file:
        config = json.load(file)
    supply = Supply(config, Plant(config["plant"]), KINDS, main_path)
    del config
    if _MICROPYTHON:
        gc.threshold(-1)  # type: ignore[attr-defined]
    try:  # noqa: SIM105 (MicroPython has no contextlib)
        supply.live()
    except Shutdown:
        pass


main(sys.argv[1], sys.argv[2])
