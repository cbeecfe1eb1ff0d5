"""``program``: from a file to a program that the board may run, in two steps."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.device import COMMAND, OBSERVE, open_pump
from pumpbench.cli.drugs import DrugLimits, LibraryFile, Reason
from pumpbench.cli.exits import UsageError
from pumpbench.cli.options import Db, Json, Port
from pumpbench.units import DURATION, RATE, VOLUME, format_clock

if TYPE_CHECKING:
    from pumpbench.client import Client, Program, Segment
    from pumpbench.files.program import Program as FileProgram

app = typer.Typer(help="Write, check, stage, commit and show programs.")
File = Annotated[Path, typer.Argument(metavar="PROGRAM.toml")]
DIGEST_BYTES = 8
NEW_FILE = Path("program.toml")
HEAD = ("segment", "kind", "reservoir", "rate", "to rate", "volume", "duration")


@app.command()
def new(file: File = NEW_FILE, json: Json = False) -> None:
    """Write a commented program to start from; never over a file that is there."""
    from pumpbench.files import template, toml

    toml.write_new(file, template.PROGRAM)
    _tell({"file": str(file)}, json, f"wrote {file}")


@app.command()
def check(
    file: File,
    library: LibraryFile = None,
    json: Json = False,
) -> None:
    """Check a program file; no board is needed."""
    from pumpbench.files import program

    found = program.load(file)
    DrugLimits(library, None, None).look_at(found)
    told: dict[str, Any] = {"file": str(file), "name": found.name, "segments": len(found.segments)}
    told |= {"volume_nl": found.volume_nl, "duration_s": found.duration_s, "peak_nl_h": found.peak_nl_h}
    sentence = (
        f"{file}: {found.name}: {VOLUME.format(found.volume_nl)} in {format_clock(found.duration_s)}, "
        f"at most {RATE.format(found.peak_nl_h)}"
    )
    _tell(told, json, sentence)


@app.command()
def stage(
    file: File,
    library: LibraryFile = None,
    reason: Reason = None,
    db: Db = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Send a program and show what the board understood; nothing of it runs before ``commit``."""
    from pumpbench.files import program

    found = program.load(file)
    limits = DrugLimits(library, reason, db)
    with open_pump(port, COMMAND) as pump:
        limits.keep_program(found, pump.reservoirs())
        staged = pump.stage(found)
        differing = _differing_reservoirs(pump, found)
    if differing:
        say.warn(f"the board's reservoirs differ from the file's; `pumpbench reservoir set {file}` sets them")
    told = asdict(staged) | {"digest": staged.digest.hex(), "reservoirs_differ": differing}
    if json:
        say.json_line(told)
        return
    _show(staged.program)
    say.line(
        f"the board understood: {VOLUME.format(staged.volume_nl)} in {format_clock(staged.duration_s)}, "
        f"at most {RATE.format(staged.peak_nl_h)}; if that is right: "
        f"pumpbench program commit {staged.digest.hex()}"
    )


@app.command()
def commit(
    digest: Annotated[str, typer.Argument(help="as `program stage` told it")],
    library: LibraryFile = None,
    reason: Reason = None,
    db: Db = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Make the staged program with this digest the one that ``start`` runs."""
    from pumpbench.conduct.held_program import as_file

    try:
        wanted = bytes.fromhex(digest)
    except ValueError:
        wanted = b""
    if len(wanted) != DIGEST_BYTES:
        raise UsageError(f'"{digest}" is no digest, which is {2 * DIGEST_BYTES} hexadecimal digits')
    limits = DrugLimits(library, reason, db)
    with open_pump(port, COMMAND) as pump:
        if limits.hold:
            staged_digest, staged = pump.staged()
            if staged_digest == wanted:  # the board refuses any other
                limits.keep_program(as_file(staged)[0], pump.reservoirs())
        pump.commit(wanted)
    _tell({"digest": digest, "committed": True}, json, f"committed {digest}; `pumpbench start` runs it")


@app.command()
def show(port: Port = None, json: Json = False) -> None:
    """Show the committed program as the board has it."""
    with open_pump(port, OBSERVE) as pump:
        digest, found = pump.program()
    if json:
        say.json_line({"digest": digest.hex(), "program": asdict(found)})
        return
    _show(found)
    say.line(f"digest {digest.hex()}")


def _differing_reservoirs(pump: "Client", found: "FileProgram") -> list[int]:
    """Return the numbers of the board's reservoirs that are not as the file says."""
    differing = []
    for index, wanted in enumerate(found.wire_reservoirs()):
        there = pump.reservoir(index)
        if any(getattr(there, name) != value for name, value in wanted.items()):
            differing.append(index)
    return differing


def _show(program: "Program") -> None:
    say.pairs(
        {
            "name": program.name,
            "mode": program.mode,
            "on link lost": program.on_link_lost,
            "keep-open rate": RATE.format(program.keep_open_nl_h),
            "repeat": str(program.repeat),
        }
    )
    say.table(HEAD, [_row(number, segment) for number, segment in enumerate(program.segments)], "")


def _row(number: int, segment: "Segment") -> tuple[str, ...]:
    return (
        str(number),
        segment.kind,
        str(segment.reservoir),
        RATE.format(segment.rate_nl_h) if segment.rate_nl_h else "-",
        RATE.format(segment.to_rate_nl_h) if segment.kind == "ramp" else "-",
        VOLUME.format(segment.volume_nl) if segment.volume_nl else "-",
        DURATION.format(segment.duration_s) if segment.duration_s else "-",
    )


def _tell(told: dict[str, Any], json: bool, sentence: str) -> None:
    if json:
        say.json_line(told)
    else:
        say.line(sentence)
