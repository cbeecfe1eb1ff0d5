"""A dry run: the whole program on a virtual board at full speed, and the curve that is to be expected of it.

Everything is as in a real run but the pump, which is a model: real firmware, real recording, in a database
that is thrown away.
"""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pumpbench.client import Reservoir
from pumpbench.conduct.expected_curve import Curves, Forming
from pumpbench.conduct.job import FULL_SPEED, Job
from pumpbench.conduct.progress import Progress, Summary
from pumpbench.conduct.run import run
from pumpbench.files import program as program_file
from pumpbench.files.toml_text import text_of
from pumpbench.store import Store
from pumplink.numbers import MAX_RESERVOIRS

TELL_CURVES_S = 1.0
LONG_S = 6 * 3600
SELDOM_HZ = 10
SELDOM = {"tick_hz": SELDOM_HZ, "permit_us": 250_000}  # the motor's permits outlast two ticks
_LITRE_NL = 1_000_000_000


@dataclass(frozen=True)
class Expected:
    """What came of a dry run of a program that was to last `total_s`."""

    summary: Summary
    curves: Curves
    total_s: float


class _Follower:
    """Forms the curves from what is recorded, while it is being recorded."""

    def __init__(self, db: Path, on_curves: Callable[[Curves], object]) -> None:
        self._db = db
        self._on_curves = on_curves
        self._forming: Forming | None = None
        self._last = (0, -1)  # boot and counter of the last record that was taken
        self._told_at = float("-inf")

    def follow(self, progress: Progress) -> None:
        """Tell the curves of now, when it is time to."""
        now = time.monotonic()
        if now - self._told_at < TELL_CURVES_S:
            return
        curves = self.curves(progress.total_s)
        if len(curves.time_s):
            self._told_at = now
            self._on_curves(curves)

    def curves(self, total_s: float) -> Curves:
        """Return the curves of all that is recorded by now, of a program that lasts so long."""
        forming = self._forming = self._forming or Forming(total_s)
        with Store(self._db, read_only=True) as store:
            run = store.latest_run()
            assert run is not None
            records = store.records_since(run.id, *self._last)
        if len(records):
            self._last = int(records[-1]["boot"]), int(records[-1]["counter"])
            forming.add(records)
        return forming.curves()


def is_long(total_s: float) -> bool:
    """Whether a program that lasts so long is carried out with few ticks a second."""
    return total_s > LONG_S


def dry_run(
    tables: Mapping[str, Any],
    board: Sequence[Reservoir],
    on_progress: Callable[[Progress], object],
    on_curves: Callable[[Curves], object],
) -> Expected:
    """Run the program in `tables` (as its file has it) to its end; what `on_progress` raises ends it, and
    `on_curves` gets about once a second what is there of the curves.

    A program that defines no reservoirs draws from copies of the `board`'s, from a full litre where that has
    none. Recorded once a second, whatever the program says. One of more than six hours is carried out with
    ten ticks a second, the fewest that the firmware knows, so that it is over in less than half the time:
    what is to happen at once happens up to a tenth of a second later, and the same is delivered to within a
    step of the motor. Raises ``FileError``, ``ClientError``, ``StoreError`` or ``VirtualBoardError``.
    """
    slowly = dict(tables) | {"program": {**tables["program"], "telemetry_rate": "1 Hz"}}
    if not tables.get("reservoirs"):
        slowly |= _with_reservoirs(tables, board)
    with tempfile.TemporaryDirectory(prefix="pumpbench-dry-run-") as folder:
        program, db = Path(folder) / "program.toml", Path(folder) / "runs.sqlite"
        program.write_text(text_of(slowly), encoding="utf-8")
        follower = _Follower(db, on_curves)

        def tell(progress: Progress) -> None:
            on_progress(progress)
            follower.follow(progress)

        total_s = program_file.load(program).duration_s
        summary = run(Job(program, db=db, speed=FULL_SPEED, board=SELDOM if is_long(total_s) else {}), tell)
        return Expected(summary, follower.curves(total_s), total_s)


def _with_reservoirs(tables: Mapping[str, Any], board: Sequence[Reservoir]) -> dict[str, Any]:
    """The board's reservoirs, by number, as a program defines its own."""
    copies = {one.index: one for one in board if one.capacity_nl}
    reservoirs = []
    for index in range(MAX_RESERVOIRS):
        copy = copies.get(index)
        capacity_nl = copy.capacity_nl if copy else _LITRE_NL
        contents_nl = copy.contents_nl if copy else _LITRE_NL
        reservoirs.append(
            {"id": index, "capacity": f"{capacity_nl} nL", "contents": f"{contents_nl} nL", "low_at": "0 nL"}
        )
    segments = [{"reservoir": 0, **segment} for segment in tables["segments"]]
    return {"segments": segments, "reservoirs": reservoirs}
