"""How fast virtual time goes, and in how little memory the firmware lives."""

import json
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figure import Figure

from pumpbench.conduct import Job, Summary, run

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "examples" / "hai-14-days.toml"
QUICK_DURATION = "12h"
GOAL_TIMES = 1000
LEAST_TIMES = 300
HEAP = "160k"


@dataclass(frozen=True)
class Timed:
    """A run, and how long it took by the wall."""

    summary: Summary
    wall_s: float

    @property
    def times_real(self) -> float:
        """Virtual seconds a wall second."""
        return self.summary.elapsed_s / self.wall_s


def timed_run(quick: bool, telemetry_hz: int, heapsize: str | None = None) -> Timed:
    """Run hai-14-days, or its first hours, at full speed into a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        text = PROGRAM.read_text()
        text = re.sub(r"(?m)^telemetry_rate\s*=.*\n", "", text)
        text = text.replace("[program]\n", f'[program]\ntelemetry_rate = "{telemetry_hz} Hz"\n', 1)
        if quick:
            text = re.sub(r'(?m)^duration\s*=\s*".*"', f'duration = "{QUICK_DURATION}"', text)
        program = Path(folder, "program.toml")
        program.write_text(text)
        started = time.monotonic()
        summary = run(Job(program, db=Path(folder, "runs.sqlite"), speed="max", seed=1, heapsize=heapsize))
        return Timed(summary, time.monotonic() - started)


def checked(timed: Timed) -> Timed:
    """The same, after a look whether the run was a whole one: a fast wrong run is no figure."""
    if not timed.summary.finished or timed.summary.telemetry_gaps:
        raise AssertionError(f"the run did not end well: {json.dumps(timed.summary.as_dict())}")
    return timed


def speed_figures(quick: bool) -> list[Figure]:
    """Times real time: firmware and model in MicroPython on one core, telemetry at 10 Hz stored."""
    ten = checked(timed_run(True, 10))
    one = checked(timed_run(quick, 1))
    per_tick = 1e6 / (ten.times_real * 100)
    note = (
        f"interpreter: {ten.summary.interpreter}; at 10 Hz a 100 Hz tick costs {per_tick:.1f} us in all; "
        f"hai-14-days{' (first 12 h)' if quick else ''} took {one.wall_s:.0f} s"
    )
    unit, peer = "x real time", "a real pump"
    at_ten = ("virtual speed, telemetry 10 Hz stored", unit, ten.times_real, 1.0, peer)
    at_one = ("hai-14-days, telemetry 1 Hz stored", unit, one.times_real, 1.0, peer)
    return [
        Figure(*at_ten, f">= {LEAST_TIMES}", note),
        Figure(*at_ten, f">= {GOAL_TIMES}"),
        Figure(*at_one, f">= {GOAL_TIMES}"),
    ]


def memory_figures(quick: bool) -> list[Figure]:
    """hai-14-days with model and firmware in one heap of 160 kB: delivered, in per cent of the requested."""
    small = checked(timed_run(quick, 1, HEAP))
    share = 100 * small.summary.delivered_nl / small.summary.requested_nl
    return [Figure(f"delivered in a heap of {HEAP}", "%", share, 100.0, "requested", ">= 99.99")]
