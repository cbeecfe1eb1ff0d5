"""``python -m tests.bench.window.frames RECORDS SECONDS``: the page "Plots" with so many records behind it
and 100 more arriving every second. Prints what its frames cost, in JSON.
"""

import gc
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bench.store import HZ
from tests.bench.window.busy import TimedApplication, memory_mb
from tests.bench.window.day import telemetry

from pumpbench.gui.lab import Lab
from pumpbench.gui.main_window import MainWindow
from pumpbench.gui.pages.late import LatePage
from pumpbench.gui.pages.plots import PlotsPage
from pumpbench.gui.settings import Settings
from pumpbench.gui.widgets.plot_tools import EVERYTHING

SIZE = (1920, 1080)
VIEWS = {"last 2 minutes": 120.0, "everything": EVERYTHING}


class Arriving(threading.Thread):
    """Feeds 100 records a second, one at a time, until it is ended."""

    def __init__(self, lab: Lab, start: int) -> None:
        super().__init__(daemon=True)
        self._lab = lab
        self._start = start
        self.ended = threading.Event()

    def run(self) -> None:
        """Feed."""
        due = time.monotonic()
        for record in telemetry(24 * 3600 * HZ, self._start, at_once=1):
            due += 1 / HZ
            if self.ended.wait(max(0.0, due - time.monotonic())):
                return
            self._lab.live.on_records(record)


def plots_page(window: MainWindow) -> PlotsPage:
    """The page "Plots", shown."""
    window.show_page("Plots")
    (stand_in,) = [page for page in window.pages if page.title == "Plots"]
    assert isinstance(stand_in, LatePage)
    page = stand_in.made()
    assert isinstance(page, PlotsPage)
    return page


def frame_times_s(
    application: TimedApplication, page: PlotsPage, seconds: float
) -> tuple[list[float], list[float]]:
    """What whole frames cost, by the wall's and by the processor's clock, each really drawn: what changed,
    its curves, and the painting of it.
    """
    canvas = page.plots.viewport()
    assert canvas is not None
    wall, cpu = [], []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        page.viewport.width_s *= 1.000001  # so that every frame has something else to be drawn
        began, worked = time.perf_counter(), time.thread_time()
        page.frame()
        canvas.repaint()
        wall.append(time.perf_counter() - began)
        cpu.append(time.thread_time() - worked)
        application.live(max(0.0, 1 / 30 - wall[-1]))
    return wall, cpu


def second_day_mb(page: PlotsPage, records: int) -> float:
    """By how much memory grows while as many records again arrive, a frame drawn every ten minutes."""
    for place, piece in enumerate(telemetry(records, start=2 * records, at_once=HZ)):
        page.lab.live.on_records(piece)
        if place == records // HZ // 10:  # warm
            gc.collect()
            before = memory_mb()
        if place % 600 == 0:
            page.frame()
    gc.collect()
    return memory_mb() - before


def main(records: int, seconds: float) -> None:
    """Measure, and print."""
    application = TimedApplication()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "lab.sqlite", settings=Settings(Path(folder) / "settings.ini"))
        window = MainWindow(lab)
        window.resize(*SIZE)
        window.show()
        page = plots_page(window)
        empty_mb = memory_mb()
        for piece in telemetry(records):
            lab.live.on_records(piece)
        held_mb = memory_mb() - empty_mb
        arriving = Arriving(lab, records)
        arriving.start()
        told: dict[str, float] = {"held_mb": held_mb}
        for name, width_s in VIEWS.items():
            page.tools.width_chosen.emit(width_s)
            application.live(1.0)
            application.forget()
            application.live(seconds)
            told[f"{name}: stall_ms"] = max(application.spent_s) * 1e3
            told[f"{name}: stall_cpu_ms"] = max(application.cpu_s) * 1e3
            wall, cpu = frame_times_s(application, page, seconds)
            told[f"{name}: frame_ms"] = statistics.median(wall) * 1e3
            told[f"{name}: frame_cpu_ms"] = statistics.median(cpu) * 1e3
        arriving.ended.set()
        arriving.join()
        told["grown_mb"] = second_day_mb(page, records)
        print(json.dumps(told))
        application.end(window)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
