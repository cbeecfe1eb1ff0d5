"""The end of a process whose output cannot be written: a full disk, a reader that has gone."""

import os
import sys


def let_go() -> None:
    """Throw away what standard output still holds and cannot write.

    The error has been told by then; without this Python would tell it again and change the exit code to 120.
    """
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
