"""``trial report``, ``list`` and ``new``: trials that were carried out, and protocols to begin with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.exits import FINE, TRIAL_FAILED, UsageError
from pumpbench.cli.options import Json, quantity
from pumpbench.cli.trial_run import PASS, tell
from pumpbench.units import MAX_VOLUME_NL, VOLUME

if TYPE_CHECKING:
    from pumpbench.trials.conduct.earlier import Earlier


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a trial's folder")],
    returned: Annotated[
        str | None,
        typer.Option(metavar="VOLUME", help='of a refill: what came back, like "11.8 mL"; kept in the trial'),
    ] = None,
    json: Json = False,
) -> int:
    """Work out a trial's figures again from what was recorded, and write its report."""
    from pumpbench.trials.conduct.earlier import report_again
    from pumpbench.trials.conduct.folder import Folder
    from pumpbench.trials.conduct.result import evaluate

    if returned is not None:
        found = Folder.open(folder)
        if evaluate(found)["refill"] is None:
            raise UsageError(f"--returned is for the trial of a refill; {folder} has no [refill]")
        volume_nl = quantity(VOLUME, returned, "--returned", MAX_VOLUME_NL, may_be_0=True)
        found.note(found.journal()[-1]["time_s"], "returned", nl=volume_nl)
        found.close()
    result = report_again(folder)
    tell(result, json)
    return FINE if result["verdict"] == PASS else TRIAL_FAILED


def list_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="where trials' folders lie")] = Path(),
    json: Json = False,
) -> None:
    """List the trials below a folder."""
    from pumpbench.trials.conduct.earlier import earlier_below

    found = [_row(one) for one in earlier_below(folder)]
    if json:
        say.json_line({"trials": found})
        return
    say.table(
        ("folder", "trial", "who", "began", "verdict", "mean error", "simulated"),
        [
            (
                row["folder"],
                row["name"],
                row["who"] or "-",
                row["began"],
                "damaged" if row["damage"] else row["verdict"] or "not ended",
                "-" if row["mean_error_percent"] is None else f"{row['mean_error_percent']:+.2f} %",
                "yes" if row["simulated"] else "no",
            )
            for row in found
        ],
        f"no trials below {folder}",
    )
    for row in found:
        if row["damage"]:
            say.warn(row["damage"])


def new(
    file: Annotated[Path, typer.Argument(metavar="PROTOCOL.toml")],
    json: Json = False,
) -> None:
    """Write a commented trial protocol to begin with."""
    from pumpbench.files import toml
    from pumpbench.files.trial_template import TRIAL as TEMPLATE

    toml.write_new(file, TEMPLATE)
    if json:
        say.json_line({"file": str(file)})
    else:
        say.line(f"{file}: a trial to change; `pumpbench trial run {file} --port virtual --out DIR` tries it")


def _row(one: "Earlier") -> dict[str, Any]:
    return {
        "folder": str(one.folder),
        "name": one.name,
        "who": one.who,
        "began": one.began,
        "simulated": one.simulated,
        "verdict": one.verdict,
        "mean_error_percent": one.mean_error_percent,
        "mean_error_expanded_percent": one.mean_error_expanded_percent,
        "damage": one.damage,
    }
