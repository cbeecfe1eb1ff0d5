"""``run``: the whole main job, from a program file to a recorded run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, VIRTUAL, choose, confirm_dosing, open_pump
from pumpbench.cli.exits import PumpError, UsageError
from pumpbench.cli.options import Db, Interpreter, Json, Plant, Port, Seed, Speed, Truth, Yes
from pumpbench.units import RATE, VOLUME, format_clock

if TYPE_CHECKING:
    from pumpbench.conduct import Progress, Summary


def run(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM.toml")],
    port: Port = None,
    speed: Speed = "1",
    seed: Seed = None,
    plant: Plant = None,
    truth: Truth = None,
    interpreter: Interpreter = "auto",
    db: Db = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Connect, program, start, record and sum up; a run that was cut off is taken up again where it is."""
    from pumpbench.conduct import Job
    from pumpbench.files import program as program_file
    from pumpbench.virtual.options import parse_speed

    wanted = program_file.load(program)
    pace = parse_speed(speed)
    place = choose(port)
    if place != VIRTUAL:
        _refuse_virtual_options({"--seed": seed, "--plant": plant, "--truth": truth})
        if any(segment.volume_nl for segment in wanted.segments):
            with open_pump(place, OBSERVE) as pump:
                confirm_dosing(pump, yes)
    job = Job(
        program=program,
        port=place,
        db=db,
        speed=pace,
        seed=seed,
        plant=plant,
        truth=truth,
        interpreter=interpreter,
    )
    summary = _with_bar(job, wanted.name, quiet=json)
    if json:
        say.json_line(summary.as_dict())
    else:
        _tell(summary)
    if not summary.finished:
        raise PumpError(_ending(summary))


def _refuse_virtual_options(given: dict[str, Any]) -> None:
    for option, value in given.items():
        if value is not None:
            raise UsageError(f"{option} is for a virtual board that this command starts: --port virtual")


def _with_bar(job: Any, name: str, quiet: bool) -> "Summary":
    from rich import progress as bars

    from pumpbench import conduct

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TextColumn("{task.fields[now]}"),
    )
    with bars.Progress(*columns, console=say.bar_console(quiet)) as bar:
        task = bar.add_task(name, total=1.0, now="connecting")

        def on_progress(now: "Progress") -> None:
            bar.update(task, total=max(1, now.requested_nl), completed=now.delivered_nl, now=_now(now))

        return conduct.run(job, on_progress)


def _now(now: "Progress") -> str:
    clock = f"{format_clock(now.elapsed_s)} of {format_clock(now.total_s)}"
    return (
        f"{now.state}, {RATE.format(now.rate_nl_h)}, {VOLUME.format(now.delivered_nl)} of "
        f"{VOLUME.format(now.requested_nl)}, {clock}{f', {say.SIMULATED}' if now.simulated else ''}"
    )


def _tell(summary: "Summary") -> None:
    say.pairs(
        {
            "run": str(summary.run_id),
            "state": summary.state,
            "delivered": f"{VOLUME.format(summary.delivered_nl)} of {VOLUME.format(summary.requested_nl)}, "
            f"counted by the motor{', ' + say.SIMULATED if summary.simulated else ''}",
            "took": format_clock(summary.elapsed_s),
            "telemetry": f"{summary.telemetry_records} records, {summary.telemetry_gaps} gaps",
            "events": str(summary.events),
            "alarms": ", ".join(summary.alarms) or "none",
            "database": summary.database,
        }
    )


def _ending(summary: "Summary") -> str:
    why = f" ({', '.join(summary.alarms)})" if summary.alarms else ""
    return (
        f"the run ended {summary.state}{why}, with {VOLUME.format(summary.delivered_nl)} of "
        f"{VOLUME.format(summary.requested_nl)} delivered; it is recorded as run {summary.run_id}"
    )
