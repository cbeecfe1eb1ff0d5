"""usb-device-cdc of micropython-lib, which gives the link a serial port of its own beside the prompt's."""

import contextlib
import io
import socket
from pathlib import Path
from urllib.parse import urlsplit

from mpremote import mip
from mpremote.commands import CommandError

from pumpbench.flashing.compile import Chip, compiled
from pumpbench.flashing.errors import FlashError
from pumpbench.flashing.repl import Prompt

_PACKAGE = "usb-device-cdc"
_LIB = ""  # the root: a folder of its own would take two blocks more
_NETWORK_S = 3.0
_WANTED = "usb/device/cdc.py"


class CannotInstall(FlashError):  # noqa: N818
    """The package is not to be had; the link shares the prompt's port then."""


def install_from(folder: Path, prompt: Prompt, chip: Chip) -> list[str]:
    """Put the package's files on the board out of a folder that holds ``usb/device/*.py``, as micropython-lib
    has them; return their paths there.

    Raises `CannotInstall` when the folder does not hold them.
    """
    root = next((path.parents[2] for path in sorted(folder.rglob("cdc.py")) if path.match(_WANTED)), None)
    found = {} if root is None else _sources(folder)
    if not {"usb/device/core.py", _WANTED} <= found.keys():
        raise CannotInstall(
            f"{folder} does not hold usb-device-cdc: {_WANTED} or usb/device/core.py is missing"
        )
    written = []
    for path, data in compiled(found, chip).items():
        target = f"{_LIB}/{path}"
        prompt.run(f"begin('{target}')")
        prompt.send(data, lambda count: None)
        prompt.run(f"finish('{target}')")
        written.append(target)
    return written


def install_by_network(prompt: Prompt) -> None:
    """Let mpremote fetch and install the package. Raises `CannotInstall` when there is no network."""
    host = urlsplit(mip._PACKAGE_INDEX).hostname or ""
    try:
        socket.create_connection((host, 443), _NETWORK_S).close()
    except OSError:
        raise CannotInstall("there is no network to fetch usb-device-cdc by") from None
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            mip._install_package(prompt.transport, _PACKAGE, mip._PACKAGE_INDEX, _LIB, None, True)
    except (CommandError, OSError) as error:
        raise CannotInstall(f"usb-device-cdc could not be fetched: {error}") from None


def _sources(folder: Path) -> dict[str, str]:
    """Every ``usb/device/*.py`` below the folder, by that path: micropython-lib keeps two packages apart."""
    return {
        f"usb/device/{path.name}": path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
        if path.parent.name == "device" and path.parent.parent.name == "usb"
    }
