"""Run a script in the real MicroPython that ``make test`` sets up."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "shared"
DEVICE = ROOT / "device"
VIRTUAL = ROOT / "host" / "pumpbench" / "virtual"
FAKES = VIRTUAL / "fakes"
STAND_INS = VIRTUAL / "cpython"  # MicroPython's own modules, for CPython


class MicroPythonMissingError(AssertionError):
    """There is no MicroPython on PATH or in ``build/``: the test fails, because ``make test`` sets one up."""


def micropython_command() -> str:
    """The interpreter to run: the one on PATH, else the one that ``make`` put under ``build/``."""
    built = ROOT / "build" / "micropython" / "micropython"
    found = shutil.which("micropython") or (str(built) if built.exists() else None)
    if found is None:
        raise MicroPythonMissingError("no micropython on PATH or under build/: `make test` sets one up")
    return found


def run_micropython(
    source: Path | str,
    *args: str,
    path: Sequence[Path | str] = (SHARED,),
    heapsize: str | None = None,
    native: bool = False,
    stdin: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `source`, a script's path or its text, and return what it printed.

    `path` becomes the module search path, before the frozen modules; `heapsize` is as for ``-X heapsize=``
    ("160k"); `native` compiles everything to machine code. The exit code is not checked.
    """
    options = (["-X", f"heapsize={heapsize}"] if heapsize else []) + (["-X", "emit=native"] if native else [])
    environment = os.environ | {"MICROPYPATH": ":".join(str(folder) for folder in path) + ":.frozen"}
    with tempfile.TemporaryDirectory() as scratch:
        script = source if isinstance(source, Path) else Path(scratch, "script.py")
        if isinstance(source, str):
            script.write_text(source)
        command = [micropython_command(), *options, str(script), *args]
        return subprocess.run(
            command, capture_output=True, text=True, input=stdin, env=environment, check=False
        )
