"""``pumpbench``'s commands, put together; expected errors become a sentence and an exit code."""

from collections.abc import Sequence

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from pumpbench.cli import (
    alarms,
    audit,
    boards,
    calibrate,
    delivery,
    emulated,
    flash,
    gui,
    logs,
    monitor,
    moves,
    ports,
    program,
    repl,
    reservoir,
    run,
    runs,
    selftest,
    status,
    trial,
    tube,
    tune,
    virtual,
)
from pumpbench.cli.exits import FINE, INTERRUPTED, code_of
from pumpbench.cli.say import warn
from pumpbench.expected import sentence_of

LOOK = "Look"
SET_UP = "Set up"
DELIVER = "Deliver"
TRIALS = "Try"
RECORDS = "Records"
BOARD = "Board"

app = typer.Typer(
    name="pumpbench",
    help="Bench controller for a peristaltic test pump. Bench and laboratory use only, never on a patient.",
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for panel, commands in (
    (
        LOOK,
        (
            ports.ports,
            ports.info,
            status.status,
            gui.gui,
            monitor.monitor,
            virtual.virtual,
            emulated.emulated,
        ),
    ),
    (SET_UP, (moves.prime, moves.purge, moves.jog)),
    (DELIVER, (run.run, delivery.start, delivery.pause, delivery.bolus, status.stop)),
    (TRIALS, (tune.tune,)),
    (RECORDS, (runs.runs, runs.export)),
    (BOARD, (flash.flash, selftest.selftest, logs.logs, repl.repl)),
):
    for command in commands:
        app.command(rich_help_panel=panel)(command)
for panel, name, group in (
    (BOARD, "boards", boards.app),
    (SET_UP, "tube", tube.app),
    (SET_UP, "calibrate", calibrate.app),
    (SET_UP, "reservoir", reservoir.app),
    (DELIVER, "program", program.app),
    (DELIVER, "alarms", alarms.app),
    (TRIALS, "trial", trial.app),
    (RECORDS, "audit", audit.app),
):
    app.add_typer(group, name=name, rich_help_panel=panel)


@app.callback(invoke_without_command=True)
def _without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def carry_out(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code; errors that nobody expected are raised."""
    try:
        result = app(list(arguments), prog_name="pumpbench", standalone_mode=False)
    except TyperException as error:
        warn(_sentence(error))
        return error.exit_code
    except typer.Abort:
        return INTERRUPTED
    except SystemExit as error:  # typer's own way to end when nobody reads on; ours is FINE
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None
        raise
    except Exception as error:
        code = code_of(error)
        if code is None:
            raise
        warn(sentence_of(error))
        return code
    return result if isinstance(result, int) else FINE


def _sentence(error: TyperException) -> str:
    """What is wrong with a command line; where a command is missing or unknown, with those that there are."""
    said = " ".join(error.format_message().split()) or "Missing command."
    context: typer.Context | None = getattr(error, "ctx", None)
    if context is None or not isinstance(context.command, TyperGroup) or "command" not in said:
        return said
    place = context.command_path
    if context.parent is None:
        return f"{said.rstrip('.')}; `{place} --help` lists them"
    return f"{said.rstrip('.')}; `{place}` has {', '.join(context.command.list_commands(context))}"
