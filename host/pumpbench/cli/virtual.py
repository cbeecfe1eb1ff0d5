"""``virtual``: a board without a board."""

from typing import Annotated

import typer

from pumpbench.cli.options import JsonFirst, OwnInterpreter, OwnPlant, OwnSeed, OwnSpeed, OwnTruth, number


def virtual(
    speed: OwnSpeed = "1",
    seed: OwnSeed = None,
    plant: OwnPlant = None,
    truth: OwnTruth = None,
    truth_rate: Annotated[
        float, typer.Option(parser=number(0.001, 1000), metavar="HZ", help="truth records a virtual second")
    ] = 10.0,
    interpreter: OwnInterpreter = "auto",
    json: JsonFirst = False,
) -> None:
    """Serve a virtual board until Ctrl-C; the first line says in JSON where its ports are."""
    from pumpbench.files import plant as plant_file
    from pumpbench.virtual.options import BoardOptions, parse_speed
    from pumpbench.virtual.server import serve

    serve(
        BoardOptions(
            speed=parse_speed(speed),
            seed=seed,
            plant={} if plant is None else plant_file.load(plant),
            truth=truth,
            truth_hz=truth_rate,
            interpreter=interpreter,
        )
    )
