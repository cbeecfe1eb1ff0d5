"""``reservoir``: what the board's reservoirs hold, defining them, refilling them."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumpbench.cli import say
from pumpbench.cli.device import COMMAND, OBSERVE, open_pump
from pumpbench.cli.drugs import DrugLimits, LibraryFile, Reason
from pumpbench.cli.exits import UsageError
from pumpbench.cli.options import LAST_RESERVOIR, Db, Json, Port, quantity, whole
from pumpbench.units import CONCENTRATION, MAX_VOLUME_NL, VOLUME

if TYPE_CHECKING:
    from pumpbench.client import Client

app = typer.Typer(help="List, define and refill reservoirs.")
HEAD = ("reservoir", "drug", "capacity", "contents", "low at", "empty at", "concentration", "refills")


@app.command("list")
def list_(port: Port = None, json: Json = False) -> None:
    """List the board's reservoirs; contents are what remains now."""
    with open_pump(port, OBSERVE) as pump:
        _tell(pump, json)


@app.command("set")
def set_(
    file: Annotated[Path, typer.Argument(help="TOML with [[reservoirs]], also a whole program")],
    library: LibraryFile = None,
    reason: Reason = None,
    db: Db = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Define the board's reservoirs as a file says, the first one as number 0."""
    from pumpbench.files import program, reservoir, toml

    is_program = "program" in toml.read(file)
    found = program.load(file).reservoirs if is_program else reservoir.load(file)
    if not found:
        raise UsageError(f"{file} defines no reservoirs")
    limits = DrugLimits(library, reason, db)
    with open_pump(port, COMMAND) as pump:
        limits.keep_reservoirs(found)
        for index, one in enumerate(found):
            pump.request("reservoir_set", **one.wire(index))
        _tell(pump, json)


@app.command()
def refill(
    reservoir: Annotated[
        int, typer.Argument(parser=whole(0, LAST_RESERVOIR), metavar="0..3", help="the board's reservoir")
    ],
    residual: Annotated[str, typer.Option(help='what came back, measured before filling, like "11.8 mL"')],
    contents: Annotated[str, typer.Option(help='what went in, like "30 mL"')],
    port: Port = None,
    json: Json = False,
) -> None:
    """Note a refill: the residual that came back is compared with the one expected."""
    residual_nl = quantity(VOLUME, residual, "--residual", MAX_VOLUME_NL, may_be_0=True)
    contents_nl = quantity(VOLUME, contents, "--contents", MAX_VOLUME_NL, may_be_0=True)
    with open_pump(port, COMMAND) as pump:
        pump.refill(reservoir, residual_nl=residual_nl, contents_nl=contents_nl)
        after = pump.reservoir(reservoir)
        simulated = pump.info.simulated
    difference_nl = residual_nl - after.expected_residual_nl
    if json:
        say.json_line(asdict(after) | {"residual_difference_nl": difference_nl, "simulated": simulated})
        return
    say.line(
        f"reservoir {reservoir}: {VOLUME.format(contents_nl)} in it; {VOLUME.format(residual_nl)} came back, "
        f"{VOLUME.format(after.expected_residual_nl)} expected"
    )


def _tell(pump: "Client", json: bool) -> None:
    found = pump.reservoirs()
    if json:
        say.json_line({"reservoirs": [asdict(one) for one in found], "simulated": pump.info.simulated})
        return
    rows = [
        (
            str(one.index),
            one.drug or "-",
            *(
                VOLUME.format(one_nl)
                for one_nl in (one.capacity_nl, one.contents_nl, one.low_at_nl, one.empty_at_nl)
            ),
            CONCENTRATION.format(one.concentration_ng_ml) if one.concentration_ng_ml else "-",
            str(one.refills),
        )
        for one in found
    ]
    say.table(HEAD, rows, "no reservoirs")
