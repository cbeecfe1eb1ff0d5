"""The application from its start to its end, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[3] / "examples"
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

NOT_STARTED = """
import sys, time
from PyQt6.QtWidgets import QApplication
from pumpbench.cli.main import execute
from pumpbench.gui.main_window import MainWindow

def wait_for_the_sentence(_):
    (window,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)]
    until = time.monotonic() + 60
    while "was not started" not in window.statusBar().currentMessage():
        assert time.monotonic() < until
        QApplication.processEvents()
    print(window.statusBar().currentMessage())
    window.close_now()
    return 0

QApplication.exec = wait_for_the_sentence
sys.exit(execute(["gui", "--port", "virtual", "--run", sys.argv[1], "--db", sys.argv[2]]))
"""
LIBRARY = """
[library]
name = "ours"
[[drugs]]
name = "water"
hard_rate = "1 mL/day"
"""


def carried_out(script: str, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", script, *arguments, str(folder / "lab.sqlite")],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_window_that_has_shown_all_its_pages_and_drawn_plots_ends_without_a_crash(tmp_path: Path) -> None:
    done = carried_out(OPENED_AND_CLOSED, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_that_is_to_start_with_the_window_keeps_to_the_drug_library(tmp_path: Path) -> None:
    library, settings = tmp_path / "ours.toml", tmp_path / "pumpbench" / "window.ini"
    library.write_text(LIBRARY)
    settings.parent.mkdir()
    settings.write_text(f"[drugs]\nlibrary={library}\n")
    done = carried_out(NOT_STARTED, tmp_path, str(EXAMPLES / "hai-14-days.toml"))
    assert done.returncode == 0, done.stderr
    assert "hai-14-days.toml: was not started: reservoir" in done.stdout
