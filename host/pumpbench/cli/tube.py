"""``tube``: the numbered tube sets that wear in the pump's head."""

from dataclasses import asdict
from typing import Annotated

import typer

from pumpbench.cli import say
from pumpbench.cli.database import open_existing, open_store
from pumpbench.cli.device import COMMAND, open_pump
from pumpbench.cli.options import Db, Json, Port, number, whole

app = typer.Typer(help="List, enter and fit tube sets.")


@app.command("list")
def list_(db: Db = None, json: Json = False) -> None:
    """List the tube sets with what they have behind them."""
    with open_store(db, read_only=True) as store:
        found = store.tubes.all()
    if json:
        say.json_line({"tube_sets": [asdict(tube) for tube in found]})
        return
    rows = [
        (
            str(tube.number),
            tube.kind,
            tube.lot or "-",
            tube.fitted_to[:8] if tube.fitted_to else "-",
            f"{tube.revolutions:.0f}",
            f"{tube.hours:.1f} h",
            _calibration(tube.calibrated, tube.calibration_expires_wall_us),
            tube.note,
        )
        for tube in found
    ]
    say.table(
        ("tube set", "kind", "lot", "fitted to", "revolutions", "hours", "calibration", "note"),
        rows,
        "no tube sets",
    )


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help='what it is, like "silicone 0.8 mm"')],
    lot: Annotated[str, typer.Option(help="the maker's lot number")] = "",
    note: Annotated[str, typer.Option(help="anything worth knowing")] = "",
    revolutions: Annotated[
        float, typer.Option(parser=number(0, 1e12), metavar="N", help="that it has behind it already")
    ] = 0.0,
    hours: Annotated[
        float, typer.Option(parser=number(0, 1e6), metavar="N", help="that it has behind it already")
    ] = 0.0,
    db: Db = None,
    json: Json = False,
) -> None:
    """Enter a tube set; its number is told."""
    with open_store(db) as store:
        number = store.tubes.new(kind, lot, note, revolutions=revolutions, hours=hours)
    if json:
        say.json_line({"tube_set": number, "kind": kind, "lot": lot, "note": note})
    else:
        say.line(f"tube set {number}: {kind}")


@app.command()
def fit(
    number: Annotated[int, typer.Argument(parser=whole(1), metavar="NUMBER")],
    db: Db = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Tell board and database which tube set is in the head; calibrations of others no longer count."""
    with open_existing(db) as store:
        store.tubes.get(number)
        with open_pump(port, COMMAND) as pump:
            pump.fit_tube(number)
            unique_id, simulated = pump.info.unique_id, pump.info.simulated
            calibrated = pump.calibration().made_at_s != 0
        store.tubes.fit(number, unique_id)
    if json:
        told = {"tube_set": number, "unique_id": unique_id, "calibrated": calibrated, "simulated": simulated}
        say.json_line(told)
    else:
        then = (
            "calibrated"
            if calibrated
            else "not calibrated: `pumpbench calibrate write` gives it a calibration"
        )
        say.line(f"tube set {number} is fitted, {then}")


def _calibration(calibrated: bool, expires_wall_us: int | None) -> str:
    if not calibrated:
        return "none"
    return "never expires" if expires_wall_us is None else f"until {say.minute(expires_wall_us)}"
