"""Options that several commands share; numbers and quantities on the command line."""

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from pumpbench.cli.device import VIRTUAL
from pumpbench.cli.exits import UsageError
from pumpbench.units import Kind, UnitError
from pumplink.numbers import MAX_RESERVOIRS

MAX_WHOLE = (1 << 31) - 1
_WHOLE = re.compile(r"[0-9]{1,18}")
USUAL_SPEED = "1"
USUAL_INTERPRETER = "auto"
LAST_RESERVOIR = MAX_RESERVOIRS - 1


def whole(low: int, high: int = MAX_WHOLE) -> Callable[[str | int], int]:
    """Return what reads a whole number from ``low`` to ``high``."""

    def read(given: str | int) -> int:
        text = str(given)  # typer hands the default over too, which is no text
        if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
            raise typer.BadParameter(f'"{text}" is not a whole number from {low} to {high}')
        return int(text)

    return read


def number(low: float, high: float) -> Callable[[str | float], float]:
    """Return what reads a number from ``low`` to ``high``."""

    def read(given: str | float) -> float:
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise typer.BadParameter(f'"{given}" is not a number from {low:g} to {high:g}')
        return value

    return read


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
Reservoir = Annotated[
    int,
    typer.Option(
        "--reservoir", parser=whole(0, LAST_RESERVOIR), metavar="0..3", help="the board's reservoir"
    ),
]


def _seed(whose: str = "") -> Any:
    return typer.Option(parser=whole(0, (1 << 32) - 1), metavar="N", help=f"of everything random{whose}")


def _plant(whose: str = "") -> Any:
    return typer.Option(metavar="FILE", help=f"physical model, TOML{whose}")


def _truth(whose: str = "") -> Any:
    return typer.Option(metavar="FILE", help=f"CSV of what really happened{whose}")


def _speed(whose: str = "") -> Any:
    return typer.Option(metavar="1|N|max", help=f"virtual seconds a wall second{whose}")


def _interpreter(whose: str = "") -> Any:
    return typer.Option(metavar="auto|micropython|cpython", help=f"what runs the firmware{whose}")


# Of a command that takes any board, and starts a virtual one for `--port virtual`.
_VIRTUAL_ONLY = " (virtual board only)"
Speed = Annotated[str, _speed(_VIRTUAL_ONLY)]
Seed = Annotated[int | None, _seed(_VIRTUAL_ONLY)]
Plant = Annotated[Path | None, _plant(_VIRTUAL_ONLY)]
Truth = Annotated[Path | None, _truth(_VIRTUAL_ONLY)]
Interpreter = Annotated[str, _interpreter(_VIRTUAL_ONLY)]

# Of a command that serves a board.
OwnSpeed = Annotated[str, _speed()]
OwnSeed = Annotated[int | None, _seed()]
OwnPlant = Annotated[Path | None, _plant()]
OwnTruth = Annotated[Path | None, _truth()]
OwnInterpreter = Annotated[str, _interpreter()]
JsonFirst = Annotated[bool, typer.Option("--json", help="changes nothing: the first line is JSON anyway")]


class VirtualFields(TypedDict):
    """What a job is told of the virtual board that it starts."""

    speed: float | str
    seed: int | None
    plant: Path | None
    truth: Path | None
    interpreter: str


def virtual_fields(
    port: str | None, speed: str, seed: int | None, plant: Path | None, truth: Path | None, interpreter: str
) -> VirtualFields:
    """Return these options, checked. Raises `BadOption`, and `UsageError` for one that is given although no
    virtual board is started.
    """
    from pumpbench.virtual.options import parse_speed

    fields = VirtualFields(
        speed=parse_speed(speed), seed=seed, plant=plant, truth=truth, interpreter=interpreter
    )
    if port != VIRTUAL:
        refuse_virtual_options(
            {
                "--speed": None if speed == USUAL_SPEED else speed,
                "--seed": seed,
                "--plant": plant,
                "--truth": truth,
                "--interpreter": None if interpreter == USUAL_INTERPRETER else interpreter,
            }
        )
    return fields


def refuse_virtual_options(given: Mapping[str, object]) -> None:
    """Raise `UsageError` for an option, by name, that is given although no virtual board is started."""
    for option, value in given.items():
        if value is not None:
            raise UsageError(f"{option} is for a virtual board that this command starts: --port virtual")


def quantity(kind: Kind, text: str, option: str, high: int, *, may_be_0: bool = False) -> int:
    """Return what an option says in base units, at most ``high``. Raises `UsageError`."""
    try:
        value = kind.parse(text)
    except UnitError as error:
        raise UsageError(f'{option} "{text}" {error}') from None
    if value == 0 and not may_be_0:
        raise UsageError(f'{option} "{text}" is nothing; more than 0 is needed, like {kind.example}')
    if value > high:
        raise UsageError(
            f'{option} "{text}" is more than any board takes; at most {kind.format(high)} is allowed'
        )
    return value
