"""Reaching a pump from a command: which port, and asking before a dose that nothing vouches for."""

import sys
from typing import TYPE_CHECKING

import typer

from pumpbench.cli import say
from pumpbench.cli.exits import UsageError

if TYPE_CHECKING:
    from pumpbench.client import Client

OBSERVE = "observe"
COMMAND = "command"
VIRTUAL = "virtual"


def open_pump(port: str | None, role: str) -> "Client":
    """Connect to the pump at ``port``, or to the only one there is. Raises `UsageError`, `ClientError`."""
    from pumpbench.client import connect

    return connect(choose(port), role=role)


def choose(port: str | None) -> str:
    """Return the port to use: the one named, or that of the only pump found.

    A port that another program has open counts too: that program may serve a local socket.
    """
    if port is not None:
        return port
    from pumpbench.client import NoDevice
    from pumpbench.client.discover import find_boards

    found = find_boards()
    answering = [place.url for place, info in found if info is not None] or [place.url for place, _ in found]
    if not answering:
        raise NoDevice(
            "no pump was found: plug one in, or name its port with --port (--port virtual starts one)"
        )
    if len(answering) > 1:
        raise UsageError(f"there are several pumps: name one with --port, of {', '.join(answering)}")
    return answering[0]


def running_port(port: str | None) -> str:
    """Return the port of a pump that is there already. Raises `UsageError` for ``virtual``."""
    if port == VIRTUAL:
        raise UsageError(
            "--port virtual would start another board; name the port that the running one printed"
        )
    return choose(port)


def confirm_dosing(pump: "Client", yes: bool) -> None:
    """Ask before a volume is dosed without a valid calibration; a model's liquid needs no question.

    Raises `UsageError` when the answer is no, or nobody is there to answer.
    """
    from pumpbench.conduct.dosing import calibration_fault

    if pump.info.simulated:
        return
    fault = calibration_fault(pump.calibration())
    if fault is not None:
        confirm(f"{fault}, so a volume may be wrong by a quarter", yes)


def confirm(why: str, yes: bool) -> None:
    """Say why and ask; ``--yes`` answers. Raises `UsageError` when the answer is no or nobody can answer."""
    if yes:
        say.warn(f"{why}; going on because of --yes")
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{why}; say --yes to go on all the same")
    if not typer.confirm(f"{why}. Go on?", err=True):
        raise UsageError("nothing was done")
