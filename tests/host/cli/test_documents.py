"""Command lines that the documents print: each has the commands, arguments and options that it names."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from pumpbench.cli.app import app

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
COMMAND = "pumpbench "


def code(document: Path) -> Iterator[str]:
    """The lines of a document's fenced and indented code."""
    fenced = False
    for line in document.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line.strip()


PRINTED = [
    pytest.param(line, id=f"{document.name}: {line.partition('#')[0].strip()}")
    for document in DOCUMENTS
    for line in code(document)
    if line.startswith(COMMAND)
]


def check(line: str) -> None:
    """Raise an error where the line has no command, lacks an argument or has an unknown option."""
    command = typer.main.get_command(app)
    arguments = shlex.split(line.removeprefix(COMMAND), comments=True)
    while isinstance(command, TyperGroup):
        name, *arguments = arguments
        command = command.commands[name]
    command.make_context("pumpbench", arguments)


@pytest.mark.parametrize("line", PRINTED)
def test_a_command_line_of_the_documents_is_one(line: str) -> None:
    check(line)


@pytest.mark.parametrize("line", ["pumpbench calibrate run", "pumpbench runs --frob", "pumpbench look"])
def test_one_that_is_none_would_be_seen(line: str) -> None:
    with pytest.raises((typer.exceptions.TyperException, KeyError)):
        check(line)
