"""A board's serving process that another program started for itself: it reads the plant from its standard
input, tells what is wrong in JSON, and ends when that program does."""

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from pumpbench.files import plant as plant_file
from pumpbench.files.errors import FileError
from pumpbench.standard_output import let_go
from pumpbench.virtual.errors import BoardDied, VirtualBoardError

_BAD_USAGE = 2
_NO_DEVICE = 3


def take_plant() -> dict[str, Any]:
    """Return the plant that the first line of standard input tells; from then on its end ends this process.

    Raises:
        FileError: it is none.
    """
    tables = json.loads(sys.stdin.readline() or "{}")
    threading.Thread(target=_end_with_the_input, name="pumpbench-attached", daemon=True).start()
    return plant_file.parse(tables, "the plant")


def run(serve: Callable[[], None], attached: bool) -> int:
    """Serve; return the exit code. What is wrong goes to standard error, or as JSON to whom it serves."""
    try:
        serve()
    except BrokenPipeError:  # who was to read the description has gone, and with it the need for a board
        pass
    except (VirtualBoardError, FileError) as error:
        _tell(error, attached)
        let_go()
        return _NO_DEVICE if isinstance(error, BoardDied) else _BAD_USAGE
    let_go()
    return 0


def _tell(error: VirtualBoardError | FileError, attached: bool) -> None:
    if not attached:
        print(error, file=sys.stderr)
        return
    kind = "BadOption" if isinstance(error, FileError) else type(error).__name__
    with contextlib.suppress(BrokenPipeError):  # it has gone, and does not want to know
        print(json.dumps({"error": str(error), "kind": kind}), flush=True)


def _end_with_the_input() -> None:
    """Nobody is left who could end this process, so it ends itself."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
