"""Runs as files for other programs: CSV, Parquet, MCAP."""

import hashlib
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pumpbench.store.errors import ExportError, MissingExtraError
from pumpbench.store.export.about import about
from pumpbench.store.export.stream import Stream

if TYPE_CHECKING:
    from pumpbench.store.store import Store

_MODULES = {"csv": "csv_", "parquet": "parquet", "mcap": "mcap_"}
FORMATS = tuple(_MODULES)


def export_run(
    store: "Store", run_id: int, form: str, out: Path, progress: Callable[[int, int], None] | None = None
) -> list[Path]:
    """Write a run as a file (CSV: with two more beside it) and note it in the audit trail; returns the files.

    The files appear under their names only when they are whole. Raises ExportError (MissingExtraError).
    """
    if form not in FORMATS:
        raise ExportError(f"there is no export format {form!r}: choose {', '.join(FORMATS)}")
    if out.is_dir():
        raise ExportError(f"{out} is a folder: name a file to export to")
    if not out.parent.is_dir():
        raise ExportError(f"there is no folder {out.parent} to export to")
    writer = _writer(form)
    stream = Stream(store, run_id, progress)
    described = about(store, run_id, stream.gaps)
    try:
        files: list[Path] = writer.write(store, run_id, stream, described, out)
    except OSError as error:
        raise ExportError(f"{out} cannot be written: {error.strerror or error}") from error
    if not store.read_only:
        sums = {file.name: _sha256(file) for file in files}
        store.audit.append("run exported", f"run {run_id}", {"format": form, "out": str(out), "sha256": sums})
    return files


def _writer(form: str) -> Any:
    """The format's module, which needs its library only when it is used."""
    try:
        return importlib.import_module(f"pumpbench.store.export.{_MODULES[form]}")
    except ModuleNotFoundError as error:
        library = str(error.name).partition(".")[0]
        raise MissingExtraError(
            f"export to {form} needs {library}: pip install 'pumpbench[export]'"
        ) from error


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
