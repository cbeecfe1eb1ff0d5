"""How fast virtual time goes, and in how little memory the firmware lives."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figure import Figure
from tests.support import small_firmware

from pumpbench.conduct import Job, Summary, run
from pumpbench.virtual.interpreter import heap_bytes

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "examples" / "hai-14-days.toml"
QUICK_DURATION = "12h"
GOAL_TIMES = 1000
LEAST_TIMES = 300
HEAP = "160wk"  # 160 kB of a 32-bit chip: MicroPython doubles it where its objects are twice as wide
WIDER = (sys.maxsize.bit_length() + 1) // 32  # than a chip's: this machine's words
SMALL_KB, ROOMY_KB = 160, 480


@dataclass(frozen=True)
class Timed:
    """A run, how long it took by the wall, and how long the board's processes were at work."""

    summary: Summary
    wall_s: float
    cpu_s: float

    @property
    def times_real(self) -> float:
        """Virtual seconds a wall second."""
        return self.summary.elapsed_s / self.wall_s

    @property
    def times_real_by_cpu(self) -> float:
        """Virtual seconds a second of the processor's: what an idle core would reach."""
        return self.summary.elapsed_s / self.cpu_s


def children_s() -> float:
    """Processor time of the processes that were started from here and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def timed_run(quick: bool, telemetry_hz: int, heapsize: str | None = None, main: Path | None = None) -> Timed:
    """Run hai-14-days, or its first hours, at full speed into a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        text = PROGRAM.read_text()
        text = re.sub(r"(?m)^telemetry_rate\s*=.*\n", "", text)
        text = text.replace("[program]\n", f'[program]\ntelemetry_rate = "{telemetry_hz} Hz"\n', 1)
        if quick:
            text = re.sub(r'(?m)^duration\s*=\s*".*"', f'duration = "{QUICK_DURATION}"', text)
        program = Path(folder, "program.toml")
        program.write_text(text)
        db = Path(folder, "runs.sqlite")
        started, at_work_s = time.monotonic(), children_s()
        summary = run(Job(program, db=db, speed="max", seed=1, heapsize=heapsize, firmware=main))
        return Timed(summary, time.monotonic() - started, children_s() - at_work_s)


def checked(timed: Timed) -> Timed:
    """The same, after a look whether the run was a whole one: a fast wrong run is no figure."""
    if not timed.summary.finished or timed.summary.telemetry_gaps:
        raise AssertionError(f"the run did not end well: {json.dumps(timed.summary.as_dict())}")
    return timed


def speed_figures(quick: bool) -> list[Figure]:
    """Times real time: firmware and model in MicroPython on one core, telemetry at 10 Hz stored."""
    load = os.getloadavg()[0]
    ten = checked(timed_run(True, 10))
    one = checked(timed_run(quick, 1))
    per_tick = 1e6 / (ten.times_real_by_cpu * 100)
    note = (
        f"virtual speed: {ten.summary.interpreter}, load {load:.1f} before and {os.getloadavg()[0]:.1f} "
        f"after on {os.cpu_count()} cores; by CPU counts the board's processes alone: at 10 Hz "
        f"{per_tick:.1f} us a tick; hai-14-days{' (first 12 h)' if quick else ''} took {one.wall_s:.0f} s "
        "by the wall"
    )
    unit, peer = "x real time", "a real pump"
    at_ten = ("virtual speed, telemetry 10 Hz stored, by the wall", unit, ten.times_real, 1.0, peer)
    at_one = ("hai-14-days, telemetry 1 Hz stored, by the wall", unit, one.times_real, 1.0, peer)
    return [
        Figure(*at_ten, f">= {LEAST_TIMES}", note),
        Figure(*at_ten, f">= {GOAL_TIMES}"),
        Figure("the same by CPU", unit, ten.times_real_by_cpu, 1.0, peer, f">= {GOAL_TIMES}"),
        Figure(*at_one, f">= {GOAL_TIMES}"),
        Figure("hai-14-days by CPU", unit, one.times_real_by_cpu, 1.0, peer, f">= {GOAL_TIMES}"),
    ]


def memory_figures(quick: bool) -> list[Figure]:
    """hai-14-days with model and firmware in one small heap; what each of them takes of it; the smallest."""
    with tempfile.TemporaryDirectory() as folder:
        main = small_firmware.make(Path(folder))
        small = checked(timed_run(quick, 1, HEAP, main))
        held = heap_after_ten_minutes(main, ROOMY_KB)
        smallest_kb = smallest_heap_kb(main)
    if held is None:
        raise AssertionError(f"ten minutes do not run in {ROOMY_KB} kB")
    delivered = 100 * small.summary.delivered_nl / small.summary.requested_nl
    firmware_kb, model_kb = (held["used"] - held["model"]) / 1024, held["model"] / 1024
    note = (
        f"memory: a heap of {HEAP} is {heap_bytes(HEAP) >> 10} kB here, where a word is {WIDER} times as "
        f"wide as a chip's; the model, which no pump has, takes {model_kb:.0f} kB of it and the firmware "
        f"{firmware_kb:.0f} kB. The firmware is compacted and compiled as for a chip; machine code lies "
        "outside the heap"
    )
    wide, chip = "kB of this machine", "kB of a chip"
    return [
        Figure(f"delivered by firmware and model in a heap of {HEAP}", "%", delivered, 100.0, "requested",
               ">= 99.99", note),
        Figure("smallest heap of firmware and model together", chip, smallest_kb / WIDER, goal="<= 160"),
        Figure("heap of the firmware alone, programmed and run", chip, firmware_kb / WIDER, goal="<= 160"),
        Figure("the same in this machine's wider words", wide, firmware_kb, goal="<= 160"),
    ]  # fmt: skip


def smallest_heap_kb(main: Path) -> int:
    """The fewest whole kB in which a board is programmed and runs for ten minutes."""
    too_small, enough = SMALL_KB, ROOMY_KB
    while enough - too_small > 1:
        middle = (too_small + enough) // 2
        if heap_after_ten_minutes(main, middle) is None:
            too_small = middle
        else:
            enough = middle
    return enough


def heap_after_ten_minutes(main: Path, kilobytes: int) -> dict[str, int] | None:
    """What a heap of that size holds after a short program (see ``in_heap``); None where it is too small."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.in_heap", str(main), str(kilobytes)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else None
