"""A dry run: the whole program on a virtual board at full speed, and the curve that is to be expected of it.

Everything is as in a real run but the pump, which is a model: real firmware, real recording, in a database
that is thrown away.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from pumpbench.conduct.job import FULL_SPEED, Job
from pumpbench.conduct.progress import Progress, Summary
from pumpbench.conduct.run import run
from pumpbench.files.toml_text import text_of
from pumpbench.store import Store

MOST_POINTS = 3000
_NL_PER_ML = 1e6
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


def dry_run(tables: Mapping[str, Any], on_progress: Callable[[Progress], object]) -> Expected:
    """Run the program in `tables` (as its file has it) to its end; what `on_progress` raises ends it.

    Recorded once a second, whatever the program says. Raises ``FileError``, ``ClientError``, ``StoreError``
    or ``VirtualBoardError``.
    """
    slowly = dict(tables) | {"program": {**tables["program"], "telemetry_rate": "1 Hz"}}
    with tempfile.TemporaryDirectory(prefix="pumpbench-dry-run-") as folder:
        program, db = Path(folder) / "program.toml", Path(folder) / "runs.sqlite"
        program.write_text(text_of(slowly), encoding="utf-8")
        summary = run(Job(program, db=db, speed=FULL_SPEED), on_progress)
        with Store(db) as store:
            return Expected.of(store.records(summary.run_id, fields=_FIELDS), summary)
