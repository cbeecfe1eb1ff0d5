"""Trials on many machines, through a Dask scheduler; its workers need pumpbench installed."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from pumpbench.trials.sweep.errors import NoScheduler, WorkersLost
from pumpbench.trials.sweep.task import Conduct, Task, carry_out

CONNECT_S = 10
RETRIES = 2


def in_cluster(
    tasks: Sequence[Task], scheduler: str, conduct: Conduct | None = None
) -> Iterator[dict[str, Any]]:
    """Yield each trial's figures as it ends. Raises `NoScheduler` and `WorkersLost`.

    A trial whose worker died is begun anew on another one, twice at most: it has a seed, so it comes out as
    it would have.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError:
        raise NoScheduler("Dask is not installed; install pumpbench[dask]") from None
    try:
        client = Client(scheduler, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoScheduler(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise NoScheduler(f"the Dask scheduler at {scheduler} has no workers")
        running = client.map(partial(carry_out, conduct=conduct), tasks, pure=False, retries=RETRIES)
        try:
            for done in as_completed(running, loop=client.loop):
                yield done.result()
        except KilledWorker:
            raise WorkersLost("a trial's worker died again and again; see the workers' logs") from None
        finally:
            client.cancel(running)
