"""How fast virtual time goes, and in how little memory the firmware lives."""

import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figure import Figure

from pumpbench.conduct import Job, Summary, run
from pumpbench.virtual.interpreter import heap_bytes

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "examples" / "hai-14-days.toml"
QUICK_DURATION = "12h"
GOAL_TIMES = 1000
LEAST_TIMES = 300
HEAP = "176wk"  # 176 kB of a 32-bit chip: MicroPython doubles it where its objects are twice as wide
SMALL_KB, ROOMY_KB = 160, 480


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
    """hai-14-days with model and firmware in one small heap; what each of them takes of it; the smallest."""
    small = checked(timed_run(quick, 1, HEAP))
    delivered = 100 * small.summary.delivered_nl / small.summary.requested_nl
    held = heap_after_ten_minutes(ROOMY_KB)
    if held is None:
        raise AssertionError(f"ten minutes do not run in {ROOMY_KB} kB")
    firmware_kb, model_kb = (held["used"] - held["model"]) / 1024, held["model"] / 1024
    note = (
        f"memory: a heap of {HEAP} is {heap_bytes(HEAP) >> 10} kB on this machine, whose words have "
        f"{sys.maxsize.bit_length() + 1} bits; the model shares it and takes {model_kb:.0f} kB; "
        "compiled machine code lies outside it"
    )
    return [
        Figure(f"delivered in a heap of {HEAP}", "%", delivered, 100.0, "requested", ">= 99.99", note),
        Figure("heap of the firmware alone, programmed and run", "kB", firmware_kb, goal="<= 160"),
        Figure("smallest heap of firmware and model together", "kB", smallest_heap_kb()),
    ]


def smallest_heap_kb() -> int:
    """The fewest whole kB in which a board is programmed and runs for ten minutes."""
    too_small, enough = SMALL_KB, ROOMY_KB
    while enough - too_small > 1:
        middle = (too_small + enough) // 2
        if heap_after_ten_minutes(middle) is None:
            too_small = middle
        else:
            enough = middle
    return enough


def heap_after_ten_minutes(kilobytes: int) -> dict[str, int] | None:
    """What a heap of that size holds after a short program (see ``in_heap``); None where it is too small."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.in_heap", str(kilobytes)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else None
