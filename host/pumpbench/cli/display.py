"""Whether there is a screen for a window: Qt ends the whole program where there is none."""

import os
import re
import socket
import sys
from pathlib import Path

from pumpbench.cli.exits import UsageError

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_LOCAL = re.compile(r":(\d+)(\.\d+)?")
_INSTEAD = "`pumpbench monitor` shows a pump in the terminal"


def need_display() -> None:
    """Raise `UsageError` where a window cannot be shown, as far as that can be known before."""
    if not sys.platform.startswith("linux"):
        return
    named = {name: os.environ[name] for name in _DISPLAYS if os.environ.get(name)}
    if not named:
        raise UsageError(f"there is no display for a window; {_INSTEAD}")
    if any(_may_answer(name, value) for name, value in named.items()):
        return
    silent = " and ".join(
        f"the display {value}, which {name} names, does not answer" for name, value in named.items()
    )
    raise UsageError(f"{silent}; {_INSTEAD}")


def _may_answer(name: str, value: str) -> bool:
    """Whether a display answers, or it cannot be known."""
    if name == "DISPLAY":
        local = _LOCAL.fullmatch(value)
        return local is None or _answers(f"/tmp/.X11-unix/X{local[1]}")
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if name == "WAYLAND_DISPLAY" and (folder or value.startswith("/")):
        return _answers(str(Path(folder) / value))
    return True


def _answers(place: str) -> bool:
    for address in ("\0" + place, place):  # X servers listen on both, or on one of them
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(address)
            except OSError:
                continue
            return True
    return False
