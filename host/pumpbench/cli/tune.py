"""``tune``: identify the pump that is connected, and see what the learned map makes of its ripple."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, VIRTUAL, choose, open_pump
from pumpbench.cli.drugs import DrugLimits, LibraryFile, Reason
from pumpbench.cli.exits import UsageError
from pumpbench.cli.options import Db, Json, Plant, Port, Seed, number, refuse_virtual_options

if TYPE_CHECKING:
    from pumpbench.tuning.identify import Identified

_ML = 1_000_000


def tune(
    rate: Annotated[
        float, typer.Option(parser=number(0.4, 3.0), metavar="ML_PER_H", help="flow to identify at, in mL/h")
    ] = 1.0,
    revolutions: Annotated[
        float,
        typer.Option(parser=number(4, 100), metavar="N", help="at that flow, and at four times as much"),
    ] = 8.0,
    plant: Plant = None,
    seed: Seed = None,
    write: Annotated[bool, typer.Option("--write", help="leave the map that was found on the board")] = False,
    plot: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="draw it as well")] = None,
    port: Port = None,
    library: LibraryFile = None,
    reason: Reason = None,
    db: Db = None,
    json: Json = False,
) -> None:
    """Identify the pump: step response, the line's lag, and the ripple's spectrum without and with the map.

    Turns the head at two flows for some revolutions each: there must be liquid in the reservoir, and no
    run under way. Goes by the flow sensor; a weighed calibration is `pumpbench calibrate run`.
    """
    from pumpbench.tuning import identify
    from pumpbench.tuning.plot import draw

    if plot is not None and plot.suffix != ".svg":
        raise UsageError(f"{plot} is no SVG file; --plot FILE.svg is allowed")
    if plot is not None and not plot.absolute().parent.is_dir():
        raise UsageError(f"--plot {plot}: there is no folder {plot.absolute().parent}")
    limits = DrugLimits(library, reason, db)
    rate_nl_h = round(rate * _ML)
    if port == VIRTUAL:
        found = identify.virtual(plant, 1 if seed is None else seed, rate_nl_h, revolutions)
    else:
        refuse_virtual_options({"--plant": plant, "--seed": seed})
        place = choose(port)
        if limits.hold:
            with open_pump(place, OBSERVE) as pump:
                limits.keep_flows("tune", pump, partial(identify.deliveries, rate_nl_h, revolutions))
        found = identify.real(place, rate_nl_h, revolutions, keep=write)
    if plot is not None:
        draw(found, plot)
    if json:
        say.json_line(found.as_dict())
    else:
        _tell(found)


def _tell(found: "Identified") -> None:
    shown: list[tuple[Any, ...]] = [
        ("pump", "simulated" if found.simulated else "real"),
        ("step response", f"63 % after {found.rise_s:.2f} s, overshoot {found.overshoot_percent:.1f} %"),
        ("lag of line and sensor", f"{found.lag_s:.2f} s"),
        ("noise of a reading", f"{found.noise_nl_h / 60_000:.3f} uL/min"),
        ("stroke by the sensor", f"{found.stroke_nl / 1000:.3f} uL"),
        ("ripple without the map", f"{found.ripple_before_percent:.2f} %"),
        ("ripple with the map", f"{found.ripple_after_percent:.2f} %"),
        ("strongest lines", ", ".join(f"{n} a revolution {a:.2f} %" for n, a in found.strongest())),
    ]
    for name, value in shown:
        say.line(f"{name:24} {value}")
