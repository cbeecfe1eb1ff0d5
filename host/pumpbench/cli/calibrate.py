"""``calibrate``: writing a calibration to the board, and reading it back."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import calibrate_run, say
from pumpbench.cli.database import open_existing
from pumpbench.cli.device import COMMAND, OBSERVE, open_pump
from pumpbench.cli.exits import PumpError, UsageError
from pumpbench.cli.options import Db, Json, Port
from pumpbench.units import STROKE

if TYPE_CHECKING:
    from pumpbench.files.calibration import Calibration

app = typer.Typer(help="Make, write and read calibrations.")
app.command()(calibrate_run.run)
_US = 1_000_000


@app.command()
def write(
    file: Annotated[Path, typer.Argument(metavar="CALIBRATION.toml")],
    db: Db = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Write a calibration file to the board, and into the database when it belongs to a tube set."""
    from pumpbench.files import calibration

    found = calibration.load(file)
    number = found.calibration.tube_set
    if not number:
        _send(found, port)
        stored = None
    else:
        with open_existing(db) as store:
            store.tubes.get(number)
            _send(found, port)
            stored = store.calibrations.add(
                number,
                found.wire(),
                [point.model_dump() for point in found.points],
                found.conditions.model_dump(),
                who=found.calibration.who or None,
                made_wall_us=found.calibration.made_at_s * _US,
                expires_wall_us=found.calibration.expires_at_s * _US
                if found.calibration.expires_at_s
                else None,
            )
    if json:
        say.json_line({"tube_set": number, "written": True, "calibration_id": stored})
    else:
        say.line(
            f"{file} is on the board" + (f", and in the database as calibration {stored}" if stored else "")
        )


@app.command()
def read(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="write it as a calibration file")] = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Show the calibration in use, or write it to a file."""
    from pumpbench.conduct.dosing import calibration_fault
    from pumpbench.files import calibration, toml

    with open_pump(port, OBSERVE) as pump:
        fields = {name: value for name, value in pump.request("calibration_get").items() if name != "request"}
        fault = calibration_fault(pump.calibration())
    nominal = fields["made_at_s"] == 0
    if out is not None:
        if nominal:
            raise UsageError(f"{fault}, so there is nothing to write to {out}")
        toml.write_new(out, calibration.text(fields))
    if json:
        say.json_line(fields | {"valid": fault is None, "nominal": nominal})
    elif nominal:
        say.line(f"{fault}; the board's nominal {STROKE.format(fields['stroke_pl'][0])} is used")
    elif out is None:
        say.line(calibration.text(fields).rstrip())


def _send(found: "Calibration", port: str | None) -> None:
    """Write a calibration to the board. Raises `PumpError` when the board then does not use it."""
    expires = found.calibration.expires_at_s
    if expires is not None and expires <= time.time():
        raise UsageError(f"the calibration of tube set {found.calibration.tube_set} has expired")
    wanted: dict[str, Any] = found.wire()
    with open_pump(port, COMMAND) as pump:
        pump.request("calibration_set", **wanted)
        used = pump.calibration()
    if used.made_at_s != wanted["made_at_s"]:
        raise PumpError(
            f"the board keeps the calibration of tube set {wanted['tube_set']} but does not use it, because "
            f"tube set {used.tube_set} is fitted: `pumpbench tube fit {wanted['tube_set']}`"
        )
