"""Options that several commands share, and quantities on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from pumpbench.cli.exits import UsageError
from pumpbench.units import Kind, UnitError

Port = Annotated[
    str | None,
    typer.Option(
        "--port",
        metavar="URL",
        help="serial port, pyserial URL, or virtual; the only pump found if not given",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="print one JSON object on the last line")]
Db = Annotated[
    Path | None,
    typer.Option("--db", metavar="FILE", help="the laboratory's database; the user's own if not given"),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]
Reservoir = Annotated[int, typer.Option("--reservoir", min=0, max=3, help="the board's reservoir, 0 to 3")]
Speed = Annotated[
    str, typer.Option(metavar="1|N|max", help="virtual seconds a wall second (virtual board only)")
]
Seed = Annotated[int | None, typer.Option(help="of everything random (virtual board only)")]
Plant = Annotated[Path | None, typer.Option(metavar="FILE", help="physical model, TOML (virtual board only)")]
Truth = Annotated[
    Path | None, typer.Option(metavar="FILE", help="CSV of what really happened (virtual board only)")
]
Interpreter = Annotated[
    str, typer.Option(metavar="auto|micropython|cpython", help="what runs the firmware (virtual board only)")
]


def quantity(kind: Kind, text: str, option: str) -> int:
    """Return what an option says in base units. Raises `UsageError`."""
    try:
        value = kind.parse(text)
    except UnitError as error:
        raise UsageError(f'{option} "{text}" {error}') from None
    if value <= 0:
        raise UsageError(f'{option} "{text}" is nothing; more than 0 is needed, like {kind.example}')
    return value
