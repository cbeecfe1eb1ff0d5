"""Trials in processes of this machine."""

import contextlib
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children, get_context
from typing import Any

from pumpbench.trials.sweep.errors import WorkersLost
from pumpbench.trials.sweep.task import Conduct, Task, carry_out


def in_processes(
    tasks: Sequence[Task], jobs: int, conduct: Conduct | None = None
) -> Iterator[dict[str, Any]]:
    """Yield each trial's figures as it ends, at most `jobs` at a time. Raises `WorkersLost`.

    Whoever leaves before the end also ends the trials that are under way.
    """
    others = set(active_children())
    with (
        tempfile.TemporaryDirectory(prefix="pumpbench-sweep-") as scratch,
        ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_begin, initargs=(scratch,)) as pool,
    ):
        with _ctrl_c_held_back():
            running = [pool.submit(partial(carry_out, conduct=conduct), task) for task in tasks]
        try:
            for done in as_completed(running):
                yield done.result()
        except BrokenProcessPool:
            raise WorkersLost("a process that carried out trials has died, and with it its trial") from None
        except BaseException:
            for worker in set(active_children()) - others:
                worker.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(scratch: str) -> None:
    """Leave Ctrl-C to the parent, and put nothing where it does not tidy up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    tempfile.tempdir = scratch


@contextlib.contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let Ctrl-C come afterwards. A process that is started meanwhile has it held back until it says
    otherwise: one that is interrupted while it still imports would tell where.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
