"""``flash``: the firmware onto a board, and the proof that it is there and runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumpbench.cli import say
from pumpbench.cli.exits import PumpError
from pumpbench.cli.options import Json

if TYPE_CHECKING:
    from pumpbench.flashing.flash import Report

BoardFile = Annotated[
    str,
    typer.Option("--board", metavar="NAME|FILE", help="a board of `pumpbench boards list`, or a TOML file"),
]


def flash(
    board: BoardFile,
    port: Annotated[
        str | None,
        typer.Option("--port", metavar="URL", help="the board's port; the only board if not given"),
    ] = None,
    link: Annotated[
        str | None, typer.Option(metavar="URL", help="where the pump will answer, if at another port")
    ] = None,
    image: Annotated[
        Path | None, typer.Option(metavar="FILE", help="MicroPython image for a board without one")
    ] = None,
    drive: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="the boot drive of a Pico plugged in with BOOTSEL held"),
    ] = None,
    usb_cdc: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="micropython-lib's usb-device-cdc, where no network is"),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="let another program on the board go")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be sent, send nothing")] = False,
    json: Json = False,
) -> None:
    """Put this firmware onto a board, start it and shake hands with it. Only what changed is sent."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from pumpbench.boards import catalogue
    from pumpbench.flashing.flash import Order, as_json
    from pumpbench.flashing.flash import flash as carry_out

    found = catalogue.board(board)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=say.bar_console(json), transient=True) as bar:
        task = bar.add_task("", total=None)

        def progress(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        report = carry_out(
            Order(
                found, port, link, image, drive, usb_cdc, dry_run=dry_run, replace=replace, progress=progress
            )
        )
    for note in report.notes:
        say.warn(note)
    if json:
        say.json_line(as_json(report))
    else:
        say.line(_sentence(report))
    failed = [name for name, result in report.selftest.items() if result == "failed"]
    if failed:
        raise PumpError(f"the firmware is on the board, but its self-test failed: {', '.join(failed)}")


def _sentence(report: "Report") -> str:
    sent = f"{report.files_sent} files, {report.bytes_sent} bytes"
    if report.dry_run:
        return f"{report.board} at {report.port}: {sent} would be sent"
    if not report.files_sent:
        sent = "nothing had changed"
    simulated = " (simulated)" if report.simulated else ""
    return (
        f"{report.board} at {report.port}{simulated}: {sent}, verified, firmware {report.firmware} "
        f"({report.firmware_hash}) answers at {report.link_port}, {report.seconds:.1f} s"
    )
