"""A run as one stream of records and gaps, in order and in bounded memory."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from pumpbench.store.chunks import Records
from pumpbench.store.gaps import Gap

if TYPE_CHECKING:
    from pumpbench.store.store import Store


class Stream:
    """The telemetry of a run. Pieces of records never hold two boots and never reach across a gap.

    ``progress`` is told how many records were given out, of how many.
    """

    def __init__(
        self, store: "Store", run_id: int, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._store = store
        self._run_id = run_id
        self._progress = progress
        self.total = store.run(run_id).records
        self.fields = store.fields(run_id)
        self.gaps = store.gaps(run_id)
        self.clock_maps = store.clock_maps(run_id)

    def pieces(self) -> Iterator[Records | Gap]:
        """Arrays of records, and gaps where they belong."""
        gaps, next_gap, done = self.gaps, 0, 0
        for records in self._store.iter_records(self._run_id):
            boot, rest = int(records["boot"][0]), records
            last = int(records["counter"][-1])
            while next_gap < len(gaps) and (gaps[next_gap].boot, gaps[next_gap].first_counter) < (boot, last):
                gap = gaps[next_gap]
                cut = int(np.searchsorted(rest["counter"], gap.first_counter)) if gap.boot == boot else 0
                if cut:
                    yield rest[:cut]
                yield gap
                rest = rest[cut:]
                next_gap += 1
            yield rest
            done += len(records)
            if self._progress:
                self._progress(done, self.total)
        yield from gaps[next_gap:]
