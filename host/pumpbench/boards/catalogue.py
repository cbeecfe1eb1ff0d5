"""The project's own boards, and those that a person names by a file."""

from pathlib import Path

from pumpbench.boards import checks
from pumpbench.files.board import Board, folder
from pumpbench.files.errors import CannotRead


def names() -> list[str]:
    """Return the names of the project's own boards."""
    return sorted(path.stem for path in folder().glob("*.toml"))


def path_of(name_or_path: str) -> Path:
    """Return the file of one of the project's boards, or the file that is named. Raises `CannotRead`."""
    if name_or_path in names():
        return folder() / f"{name_or_path}.toml"
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.exists():
        return path
    allowed = ", ".join(names())
    raise CannotRead(name_or_path, f"is neither a board nor a file that ends in .toml; boards are {allowed}")


def board(name_or_path: str) -> Board:
    """Return a board that fits its chip. Raises `FileError` with every fault."""
    return checks.check(path_of(name_or_path))
