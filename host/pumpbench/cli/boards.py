"""``boards``: which boards there are, what they need, and how they are wired."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.options import Json

app = typer.Typer(help="List, show, check and wire boards.")
NamedBoard = Annotated[str, typer.Argument(metavar="BOARD", help="a board's name, or its file")]


@app.command("list")
def list_(json: Json = False) -> None:
    """List the boards that the project knows."""
    from pumpbench.boards import catalogue
    from pumpbench.boards.drivers import DRIVERS

    boards = [catalogue.board(name) for name in catalogue.names()]
    if json:
        say.json_line({"boards": [_summary(board) for board in boards]})
        return
    rows = [
        (
            board.board.name,
            board.board.chip_name,
            DRIVERS[board.motor.driver].name if board.motor else "-",
            board.board.description,
        )
        for board in boards
    ]
    say.table(("board", "chip", "driver", "what it is"), rows, "no boards")


@app.command()
def show(board: NamedBoard, json: Json = False) -> None:
    """Show a board: image, driver, limits and what the firmware is told."""
    from pumpbench.boards import catalogue, firmware_file
    from pumpbench.boards.drivers import DRIVERS
    from pumpbench.units import PRESSURE, RATE, STROKE, VOLUME

    found = catalogue.board(board)
    if json:
        told = firmware_file.fields(found) if found.motor else {"numbers": found.numbers()}
        say.json_line(_summary(found) | {"firmware": told})
        return
    limits = found.limits
    values = {"board": found.board.name, "chip": found.board.chip_name, "what": found.board.description}
    if found.image:
        image = found.image
        values["MicroPython"] = f"{image.name}, {image.least_version} or newer: {image.where}"
    if found.motor:
        motor = found.motor
        values["driver"] = DRIVERS[motor.driver].name
        values["motor"] = f"{motor.full_steps} steps, {motor.microsteps} microsteps, gear {motor.gear}:1"
    values |= {
        "stroke volume": f"{STROKE.format(found.head.stroke_pl)}, nominal",
        "most flow": RATE.format(limits.flow_nl_h),
        "biggest bolus": f"{VOLUME.format(limits.bolus_nl)} at {RATE.format(limits.bolus_nl_h)}",
        "most in an hour": VOLUME.format(limits.hour_nl),
        "biggest move": VOLUME.format(limits.move_nl),
        "most pressure": PRESSURE.format(limits.pressure_pa),
    }
    say.pairs(values)


@app.command()
def check(board: NamedBoard, json: Json = False) -> None:
    """Check that a board's file fits its chip and its driver."""
    from pumpbench.boards import catalogue

    found = catalogue.board(board)
    if json:
        say.json_line({"board": found.board.name, "sound": True})
    else:
        say.line(f"{found.board.name} is sound")


@app.command()
def wiring(
    board: NamedBoard,
    svg: Annotated[Path | None, typer.Option(help="write a drawing to this file")] = None,
    json: Json = False,
) -> None:
    """Print how a board is wired, and draw it."""
    from dataclasses import asdict

    from pumpbench.boards import catalogue, drawing
    from pumpbench.boards.wiring import wires
    from pumpbench.files.errors import CannotWrite

    found = catalogue.board(board)
    if svg is not None:
        try:
            svg.write_text(drawing.svg(found), encoding="utf-8")
        except OSError as error:
            raise CannotWrite(svg, f"cannot be written: {error.strerror or error}") from None
    if json:
        say.json_line({"board": found.board.name, "wires": [asdict(wire) for wire in wires(found)]})
        return
    rows = [(wire.part, wire.terminal, wire.pin or "-", wire.note) for wire in wires(found)]
    say.table(("part", "terminal", "board", "with"), rows, f"{found.board.name} has no hardware to be wired")


def _summary(board: Any) -> dict[str, Any]:
    return {
        "name": board.board.name,
        "chip": board.board.chip_name,
        "description": board.board.description,
        "simulated": board.board.simulated,
        "image": board.image.model_dump() if board.image else None,
    }
