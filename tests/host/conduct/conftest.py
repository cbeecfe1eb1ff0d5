"""Whole runs at full speed on real boards, and what they left behind."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pumpbench.conduct import Job, Summary, run
from pumpbench.store import Store
from pumplink.names import EVENT_NAMES
from pumplink.states import EVENT_ALARM_RAISED

STEP_NL = 50_000 / 3200
RESERVOIR = '[[reservoirs]]\nid = "main"\ncapacity = "100 mL"\ncontents = "90 mL"\n'


@dataclass(frozen=True)
class Outcome:
    """A run as its summary, its database and the model's truth have it."""

    summary: Summary
    records: Any
    events: list[Any]
    truth: list[dict[str, float]]
    truth_bytes: bytes

    @property
    def head_nl(self) -> float:
        """What the head really delivered in the end."""
        return self.truth[-1]["head_nl"]

    def alarm_times_s(self) -> dict[int, float]:
        """When each alarm was raised first, by code."""
        raised = [event for event in self.events if event.code == EVENT_ALARM_RAISED]
        return {event.a: event.time_us / 1e6 for event in reversed(raised)}

    def assert_whole(self) -> None:
        """Every record and every event is there, once and in order, up to the end that the summary tells."""
        assert self.summary.telemetry_gaps == 0
        assert len(self.records) == self.summary.telemetry_records
        assert set(np.diff(self.records["counter"].astype(np.int64))) == {1}
        numbers = [event.number for event in self.events]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert self.records["counted_nl"][-1] == self.summary.delivered_nl

    def names(self) -> list[str]:
        """The events by name."""
        return [EVENT_NAMES[event.code] for event in self.events]


Conduct = Callable[..., Outcome]


@pytest.fixture
def conduct(tmp_path: Path) -> Conduct:
    """Run a program's text on a plant's text; further keywords go to the job."""
    runs = iter(range(1000))

    def go(program: str, plant: str = "", **options: Any) -> Outcome:
        folder = tmp_path / f"run{next(runs)}"
        folder.mkdir()
        (folder / "program.toml").write_text(program)
        (folder / "plant.toml").write_text(plant)
        job = Job(
            program=folder / "program.toml",
            plant=folder / "plant.toml",
            db=folder / "lab.sqlite",
            truth=folder / "truth.csv",
            speed="max",
            seed=options.pop("seed", 7),
            **options,
        )
        summary = run(job)
        with Store(folder / "lab.sqlite") as store:
            records, events = store.records(summary.run_id), store.events(summary.run_id)
        text = (folder / "truth.csv").read_bytes()
        rows = [
            {key: float(value) for key, value in row.items()}
            for row in csv.DictReader(text.decode().splitlines())
        ]
        return Outcome(summary, records, events, rows, text)

    return go


def program(*segments: str, head: str = "", reservoirs: str = RESERVOIR) -> str:
    """A program file of these segments' keys."""
    listed = "".join(f"[[segments]]\n{keys}\n" for keys in segments)
    return f'[program]\nname = "trial"\n{head}\n{listed}{reservoirs}'


def constant(rate: str, duration: str) -> str:
    """The keys of a constant segment by time."""
    return f'kind = "constant"\nrate = "{rate}"\nduration = "{duration}"'


def fault(kind: str, at_s: float, duration_s: float | None = None, value: float | None = None) -> str:
    """A fault of a plant file."""
    more = "" if duration_s is None else f"duration_s = {duration_s}\n"
    more += "" if value is None else f"value = {value}\n"
    return f'[[faults]]\nkind = "{kind}"\nat_s = {at_s}\n{more}'
