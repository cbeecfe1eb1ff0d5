"""``run``: the whole main job, from a program file to a recorded run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, VIRTUAL, choose, confirm_dosing, open_pump
from pumpbench.cli.drugs import DrugLimits, LibraryFile, Reason
from pumpbench.cli.exits import PumpError
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
from pumpbench.units import RATE, VOLUME, format_clock
from pumplink.alarm_table import ALARMS
from pumplink.alarm_texts import ALARM_TEXTS
from pumplink.states import ATTENDED

if TYPE_CHECKING:
    from pumpbench.client import Reservoir
    from pumpbench.conduct import Progress, Summary
    from pumpbench.files.program import Program

RAISED_WHEN = {str(alarm[1]): text[0] for alarm, text in zip(ALARMS, ALARM_TEXTS, strict=True)}


def run(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM.toml")],
    port: Port = None,
    speed: Speed = "1",
    seed: Seed = None,
    plant: Plant = None,
    truth: Truth = None,
    interpreter: Interpreter = "auto",
    db: Db = None,
    library: LibraryFile = None,
    reason: Reason = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Connect, program, start, record and sum up; a run that was cut off is taken up again where it is."""
    from pumpbench.conduct import Job
    from pumpbench.files import program as program_file

    wanted = program_file.load(program)
    limits = DrugLimits(library, reason, db)
    board_fields = virtual_fields(port, speed, seed, plant, truth, interpreter)
    place = choose(port)
    board = [] if place == VIRTUAL else _look_first(place, wanted, yes)
    limits.keep_program(wanted, board)
    job = Job(
        program=program,
        port=place,
        db=db,
        **board_fields,
    )
    try:
        summary = _with_bar(job, wanted.name, quiet=json)
    except KeyboardInterrupt:
        say.warn(_left(place, attended=wanted.wire_program()["mode"] == ATTENDED))
        raise
    if json:
        say.json_line(summary.as_dict())
    else:
        _tell(summary)
    if not summary.finished:
        raise PumpError(_ending(summary))


def _look_first(place: str, wanted: "Program", yes: bool) -> list["Reservoir"]:
    """See that there is a pump which this program may command, before a database or a run is made; return
    its reservoirs.
    """
    with open_pump(place, OBSERVE) as pump:
        pump.limits()  # refused by a board of another version
        if any(segment.volume_nl for segment in wanted.segments):
            confirm_dosing(pump, yes)
        return pump.reservoirs()


def _left(place: str, attended: bool) -> str:
    """What becomes of the pump when the one who ran it has left."""
    if place == VIRTUAL:
        return "interrupted: the virtual board ended too; what was recorded until then is kept"
    if attended:
        return f"interrupted: an attended run stops with this command; see `pumpbench status --port {place}`"
    return (
        f"interrupted: what the pump was doing it goes on doing by itself; `pumpbench stop --port {place}` "
        "stops it, the same `pumpbench run` goes on recording it"
    )


def _with_bar(job: Any, name: str, quiet: bool) -> "Summary":
    from rich import progress as bars
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    from pumpbench import conduct

    # Two lines, so that all of it fits into the 80 columns of a terminal.
    bar = bars.Progress(
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TextColumn("{task.fields[clock]}"),
    )
    task = bar.add_task(name, total=1.0, clock="")
    words = Text("connecting")
    with Live(Group(bar, words), console=say.bar_console(quiet)):

        def on_progress(now: "Progress") -> None:
            clock = f"{format_clock(now.elapsed_s)} of {format_clock(now.total_s)}"
            bar.update(task, total=max(1, now.requested_nl), completed=now.delivered_nl, clock=clock)
            words.plain = _now(now)

        return conduct.run(job, on_progress)


def _now(now: "Progress") -> str:
    return (
        f"{f'{say.SIMULATED}: ' if now.simulated else ''}{now.state}, {RATE.format(now.rate_nl_h)}, "
        f"{VOLUME.format(now.delivered_nl)} of {VOLUME.format(now.requested_nl)}"
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
    what = {
        "alarm-stop": "an alarm stopped the run",
        "stopped": "the run was stopped",
        "interrupted": "the board was reset during the run and waits (`pumpbench start --resume` or "
        "`pumpbench stop`)",
    }.get(summary.state, f"the run waits in state {summary.state} and nobody is there to go on")
    raised = "; ".join(f"{name}: {RAISED_WHEN[name]}" for name in summary.alarms)
    return (
        f"{what} after {VOLUME.format(summary.delivered_nl)} of {VOLUME.format(summary.requested_nl)}"
        f"{f' ({raised})' if raised else ''}; it is recorded as run {summary.run_id}"
    )
