"""What can be wrong with a file that a person wrote.

FileError          one or more faults in one file; its text is one sentence for a person
+-- CannotRead     the file is missing, no text, or no TOML
+-- CannotWrite    a new file cannot be made where it was asked for

"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (``[[segments]] 2, rate``), the value as written, and why."""

    place: str
    value: str
    why: str

    def __str__(self) -> str:
        """Return the fault without the file's name."""
        shown = f"{self.place} = {self.value}" if self.value else self.place
        return f"{shown}: {self.why}" if shown else self.why


class FileError(Exception):
    """A file does not hold what it should; ``str()`` names file, key, value and what is allowed."""

    def __init__(self, path: Path | str, faults: list[Fault]) -> None:
        self.path = str(path)
        self.faults = faults
        more = len(faults) - 1
        tail = f" (and {more} more fault{'s' if more > 1 else ''})" if more else ""
        super().__init__(f"{self.path}: {faults[0]}{tail}")


class CannotRead(FileError):  # noqa: N818
    """The file is missing, not readable, not UTF-8, or not TOML (the sentence gives line and column)."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(path, [Fault("", "", why)])


class CannotWrite(FileError):  # noqa: N818
    """A file cannot be made: it is there already, or the folder is missing or closed."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(path, [Fault("", "", why)])
