"""Pages that are made when they are first shown."""

import subprocess
import sys

from pytestqt.qtbot import QtBot

from pumpbench.gui.lab import Lab
from pumpbench.gui.main_window import PAGES
from pumpbench.gui.pages.late import LatePage, import_soon, late
from pumpbench.gui.pages.runs import RunsPage


def test_a_late_page_is_made_once_and_when_it_is_shown(qtbot: QtBot, lab: Lab) -> None:
    page = late("Runs", "runs", "RunsPage")(lab)
    qtbot.addWidget(page)
    assert page.inside is None
    page.show()
    made = page.inside
    assert isinstance(made, RunsPage)
    page.hide()
    page.show()
    assert page.inside is made


def test_every_late_page_of_the_window_is_there_under_the_title_it_stands_for(qtbot: QtBot, lab: Lab) -> None:
    import_soon(pages := [page(lab) for page in PAGES]).join()
    stand_ins = [page for page in pages if isinstance(page, LatePage)]
    assert len(stand_ins) == 5
    for page in stand_ins:
        qtbot.addWidget(page)
        assert page.kind().title == page.title


def test_the_windows_start_does_not_read_what_draws_plots() -> None:
    code = "import sys, pumpbench.gui.app; print(sorted({'pyqtgraph', 'matplotlib'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
