"""``trial run``: a whole trial, from a protocol file to a report."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, VIRTUAL, choose, confirm_dosing, open_pump
from pumpbench.cli.drugs import DrugLimits, LibraryFile, Reason
from pumpbench.cli.exits import FINE, TRIAL_FAILED, UsageError
from pumpbench.cli.options import (
    Db,
    Interpreter,
    Json,
    Plant,
    Port,
    Seed,
    Speed,
    Truth,
    Yes,
    virtual_fields,
)
from pumpbench.units import format_clock

if TYPE_CHECKING:
    from pumpbench.files.trial import Trial
    from pumpbench.trials.conduct import TrialJob
    from pumpbench.trials.conduct.job import Progress

PASS = "pass"


def run(
    protocol: Annotated[Path, typer.Argument(metavar="PROTOCOL.toml")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="the trial's folder; an unfinished one goes on")],
    port: Port = None,
    balance: Annotated[
        str | None,
        typer.Option(metavar="URL", help="the balance's port; the virtual board's own if not given"),
    ] = None,
    speed: Speed = "1",
    seed: Seed = None,
    plant: Plant = None,
    truth: Truth = None,
    interpreter: Interpreter = "auto",
    who: Annotated[str | None, typer.Option(help="who runs it, if the protocol does not say")] = None,
    db: Db = None,
    library: LibraryFile = None,
    reason: Reason = None,
    yes: Yes = False,
    json: Json = False,
) -> int:
    """Carry out a trial and report it; one that was cut off goes on where it is."""
    from pumpbench.files import trial as trial_file
    from pumpbench.trials.conduct import TrialJob, run_trial

    wanted = trial_file.load(protocol)
    limits = DrugLimits(library, reason, db)
    board_fields = virtual_fields(port, speed, seed, plant, truth, interpreter)
    if wanted.pump.ours and port != VIRTUAL:
        port = choose(port)
        if balance is None:
            raise UsageError("no balance is named: give its port with --balance")
        _look_first(port, wanted, yes)
    limits.keep_trial(wanted)
    job = TrialJob(
        protocol=protocol,
        out=out,
        port=port,
        balance=balance,
        db=db,
        **board_fields,
        who=who,
        ask=_ask if sys.stdin.isatty() and not json else None,
        say=say.warn,
    )
    try:
        result = _with_bar(job, run_trial, quiet=json)
    except KeyboardInterrupt:
        say.warn(_left(job))
        raise
    tell(result, json)
    return FINE if result["verdict"] == PASS else TRIAL_FAILED


def tell(result: dict[str, Any], json: bool) -> None:
    """Print a trial's result: a summary for people, or one JSON object."""
    if json:
        say.json_line(result)
        return
    rows: dict[str, str] = {
        "trial": result["name"] + (f" ({say.SIMULATED})" if result["simulated"] else ""),
        "verdict": result["verdict"].upper(),
        "mean error A": _with_unsure(result["mean_error_percent"], result["mean_error_expanded_percent"]),
        "data": ", ".join(f"{count} {status}" for status, count in result["readings"]["by_status"].items()),
    }
    if any(delivery["end_of_life"] for delivery in result["deliveries"]):
        unsure = result["mean_error_b_expanded_percent"]
        rows["mean error B"] = _with_unsure(result["mean_error_b_percent"], unsure)
    if result["why"]:
        rows["why"] = result["why"]
    if result["refill"]:
        rows["refill"] = result["refill"]["sentence"]
    for place in ("report_html", "report_pdf"):
        if place in result:
            rows[place.replace("_", " ")] = result[place]
    say.pairs(rows)
    say.line("")
    say.table(
        ("judged", "result", "limit", "verdict"),
        [
            (
                one["name"],
                _with_unsure(one["result_percent"], one["expanded_percent"]),
                f"{one['limit_percent']:g} %",
                one["verdict"],
            )
            for one in result["judgements"]
        ],
        "nothing was judged",
    )
    for deviation in result["deviations"]:
        say.line(f"deviation: {deviation}")
    for delivery in result["deliveries"]:
        for remark in delivery["quality"]["remarks"] if delivery["quality"] else ():
            say.line(f"data of step {delivery['step']}: {remark}")


def _look_first(place: str, wanted: "Trial", yes: bool) -> None:
    """See that there is a pump which may be commanded, and ask before a volume that nothing vouches for."""
    with open_pump(place, OBSERVE) as pump:
        pump.limits()  # refused by a board of another version
        if any(step.volume_nl for step in wanted.steps):
            confirm_dosing(pump, yes)


def _with_unsure(percent: float | None, expanded: float | None) -> str:
    if percent is None:
        return "not known"
    unsure = "U not stated" if expanded is None else f"U {expanded:.2g} %"
    return f"{percent:+.2f} % ({unsure})"


def _left(job: "TrialJob") -> str:
    if job.virtual:
        return f"interrupted: `pumpbench trial report {job.out}` shows what there is"
    return (
        "interrupted: what the pump was doing it goes on doing; the same command goes on with the trial, "
        f"`pumpbench stop` stops the pump, `pumpbench trial report {job.out}` shows what there is"
    )


def _ask(sentence: str) -> None:
    """Tell somebody what to do and wait for Enter."""
    say.warn(f"{sentence} Press Enter when it is done.")
    sys.stdin.readline()


def _with_bar(job: "TrialJob", carry_out: Any, quiet: bool) -> dict[str, Any]:
    from dataclasses import replace

    from rich import progress as bars

    columns = (
        bars.BarColumn(bar_width=20),
        bars.TextColumn("{task.fields[clock]}"),
        bars.TextColumn("{task.description}"),
    )
    with bars.Progress(*columns, console=say.bar_console(quiet), transient=True) as bar:
        task = bar.add_task("connecting", total=1.0, clock="")

        def on_progress(now: "Progress") -> None:
            mass = "" if now.mass_g is None else f", {now.mass_g:.4f} g"
            mark = f"{say.SIMULATED}: " if now.simulated else ""
            bar.update(
                task,
                total=max(1.0, now.total_s),
                completed=now.time_s,
                clock=f"{format_clock(now.time_s)} of {format_clock(now.total_s)}",
                description=f"{mark}{now.step}{mass}",
            )

        result: dict[str, Any] = carry_out(replace(job, on_progress=on_progress))
        return result
