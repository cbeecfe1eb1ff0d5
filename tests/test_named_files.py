"""What the documents, docstrings and comments name of the repository's files is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("boards", "device", "docs", "examples", "host", "shared", "tests")
FILES = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if "__pycache__" not in file.parts]
PATHS = {"/" + file.relative_to(ROOT).as_posix() for file in FILES}
DOCUMENTS = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
PROGRAMS = [file for file in FILES if file.suffix in (".py", ".mjs", ".c") and file != Path(__file__)]

MICROPYTHON = ("py/", "extmod/", "ports/")  # its own sources, named where ours follow them

# A link to a file, a name in backticks as a program's, or a path from one of the folders.
LINK = re.compile(r"\]\(([^)#:\s]+)")
PROGRAM = re.compile(r"`([\w./-]+\.(?:py|mjs|c))`")
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]+)`")


def is_there(name: str) -> bool:
    """Whether some file or folder has this path, or one that ends so."""
    return name.startswith(MICROPYTHON) or any(path.endswith("/" + name.rstrip("/")) for path in PATHS)


def missing(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    named = [*PROGRAM.findall(text), *PATH.findall(text)]
    gone = [name for name in named if not is_there(name)]
    if file.suffix == ".md":
        gone += [name for name in LINK.findall(text) if not (file.parent / name).exists()]
    return gone


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_a_document_names_no_file_that_is_not_there(file: Path) -> None:
    assert missing(file) == []


def test_no_docstring_names_a_file_that_is_not_there() -> None:
    gone = {str(file.relative_to(ROOT)): missing(file) for file in PROGRAMS}
    assert {file: names for file, names in gone.items() if names} == {}


def test_a_name_that_is_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("See `host/pumpbench/nowhere.py`, `tests/nowhere`, [it](nowhere.md) and `docs/`.")
    assert sorted(set(missing(page))) == ["host/pumpbench/nowhere.py", "nowhere.md", "tests/nowhere"]
