"""The virtual environment in ``build/venv``, with pumpbench in it (editable) and its pinned packages."""

import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path

from set_up.shell import BUILD, ROOT, SetUpError, install_system_packages, run, say

VENV = BUILD / "venv"
_STAMP = BUILD / "set-up"
_CONSTRAINTS = ROOT / "constraints.txt"
_LEAST_PYTHON = (3, 11)
STUBS = ("rp2", "esp32", "stdlib")  # MicroPython's types, for the checks of the hardware layers


def program(name: str) -> Path:
    """Return where a program of the environment is."""
    return VENV / (f"Scripts/{name}.exe" if os.name == "nt" else f"bin/{name}")


def make_environment() -> None:
    """Create the environment, unless it is there and nothing that it is made from has changed."""
    parts = [_CONSTRAINTS.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    parts.append(f"{sys.version} {ROOT}".encode())
    wanted = hashlib.sha256(b"\0".join(parts)).hexdigest()
    if _STAMP.exists() and _STAMP.read_text() == wanted and program("python").exists():
        return
    if sys.version_info < _LEAST_PYTHON:
        needed = ".".join(map(str, _LEAST_PYTHON))
        raise SetUpError(f"python3 is {platform.python_version()}, pumpbench needs {needed} or later")
    probe = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    if probe.returncode:
        install_system_packages("python3-venv")
    say("making the virtual environment in build/venv")
    run(sys.executable, "-m", "venv", "--clear", str(VENV))
    say("installing the pinned Python packages")
    pip("--editable", f"{ROOT}[dev,gui,export,dask,bench]")
    pip("--no-deps", "adafruit-circuitpython-typing")
    for port in STUBS:  # a folder each: they have the same modules
        pip("--no-deps", "--upgrade", "--target", str(BUILD / "stubs" / port), f"micropython-{port}-stubs")
    _STAMP.write_text(wanted)


def pip(*what: str) -> None:
    """Install pinned packages into the environment."""
    # PIP_CONSTRAINT, unlike -c, also pins what builds the packages.
    pinned = {"PIP_CONSTRAINT": str(_CONSTRAINTS)}
    quietly = ("--disable-pip-version-check", "--quiet")
    run(str(program("python")), "-m", "pip", *quietly, "install", *what, environment=pinned)
