"""``emulated``: the real MicroPython on a board that is not there."""

from pathlib import Path
from typing import Annotated

import typer

from pumpbench.cli.options import JsonFirst, OwnPlant, OwnSeed, OwnTruth, number


def emulated(
    seed: OwnSeed = None,
    plant: OwnPlant = None,
    truth: OwnTruth = None,
    truth_rate: Annotated[
        float, typer.Option(parser=number(0.001, 1000), metavar="HZ", help="truth records a second")
    ] = 10.0,
    flash_image: Annotated[
        Path | None,
        typer.Option("--flash-image", metavar="FILE", help="keeps the chip's flash; else it starts empty"),
    ] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="time follows the wall, not as fast as the machine can")
    ] = False,
    json: JsonFirst = False,
) -> None:
    """Serve an emulated Raspberry Pi Pico until Ctrl-C; the first line says in JSON where its ports are."""
    from pumpbench.emulated.options import EmulatedOptions
    from pumpbench.emulated.server import serve
    from pumpbench.files import plant as plant_file

    serve(
        EmulatedOptions(
            seed=seed,
            plant={} if plant is None else plant_file.load(plant),
            truth=truth,
            truth_hz=truth_rate,
            flash=flash_image,
            realtime=realtime,
        )
    )
