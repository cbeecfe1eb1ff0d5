"""``gui``: the window."""

from pathlib import Path
from typing import Annotated

import typer

from pumpbench.cli.device import VIRTUAL
from pumpbench.cli.display import need_display
from pumpbench.cli.exits import UsageError
from pumpbench.cli.options import Db, Interpreter, Plant, Port, Seed, Speed


def gui(
    port: Port = None,
    db: Db = None,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="FILE", help="start this program once connected")
    ] = None,
    speed: Speed = "1",
    seed: Seed = None,
    plant: Plant = None,
    interpreter: Interpreter = "auto",
) -> int:
    """Open the window: program reservoirs, watch the pump, answer its alarms."""
    from pumpbench.conduct.desk import Place
    from pumpbench.files import program
    from pumpbench.virtual.options import FULL_SPEED, parse_speed

    pace = parse_speed(speed)
    if pace == FULL_SPEED:
        raise UsageError("--speed max is for runs that nobody watches; a number is wanted, like 60")
    if port != VIRTUAL and (seed is not None or plant is not None):
        raise UsageError("--seed and --plant are for a virtual board: --port virtual")
    if run is not None and port is None:
        raise UsageError("--run starts the pump: name it with --port")
    if run is not None:
        program.load(run)  # before a window opens: what is wrong with it belongs into the shell
    need_display()
    try:
        from pumpbench.gui import app
    except ImportError as error:
        raise UsageError(f"the window needs the extra [gui], which is not whole here: {error}") from None
    place = (
        None
        if port is None
        else Place(port, speed=float(pace), seed=seed, plant=plant, interpreter=interpreter)
    )
    return app.run(db, place, run)
