"""``pumpbench``: the command, from its first moment to its exit code; `app` has what it can do."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from pumpbench.cli.exits import FINE, INTERRUPTED
from pumpbench.standard_output import let_go


def execute(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code; errors that nobody expected are raised."""
    try:
        from pumpbench.cli.app import carry_out  # here, because Ctrl-C may come while it is read

        return carry_out(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # who read our output has had enough
        return FINE
    finally:
        let_go()


def main() -> None:
    """Be the ``pumpbench`` command."""
    signal.signal(signal.SIGTERM, _terminate)
    if os.name == "posix" and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # not under nohup
        signal.signal(signal.SIGHUP, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what the terminal's encoding has not is shown by its code
            stream.reconfigure(errors="backslashreplace")
    sys.exit(execute(sys.argv[1:]))


def _terminate(number: int, frame: FrameType | None) -> None:
    """Tidy up as after Ctrl-C."""
    raise KeyboardInterrupt
