"""The truth as a CSV file, and beside it the times of the faults: what tests and reports judge a run by."""

import contextlib
import csv
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pumpbench.virtual.errors import BadOption, BoardDied
from pumpbench.virtual.fakes.mux import TRUTH_RECORD

COLUMNS = ("time_us", "head_nl", "outlet_nl", "rotor_mdeg", "pressure_pa", "reservoir_nl", "steps")
FAULT_COLUMNS = ("time_us", "kind", "on", "value")


def faults_path(truth: Path) -> Path:
    """Return where the faults of a truth file are: ``run.csv`` has ``run.faults.csv``."""
    return truth.with_name(truth.stem + ".faults.csv")


def _new(path: Path) -> TextIO:
    try:
        return path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise BadOption(f"truth file {path} cannot be written: {error.strerror or error}") from None


class TruthFile:
    """Writes both files: times in us of true time, volumes in nL, rotor 0..360,000 mdeg, gauge pressure
    in Pa, `steps` the motor's position in microsteps. A fault has a row when it starts (1) and one when
    it ends (0).

    Raises:
        BadOption: one of them cannot be made.
        BoardDied: from the methods: one of them cannot be written, for a full disk say.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._truth = _new(path)
        self._truth.write(",".join(COLUMNS) + "\n")
        self._faults = _new(faults_path(path))
        self._fault_rows = csv.writer(self._faults, lineterminator="\n")
        self._fault_rows.writerow(FAULT_COLUMNS)

    def add(self, payload: bytes) -> None:
        """Write one record (a ``TRUTH`` frame's payload)."""
        time_us, head, outlet, rotor, pressure, reservoir, steps = struct.unpack(TRUTH_RECORD, payload)
        with self._written():
            self._truth.write(
                f"{time_us},{head:.3f},{outlet:.3f},{rotor:.1f},{pressure:.2f},{reservoir:.3f},{steps}\n"
            )

    def add_fault(self, payload: bytes) -> None:
        """Write one fault's start or end (a ``FAULT`` frame's payload)."""
        fault = json.loads(payload)
        value = "" if fault["value"] is None else fault["value"]
        with self._written():
            self._fault_rows.writerow((fault["time_us"], fault["kind"], int(fault["on"]), value))

    def flush(self) -> None:
        """Let readers see all that was written."""
        with self._written():
            self._truth.flush()
            self._faults.flush()

    def close(self) -> None:
        """End both files."""
        with self._written(), self._truth, self._faults:
            pass

    @contextlib.contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = error.strerror or error
            raise BoardDied(
                f"truth file {self._path} cannot be written: {why}; the board has ended"
            ) from None
