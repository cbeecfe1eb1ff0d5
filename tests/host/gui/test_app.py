"""The application from its start to its end, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

OPENED_AND_CLOSED = """
import sys, time
from PyQt6.QtWidgets import QApplication
from pumpbench.cli.main import execute
from pumpbench.gui.main_window import MainWindow

def look_at_every_page(_):
    (window,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)]
    for page in window.pages:
        window.show_page(page.title)
        QApplication.processEvents()
    window.show_page("Plots")
    (plots,) = [page for page in window.pages if page.title == "Plots"]
    until = time.monotonic() + 60
    while plots.inside.view is None or len(plots.inside.view.x) < 100:
        assert time.monotonic() < until
        QApplication.processEvents()
    window.close_now()
    return 0

QApplication.exec = look_at_every_page
sys.exit(execute(["gui", "--port", "virtual", "--speed", "20", "--db", sys.argv[1]]))
"""


def test_a_window_that_has_shown_all_its_pages_and_drawn_plots_ends_without_a_crash(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPENED_AND_CLOSED, str(tmp_path / "lab.sqlite")],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
