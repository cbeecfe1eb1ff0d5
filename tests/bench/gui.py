"""The window: its frames with a day of telemetry behind them, its start, and Stop while all that goes on.

Offscreen, each in a process of its own. What the thread that draws costs is told by the wall's clock, to
which other work on the machine adds, and by the processor's, to which it adds little.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure

from pumpbench.gui.live import DAY

ROOT = Path(__file__).resolve().parents[2]
PLAIN = "PlotDataItem.setData of everything"
EMPTY = "an empty window of pyqtgraph"
ASLEEP = "how late a process that only sleeps is woken meanwhile"
STALL_MS, FRAME_MS, GROWN_MB, START_S, STOP_MS = 50, 16, 32, 1.5, 20
_ENVIRONMENT = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
_VIEWS = ("last 2 minutes", "everything")


def plot_figures(quick: bool) -> list[Figure]:
    """The page "Plots" with 8.64 million records behind it (quick: an hour's) and 100 more a second."""
    records = DAY // 24 if quick else DAY
    ours = _told("frames", str(records), "5" if quick else "20")
    plain = _told("plain", str(records), "3")
    note = (
        f"plots: with {records:,} records behind the plot; {_load()}; a second day arrives behind the first"
    )
    worst = {name: max(ours[f"{view}: {name}"] for view in _VIEWS) for name in _NAMES}
    return [
        Figure("plots: longest stall of the window", "ms", worst["stall_ms"], plain["stall_ms"], PLAIN,
               f"<= {STALL_MS}", note),
        Figure("plots: longest stall, by the processor's clock", "ms", worst["stall_cpu_ms"],
               plain["stall_cpu_ms"], PLAIN, f"<= {STALL_MS}", note),
        Figure("plots: median frame", "ms", worst["frame_ms"], plain["frame_ms"], PLAIN,
               f"<= {FRAME_MS}", note),
        Figure("plots: median frame, by the processor's clock", "ms", worst["frame_cpu_ms"],
               plain["frame_cpu_ms"], PLAIN, f"<= {FRAME_MS}", note),
        Figure("plots: memory of a day's records", "MB", ours["held_mb"], plain["held_mb"], PLAIN),
        Figure("plots: memory grown while a second day arrives", "MB", ours["grown_mb"],
               goal=f"<= {GROWN_MB}", note=note),
    ]  # fmt: skip


_NAMES = ("stall_ms", "stall_cpu_ms", "frame_ms", "frame_cpu_ms")


def start_figures(quick: bool) -> list[Figure]:
    """From the command to the first picture, with a warm disk."""
    rounds = 3 if quick else 9
    ours, empty = _starts("ours", rounds), _starts("empty", rounds)
    return [
        Figure(
            "gui: start to first picture, median", "s", statistics.median(ours), statistics.median(empty),
            EMPTY, f"<= {START_S}", f"gui: the quickest of {rounds} starts took {min(ours):.2f} s; {_load()}",
        )
    ]  # fmt: skip


def stop_figures(quick: bool) -> list[Figure]:
    """Stop pressed to stop frame at the far end of the line, while the plots follow at 100 Hz."""
    records, presses = (DAY // 24, 300) if quick else (DAY, 2000)
    with _beside("waking") as waking:
        told = _told("stopping", str(records), str(presses))
        late = sorted(json.loads(waking.communicate("")[0]))
    out, back = sorted(told["press_to_wire_ms"]), sorted(told["wire_to_answer_ms"])
    note = (
        f"stop: {presses} presses, median {statistics.median(out):.1f} ms to the wire; the board's answer "
        f"{statistics.median(back):.1f} ms after it; {_load()}"
    )
    idle = _part(late, 0.999)
    return [
        Figure("stop: pressed to on the wire, 99.9th percentile", "ms", _part(out, 0.999), idle, ASLEEP,
               f"<= {STOP_MS}", note),
        Figure("stop: on the wire to the board's answer, 99.9th percentile", "ms", _part(back, 0.999), idle,
               ASLEEP),
    ]  # fmt: skip


def _part(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _starts(what: str, rounds: int) -> list[float]:
    """Seconds of each start; one before them warms the disk."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds + 1):
            began = time.monotonic_ns()
            done = _run("first_picture", what, folder)
            times.append((int(done) - began) / 1e9)
    return times[1:]


def _told(module: str, *arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_run(module, *arguments))
    return told


def _run(module: str, *arguments: str) -> str:
    """The last line that a process of ``tests.bench.window`` printed."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.window.{module}", *arguments],
        cwd=ROOT,
        env=_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout.strip().splitlines()[-1]


def _beside(module: str) -> subprocess.Popen[str]:
    """A process of ``tests.bench.window`` that runs until its standard input ends."""
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.window.{module}"],
        cwd=ROOT,
        env=_ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _load() -> str:
    return f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
