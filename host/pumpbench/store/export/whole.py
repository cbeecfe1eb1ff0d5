"""Files that appear under their name only when they are whole."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A place beside ``out`` to write to; it becomes ``out`` at the end, or is taken away after an error."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(out)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
