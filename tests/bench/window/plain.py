"""``python -m tests.bench.window.plain RECORDS FRAMES``: the same curves by `PlotDataItem.setData` of
everything at each frame. Prints what its frames cost, in JSON.
"""

import json
import statistics
import sys
import time

import numpy as np
import pyqtgraph as pg
from tests.bench.window.busy import TimedApplication, memory_mb
from tests.bench.window.day import telemetry

from pumpbench.gui.models.bins import COLUMNS, values_of
from pumpbench.gui.models.curves import PANELS

SIZE = (1920, 1080)


def main(records: int, frames: int) -> None:
    """Measure, and print."""
    application = TimedApplication()
    canvas = pg.GraphicsLayoutWidget()
    canvas.resize(*SIZE)
    curves: dict[str, pg.PlotDataItem] = {}
    for row, panel in enumerate(PANELS):
        plot = canvas.addPlot(row=row, col=0)
        for curve in panel.curves:
            curves[curve.column] = plot.plot()
    canvas.show()
    application.live(0.5)
    empty_mb = memory_mb()
    x = np.arange(records) / 100.0
    values = np.empty((len(COLUMNS), records))
    place = 0
    for piece in telemetry(records):
        values[:, place : place + len(piece)] = values_of(piece)
        place += len(piece)
    wall, cpu = [], []
    surface = canvas.viewport()
    for _ in range(frames):
        began, worked = time.perf_counter(), time.thread_time()
        for column, item in curves.items():
            item.setData(x, values[COLUMNS.index(column)])
        surface.repaint()
        wall.append(time.perf_counter() - began)
        cpu.append(time.thread_time() - worked)
    told = {
        "frame_ms": statistics.median(wall) * 1e3,
        "frame_cpu_ms": statistics.median(cpu) * 1e3,
        "stall_ms": max(wall) * 1e3,
        "stall_cpu_ms": max(cpu) * 1e3,
    }
    print(json.dumps(told | {"held_mb": memory_mb() - empty_mb}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
