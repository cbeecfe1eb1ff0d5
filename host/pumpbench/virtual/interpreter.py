"""Which interpreter runs the firmware of a virtual board, and where the firmware's files are."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from pumpbench.virtual.errors import BadOption, NoInterpreter

KINDS = ("auto", "micropython", "cpython")

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parents[2]
_INSTALLED = _HERE.parent / "_files"
_HEAPSIZE = re.compile(r"(\d+)(w?)([km])", re.ASCII | re.IGNORECASE)
_UNITS = {"k": 1 << 10, "m": 1 << 20}
_WORDS = 2 if sys.maxsize > 1 << 32 else 1  # how wide a word of this machine is beside a chip's


@dataclass(frozen=True)
class Interpreter:
    """An interpreter: its `name` (``micropython`` or ``cpython``) and the command that starts it."""

    name: str
    command: tuple[str, ...]


def find(kind: str, heapsize: str) -> Interpreter:
    """Return the interpreter to use; `heapsize` (``160k``, ``160wk``, ``2M``) limits MicroPython's heap.

    Raises:
        NoInterpreter: `kind` is ``micropython`` and there is none.
        BadOption: `kind` or `heapsize` is not one of those allowed.
    """
    if kind not in KINDS:
        raise BadOption(f"interpreter is {kind!r}, allowed are {', '.join(KINDS)}")
    heap_bytes(heapsize)
    cpython = Interpreter("cpython", (sys.executable,))
    if kind == "cpython":
        return cpython
    path = _micropython()
    if path is not None:
        return Interpreter("micropython", (path, "-X", "emit=native", "-X", f"heapsize={heapsize}"))
    if kind == "micropython":
        raise NoInterpreter("there is no micropython on PATH or under build/: `make run` sets one up")
    return cpython


def heap_bytes(heapsize: str) -> int:
    """Return the size that ``160k`` or ``2M`` stands for, or ``160wk``: 160 kB where a word has 32 bits,
    twice that where it has 64, as MicroPython reckons it.

    Raises:
        BadOption: it is written otherwise.
    """
    match = _HEAPSIZE.fullmatch(heapsize)
    if match is None:
        raise BadOption(
            f"heap size is {heapsize!r}, allowed is a whole number with k or M (such as 400k), "
            "or with wk or wM, counted in a chip's words (160wk)"
        )
    number, words, unit = match.groups()
    return int(number) * _UNITS[unit.lower()] * (_WORDS if words else 1)


def _micropython() -> str | None:
    on_path = shutil.which("micropython")
    if on_path is not None:
        return on_path
    built = _CHECKOUT / "build" / "micropython" / "micropython"
    return str(built) if built.exists() else None


def firmware_main() -> Path:
    """Return the firmware's ``main.py``: the checkout's, or the one that is installed with this package."""
    return _files("device") / "main.py"


def child_main() -> Path:
    """Return the script that is the board's process."""
    return _HERE / "fakes" / "child.py"


def module_path(firmware: Path) -> str:
    """Return the board's module search path for a firmware's folder, as an environment variable's value."""
    folders = (_HERE / "fakes", _HERE / "cpython", _HERE, firmware, _files("device"), _files("shared"))
    return os.pathsep.join(str(folder) for folder in folders)


def _files(folder: str) -> Path:
    checkout = _CHECKOUT / folder
    return checkout if checkout.is_dir() else _INSTALLED / folder
