"""What commands print: tables and sentences for people, one JSON object for programs."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from pumpbench.cli.exits import UsageError

if TYPE_CHECKING:
    from rich.console import Console

SIMULATED = "simulated"


def bar_console(quiet: bool) -> "Console":
    """Return where progress bars are drawn: on standard error, and only when that is a terminal."""
    from rich.console import Console

    return Console(stderr=True, quiet=quiet or not sys.stderr.isatty())


def json_line(value: Any) -> None:
    """Print one JSON object on one line, in ASCII, which every terminal and pipe takes."""
    _print(json.dumps(value, default=_plain))


def line(text: str) -> None:
    """Print a line for people."""
    _print(text)


def warn(text: str) -> None:
    """Print a sentence on standard error."""
    if sys.stderr is not None:  # it is closed: then the exit code alone tells
        print(f"pumpbench: {_typed(text, sys.stderr)}", file=sys.stderr, flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """Print a table, or the sentence ``empty`` when it has no rows."""
    if not rows:
        line(empty)
        return
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def pairs(values: dict[str, str]) -> None:
    """Print names and values, one pair a line."""
    width = max(len(name) for name in values)
    for name, value in values.items():
        line(f"{name.ljust(width)}  {value}")


def minute(wall_us: int) -> str:
    """Return a time since 1970 as local date and time, to the minute."""
    return datetime.fromtimestamp(wall_us / 1e6).isoformat(" ", "minutes")


def _print(text: str) -> None:
    if sys.stdout is None:
        return
    try:
        print(_typed(text, sys.stdout), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left goes nowhere, quietly
        raise UsageError(f"standard output cannot be written: {error.strerror}") from None


def _typed(text: str, stream: TextIO) -> str:
    """Return the text with units as they are typed, where the stream has no Greek letters."""
    try:
        "µ".encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return text.replace("µ", "u")
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
