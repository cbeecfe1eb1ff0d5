"""Trials in processes of this machine."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from typing import Any

from pumpbench.trials.sweep.errors import WorkersLost
from pumpbench.trials.sweep.task import Conduct, Task, carry_out


def in_processes(
    tasks: Sequence[Task], jobs: int, conduct: Conduct | None = None
) -> Iterator[dict[str, Any]]:
    """Yield each trial's figures as it ends, at most `jobs` at a time. Raises `WorkersLost`."""
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        running = [pool.submit(partial(carry_out, conduct=conduct), task) for task in tasks]
        try:
            for done in as_completed(running):
                yield done.result()
        except BrokenProcessPool:
            raise WorkersLost("a process that carried out trials has died, and with it its trial") from None
        finally:
            pool.shutdown(cancel_futures=True)
