"""``python -m tests.bench.window.first_picture ours|empty FOLDER``: a window's start up to its first picture.

Prints the moment (the system's monotonic clock, ns) at which the picture was there.
"""

import sys
import time
from pathlib import Path


def ours(folder: Path) -> None:
    """``pumpbench gui``, as the shell starts it, ended at its first picture."""
    from PyQt6.QtWidgets import QApplication

    from pumpbench.cli.main import execute

    def until_drawn(_: object) -> int:
        _draw()
        print(time.monotonic_ns(), flush=True)
        QApplication.closeAllWindows()
        return 0

    QApplication.exec = until_drawn  # type: ignore[assignment,method-assign]
    execute(["gui", "--db", str(folder / "lab.sqlite")])


def empty() -> None:
    """An empty plot of pyqtgraph in a window of its own."""
    import pyqtgraph as pg

    application = pg.mkQApp()
    plot = pg.plot()
    plot.resize(1280, 720)
    _draw()
    print(time.monotonic_ns(), flush=True)
    del application


def _draw() -> None:
    from PyQt6.QtWidgets import QApplication

    for _ in range(3):  # showing, laying out, painting
        QApplication.processEvents()


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        ours(Path(sys.argv[2]))
    else:
        empty()
