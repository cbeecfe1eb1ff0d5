"""``logs``: what the board has noted, in its event log while the pump runs, or why it broke off."""

import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, choose
from pumpbench.cli.options import Json, Port
from pumpbench.units import format_clock
from pumplink.names import EVENTS, PRIORITY_NAMES

if TYPE_CHECKING:
    from pumpbench.client import Event

_QUIET_S = 1.0
_PROMPT_S = 3.0
# Run at the board's prompt: whether there is a firmware, and what it noted when it broke off.
_NOTES = """
import json
def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
print(json.dumps([read("/fw.txt") != "", read("/crash.txt")]))
"""


def logs(
    port: Port = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="go on with what happens, until Ctrl-C")
    ] = False,
    json: Json = False,
) -> None:
    """Show the events that the board keeps, or at its prompt why the firmware broke off; changes nothing."""
    from pumpbench.client import NoDevice, connect

    url = choose(port)
    came = threading.Event()

    def show(event: "Event") -> None:
        came.set()
        _show(event, json)

    try:
        with connect(url, role=OBSERVE, on_event=show) as pump:
            pump.limits()  # refused by a board of another version
            while follow or came.wait(_QUIET_S):
                came.clear()
                came.wait(_QUIET_S)
    except KeyboardInterrupt:
        return
    except NoDevice:
        crash = _crash(url)
        if crash is None:
            raise
        if json:
            say.json_line({"crash": crash})
        else:
            say.line(crash or f"{url}: the board is at its prompt, and its firmware has noted no error")


def _show(event: "Event", json: bool) -> None:
    name, about_a, about_b = EVENTS[event.code] if event.code < len(EVENTS) else (str(event.code), "a", "b")
    if json:
        told: dict[str, Any] = {
            field: getattr(event, field) for field in ("number", "boot", "run", "time_us", "a", "b")
        }
        say.json_line(told | {"event": name, "priority": PRIORITY_NAMES[event.priority]})
        return
    values = [f"{about} {value}" for about, value in ((about_a, event.a), (about_b, event.b)) if about]
    say.line(
        f"{event.number:6}  boot {event.boot}  {format_clock(event.time_us / 1e6)}  "
        f"{PRIORITY_NAMES[event.priority]:6}  {name}{': ' if values else ''}{', '.join(values)}"
    )


def _crash(url: str) -> str | None:
    """Return the traceback on a board that is at its prompt, "" when there is none, None without a prompt.

    Raises `NoDevice` when there is no firmware that could have noted one.
    """
    from pumpbench.client import NoDevice
    from pumpbench.flashing import repl
    from pumpbench.flashing.places import Places
    from pumpbench.flashing.traceback import names_of_every_layer, readable

    prompt = repl.enter(Places(url), _PROMPT_S)
    if prompt is None:
        return None
    with prompt:
        flashed, text = prompt.ask(_NOTES)
    if not flashed:
        raise NoDevice(
            f"{url}: the board is at MicroPython's prompt and has no pump firmware; `pumpbench flash` "
            "puts it there"
        )
    return readable(text.strip(), names_of_every_layer()) if text else ""
