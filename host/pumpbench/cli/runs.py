"""``runs`` and ``export``: what was recorded."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.database import open_existing, open_store
from pumpbench.cli.options import Db, Json, whole
from pumpbench.units import VOLUME


class Format(StrEnum):
    """What a run can be exported as."""

    CSV = "csv"
    PARQUET = "parquet"
    MCAP = "mcap"


def runs(db: Db = None, json: Json = False) -> None:
    """List the recorded runs, the newest first."""
    with open_store(db, read_only=True) as store:
        found = [_as_dict(run) for run in store.runs()]
    if json:
        say.json_line({"runs": found})
        return
    rows = [
        (
            str(run["run_id"]),
            run["name"],
            run["state"] if run["status"] == "finished" and run["state"] else run["status"],
            say.minute(run["started_wall_us"]),
            VOLUME.format(run["delivered_nl"]) if run["delivered_nl"] is not None else "-",
            str(run["records"]),
            say.SIMULATED if run["simulated"] else run["unique_id"][:8],
        )
        for run in found
    ]
    say.table(("run", "name", "status", "started", "delivered", "records", "board"), rows, "no runs")


def export(
    run_id: Annotated[int, typer.Argument(metavar="RUN_ID", parser=whole(1))],
    out: Annotated[Path, typer.Option(metavar="PATH", help="file to write")],
    form: Annotated[Format, typer.Option("--format", help="what to write")],
    db: Db = None,
    json: Json = False,
) -> None:
    """Write a run as a file for other programs: CSV, Parquet or MCAP."""
    from rich.progress import Progress

    with (
        open_existing(db) as store,
        Progress(console=say.bar_console(json), transient=True) as bar,
    ):
        task = bar.add_task(f"run {run_id} to {form}", total=None)
        files = store.export(run_id, form, out, lambda done, of: bar.update(task, completed=done, total=of))
        simulated = store.run(run_id).simulated
    if json:
        told = {"run_id": run_id, "format": str(form), "files": [str(file) for file in files]}
        say.json_line(told | {"simulated": simulated})
    else:
        what = f"run {run_id}, {say.SIMULATED}" if simulated else f"run {run_id}"
        say.line(f"{what}: {', '.join(str(file) for file in files)}")


def _as_dict(run: Any) -> dict[str, Any]:
    summary = run.summary or {}
    return {
        "run_id": run.id,
        "name": run.name,
        "who": run.who,
        "status": run.status,
        "state": summary.get("state"),
        "started_wall_us": run.started_wall_us,
        "ended_wall_us": run.ended_wall_us,
        "unique_id": run.unique_id,
        "simulated": run.simulated,
        "records": run.records,
        "delivered_nl": summary.get("delivered_nl"),
        "requested_nl": run.meta.get("requested_nl"),
        "tube_set": run.tube_set,
        "bundle_sha256": run.bundle_sha256,
    }
