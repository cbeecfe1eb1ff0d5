"""Trials in processes of this machine."""

import signal
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
    tempfile.tempdir = scratch
