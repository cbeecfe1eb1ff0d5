"""A dry run: the whole program on a virtual board at full speed, and the curve that is to be expected of it.

Everything is as in a real run but the pump, which is a model: real firmware, real recording, in a database
that is thrown away.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from pumpbench.client import Reservoir
from pumpbench.conduct.job import FULL_SPEED, Job
from pumpbench.conduct.progress import Progress, Summary
from pumpbench.conduct.run import run
from pumpbench.files.toml_text import text_of
from pumpbench.store import Store
from pumplink.numbers import MAX_RESERVOIRS

MOST_POINTS = 3000
_NL_PER_ML = 1e6
_LITRE_NL = 1_000_000_000
_FIELDS = ("time_us", "set_nl_h", "flow_nl_h", "measured_nl_h", "counted_nl")

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Expected:
    """What came of a dry run: means of pieces of equal length, none longer than the program's 3000th part.

    Times in s since the start, rates in mL/h, `volume_ml` as the motor counted it.
    """

    summary: Summary
    time_s: Curve
    set_ml_h: Curve
    commanded_ml_h: Curve
    measured_ml_h: Curve
    volume_ml: Curve

    @classmethod
    def of(cls, records: Any, summary: Summary) -> Self:
        """Thin a run's records out."""
        chunks = np.array_split(np.arange(len(records)), min(MOST_POINTS, len(records)) or 1)

        def means(name: str, scale: float) -> Curve:
            values = records[name].astype(np.float64) / scale
            return np.array([values[chunk].mean() for chunk in chunks if len(chunk)])

        time_s = means("time_us", 1e6)
        volume_ml = means("counted_nl", _NL_PER_ML)
        return cls(
            summary,
            time_s - (records["time_us"][0] / 1e6 if len(records) else 0.0),
            means("set_nl_h", _NL_PER_ML),
            means("flow_nl_h", _NL_PER_ML),
            means("measured_nl_h", _NL_PER_ML),
            volume_ml - (records["counted_nl"][0] / _NL_PER_ML if len(records) else 0.0),
        )


def dry_run(
    tables: Mapping[str, Any], board: Sequence[Reservoir], on_progress: Callable[[Progress], object]
) -> Expected:
    """Run the program in `tables` (as its file has it) to its end; what `on_progress` raises ends it.

    A program that defines no reservoirs draws from copies of the `board`'s, from a full litre where that has
    none. Recorded once a second, whatever the program says. Raises ``FileError``, ``ClientError``,
    ``StoreError`` or ``VirtualBoardError``.
    """
    slowly = dict(tables) | {"program": {**tables["program"], "telemetry_rate": "1 Hz"}}
    if not tables.get("reservoirs"):
        slowly |= _with_reservoirs(tables, board)
    with tempfile.TemporaryDirectory(prefix="pumpbench-dry-run-") as folder:
        program, db = Path(folder) / "program.toml", Path(folder) / "runs.sqlite"
        program.write_text(text_of(slowly), encoding="utf-8")
        summary = run(Job(program, db=db, speed=FULL_SPEED), on_progress)
        with Store(db) as store:
            return Expected.of(store.records(summary.run_id, fields=_FIELDS), summary)


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
