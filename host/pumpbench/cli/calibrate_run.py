"""``calibrate run``: a guided gravimetric calibration."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, VIRTUAL, choose, open_pump
from pumpbench.cli.drugs import DrugLimits, LibraryFile, Reason
from pumpbench.cli.exits import UsageError
from pumpbench.cli.options import (
    Db,
    Json,
    Plant,
    Port,
    Seed,
    Speed,
    number,
    quantity,
    refuse_virtual_options,
    whole,
)
from pumpbench.units import DURATION

_REVOLUTIONS = "1 mL/h:10,4 mL/h:30,20 mL/h:60"


def run(
    out: Annotated[Path, typer.Option(metavar="DIR", help="a new folder, for raw readings and the result")],
    port: Port = None,
    balance: Annotated[
        str | None,
        typer.Option(metavar="URL", help="the balance's port; the virtual board's own if not given"),
    ] = None,
    protocol: Annotated[str, typer.Option(help="mt-sics, sbi, a-and-d or ohaus")] = "mt-sics",
    tube_set: Annotated[
        int | None,
        typer.Option(parser=whole(1), metavar="N", help="in the head; the one that is fitted if not given"),
    ] = None,
    points: Annotated[
        str, typer.Option(metavar="RATE:REVOLUTIONS,...", help="what is weighed")
    ] = _REVOLUTIONS,
    rest: Annotated[str, typer.Option(help="how long the sensor's zero is taken")] = "10 min",
    density: Annotated[
        float, typer.Option(parser=number(0.1, 20.0), metavar="G_PER_ML", help="of the liquid")
    ] = 0.998,
    days: Annotated[
        float, typer.Option(parser=number(0.01, 3650.0), metavar="N", help="for which it counts")
    ] = 7.0,
    who: Annotated[str | None, typer.Option(help="who makes it")] = None,
    speed: Speed = "max",
    seed: Seed = None,
    plant: Plant = None,
    db: Db = None,
    library: LibraryFile = None,
    reason: Reason = None,
    json: Json = False,
) -> None:
    """Weigh whole revolutions at some flows; fit stroke, sensor and rotor map; write them to the board."""
    from pumpbench.tuning.gravimetric import Plan
    from pumpbench.tuning.guided import CalibrationJob, calibrate_pump
    from pumpbench.virtual.options import parse_speed

    if port != VIRTUAL:
        refuse_virtual_options({"--seed": seed, "--plant": plant})
    limits = DrugLimits(library, reason, db)
    place = choose(port)
    plan = Plan(rest_s=quantity(DURATION, rest, "--rest", 86_400), flows=_points(points))
    if limits.hold and place != VIRTUAL:
        with open_pump(place, OBSERVE) as pump:
            limits.keep_flows("calibrate run", pump, plan.deliveries)
    job = CalibrationJob(
        out=out,
        port=place,
        balance=balance,
        protocol=protocol,
        tube_set=tube_set,
        days=days,
        density_g_ml=density,
        plan=plan,
        db=db,
        who=who,
        speed=parse_speed(speed),
        seed=seed,
        plant=plant,
        ask=_ask if sys.stdin.isatty() and not json else None,
        say=(lambda sentence: None) if json else say.warn,
    )
    told = calibrate_pump(job)
    if json:
        say.json_line(told)
    else:
        _tell(told)


def _points(text: str) -> tuple[tuple[int, int], ...]:
    """Return (rate in nL/h, revolutions) of each point. Raises `UsageError`."""
    from pumpbench.tuning.errors import TuningError
    from pumpbench.tuning.gravimetric import points_of

    try:
        return points_of(text)
    except TuningError as error:
        raise UsageError(f"--points: {error}") from None


def _tell(told: dict[str, Any]) -> None:
    marked = f", {say.SIMULATED}" if told["simulated"] else ""
    say.line(
        f"tube set {told['tube_set']} is calibrated{marked}, on the board and in {told['file']}"
        + (f", and in the database as calibration {told['calibration_id']}" if told["calibration_id"] else "")
    )
    say.table(
        ("rotor", "stroke volume", "U (k = 2)"),
        [
            (
                f"{one['speed_mdeg_s'] / 1000:.3f} °/s",
                f"{one['stroke_nl'] / 1000:.4f} µL/rev",
                f"{one['expanded_percent']:.2f} %",
            )
            for one in told["uncertainty"]
        ],
        "no stroke",
    )
    sensor, rotor_map = told["fit"]["sensor"], told["fit"]["rotor_map"]
    if sensor is not None:
        say.line(
            f"flow sensor: gain {sensor['gain']:.4f} ± {2 * sensor['u_gain']:.4f}, zero "
            f"{sensor['zero_nl_h'] / 1000:.2f} ± {2 * sensor['u_zero_nl_h'] / 1000:.2f} µL/h (k = 2)"
        )
    if rotor_map is not None:
        say.line(f"rotor map: ripple {100 * rotor_map['ripple']:.1f} %, lag {rotor_map['lag_s']:.2f} s")


def _ask(sentence: str) -> None:
    say.warn(f"{sentence} Press Enter when it is done.")
    sys.stdin.readline()
