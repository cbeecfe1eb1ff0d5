"""Reading and writing TOML files, with errors that name file, line and column."""

import contextlib
import re
import tomllib
from pathlib import Path
from typing import Any

from pumpbench.files.errors import CannotRead, CannotWrite

MAX_BYTES = 1_000_000
_POSITION = re.compile(r"^(?P<what>.*) \(at (?P<where>.*)\)$", re.DOTALL)
_TABLE = re.compile(r"\('(?P<parts>[^()]*?)',?\)")  # as tomllib names one: a tuple of its parts


def read(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file. Raises `CannotRead`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise CannotRead(path, "there is no such file") from None
    except IsADirectoryError:
        raise CannotRead(path, "is a folder, a TOML file is wanted") from None
    except OSError as error:
        raise CannotRead(path, f"cannot be read: {error.strerror or error}") from None
    except ValueError:  # it has a zero byte
        raise CannotRead(repr(str(path)), "is no name that a file can have") from None
    return parse(data, path)


def parse(data: bytes, path: Path | str) -> dict[str, Any]:
    """Return the tables of TOML bytes; ``path`` is only named in errors."""
    if len(data) > MAX_BYTES:
        raise CannotRead(path, f"is larger than {MAX_BYTES} bytes, which no file of this kind is")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CannotRead(path, f"line {line}: is not UTF-8 text, a TOML file is wanted") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _POSITION.match(str(error))
        what, where = (match["what"], match["where"]) if match else (str(error), "end of document")
        if where == "end of document":
            lines = text.split("\n")
            where = f"line {len(lines)}, column {len(lines[-1]) + 1}"
        what = _TABLE.sub(lambda table: "[" + table["parts"].replace("', '", ".") + "]", what)
        raise CannotRead(path, f"{where}: is no valid TOML: {what[:1].lower()}{what[1:]}") from None
    except RecursionError:
        raise CannotRead(path, "is no valid TOML: nested too deeply") from None


def write_new(path: Path, text: str) -> None:
    """Write a new file, never over one that is there. Raises `CannotWrite`."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise CannotWrite(path, "is there already and is not overwritten; choose another name") from None
    except FileNotFoundError:
        if path.parent.is_dir():
            raise CannotWrite(path, "no file can be made in that folder") from None
        raise CannotWrite(path, f"there is no folder {path.parent}") from None
    except OSError as error:
        raise CannotWrite(path, f"cannot be written: {error.strerror or error}") from None


def replace(path: Path, text: str) -> None:
    """Write a file, in place of the one that is there; never half of it. Raises `CannotWrite`."""
    half = path.with_name(f".{path.name}.new")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            half.unlink()
        raise CannotWrite(path, f"cannot be written: {error.strerror or error}") from None
