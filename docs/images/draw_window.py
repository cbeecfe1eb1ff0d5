"""Draw the pictures of the window: ``python docs/images/draw_window.py [NAME ...]``, all unless named.

Each is the window itself, offscreen, at a virtual board; nothing in it is made up. Wall-clock times are those
of the moment.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

from PIL import Image
from PyQt6.QtWidgets import QApplication

from pumpbench.conduct.desk import Place
from pumpbench.gui.board_link import CONNECTED, LOST
from pumpbench.gui.lab import Lab
from pumpbench.gui.main_window import MainWindow
from pumpbench.gui.pages.late import LatePage
from pumpbench.gui.pages.page import Page
from pumpbench.gui.pages.plots import PlotsPage
from pumpbench.gui.pages.program import ProgramPage
from pumpbench.gui.pages.reservoirs import ReservoirsPage
from pumpbench.gui.pages.runs import RunsPage
from pumpbench.gui.pages.trials import TrialsPage
from pumpbench.gui.settings import DARK_THEME, LIGHT_THEME, Settings
from pumpbench.gui.widgets.plot_tools import EVERYTHING
from pumpbench.gui.widgets.refill_wizard import JUDGE
from pumpbench.gui.widgets.reservoir_card import REFILL
from pumpbench.virtual.board import VirtualBoard

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAM = ROOT / "examples" / "bolus-and-basal.toml"
SMALL, LARGE = (1280, 720), (1920, 1080)
SPEED = 60.0
PATIENCE_S = 60.0
TRIAL_PATIENCE_S = 900.0
TRUMPET_WINDOWS = 3  # of four, so that the trumpet is seen forming
TRIAL = """\
[trial]
name = "tube set 3, after a week"
rate = "10 mL/h"

[balance]
resolution_mg = 0.1
repeatability_mg = 0.1
drift_mg_h = 0.1

[liquid]
density_g_ml = 0.998

[analysis]
interval = "10 s"
windows_min = [1, 2, 5, 11]
from = "10 min"
to = "30 min"

[limits]
mean_error_percent = 5
trumpet_percent = [10, 8, 6, 5]

[[steps]]
kind = "zero"

[[steps]]
kind = "deliver"
duration = "30 min"
"""
P = TypeVar("P", bound=Page)


class Scene:
    """A window at a board that stays."""

    def __init__(self, window: MainWindow, lab: Lab, board: VirtualBoard) -> None:
        self.window = window
        self.lab = lab
        self.board = board

    def live(self, seconds: float) -> None:
        """Let the window live for so long."""
        until = time.monotonic() + seconds
        self.wait_until(lambda: time.monotonic() >= until)

    def wait_until(self, holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Let the window live until something holds."""
        until = time.monotonic() + patience_s
        while not holds():
            assert time.monotonic() < until, "it does not come about"
            QApplication.processEvents()
            time.sleep(0.01)

    def connect(self) -> None:
        """Connect to the board."""
        self.lab.link.open(Place(self.board.port, speed=SPEED))
        self.wait_until(lambda: self.lab.link.snapshot is not None)

    def start(self, program: Path = PROGRAM) -> None:
        """Run a program."""
        failures: list[Exception] = []
        self.lab.link.command(lambda desk: desk.start_file(program), lambda _: None, failures.append)
        self.wait_until(lambda: self.state() == "running" or bool(failures))
        assert not failures, failures

    def page(self, title: str, kind: type[P]) -> P:
        """Show a page that is made when it is first shown, and return it."""
        self.window.show_page(title)
        (stand_in,) = [page for page in self.window.pages if page.title == title]
        assert isinstance(stand_in, LatePage)
        page = stand_in.made()
        assert isinstance(page, kind)
        return page

    def state(self) -> str:
        """The pump's, as the window has it."""
        snapshot = self.lab.link.snapshot
        return snapshot.status.state if snapshot else ""


def _empty(scene: Scene) -> None:
    scene.window.show_page("Connect")


def _overview(scene: Scene) -> None:
    scene.connect()
    scene.start()
    scene.window.show_page("Overview")
    scene.live(6.0)


def _alarm(scene: Scene) -> None:
    _overview(scene)
    scene.board.control.fault("sensor-dead")
    scene.wait_until(lambda: any(row.line.name == "sensor-fault" for row in scene.window.banner.rows))
    scene.board.control.fault("occlusion", duration_s=120.0)
    scene.wait_until(lambda: scene.state() == "alarm-stop")
    scene.wait_until(lambda: len(scene.window.banner.rows) > 1)
    scene.live(1.0)


def _lost(scene: Scene) -> None:
    _overview(scene)
    scene.board.control.fault("unplug")
    scene.wait_until(lambda: bool(scene.window.banner.rows))
    scene.window.link_button.click()
    scene.live(0.5)


def _plots(scene: Scene) -> None:
    scene.connect()
    scene.start()
    scene.live(6.0)
    scene.board.control.fault("unplug", duration_s=200.0)  # longer than the board's memory of records
    scene.wait_until(lambda: scene.lab.link.phase == LOST)
    scene.wait_until(lambda: scene.lab.link.phase == CONNECTED)
    scene.live(5.0)
    scene.board.control.fault("air", duration_s=5.0)
    scene.wait_until(lambda: scene.state() == "alarm-stop")
    page = scene.page("Plots", PlotsPage)
    page.tools.width_chosen.emit(EVERYTHING)
    scene.live(1.0)


def _runs(scene: Scene) -> None:
    scene.connect()
    for minutes in (9, 6):
        scene.start()
        scene.live(minutes * 60.0 / SPEED)
        scene.lab.link.stop()
        scene.wait_until(lambda: scene.state() == "stopped")
        scene.live(2.0)
    page = scene.page("Runs", RunsPage)
    scene.wait_until(lambda: len(page.rows) == 2)
    page.select({row.id for row in page.rows})
    page.tabs.setCurrentWidget(page.plots)
    scene.wait_until(lambda: len(page.plots.runs) == 2)
    scene.live(1.0)


def _program(scene: Scene) -> ProgramPage:
    scene.connect()
    page = scene.page("Program", ProgramPage)
    page.files.load(ROOT / "examples" / "ramp.toml")
    scene.wait_until(lambda: page.document.path is not None)
    return page


def _dry_run(scene: Scene) -> None:
    page = _program(scene)
    page.try_out.click()
    scene.wait_until(lambda: page.dry_run.expected is not None)


def _staged(scene: Scene) -> None:
    page = _program(scene)
    page.go_on.click()
    scene.wait_until(page.commit.commit.isEnabled)


def _reservoirs(scene: Scene) -> None:
    scene.lab.drugs.choose(ROOT / "examples" / "libraries" / "bench.toml")
    scene.connect()
    page = scene.page("Reservoirs", ReservoirsPage)
    page.define.edits["drug"].setText("dye")
    page.define.edits["concentration"].setText("0.5 mg/mL")
    page.define.send.click()
    scene.wait_until(lambda: page.cards[0].gauge.isVisible())
    scene.lab.link.command(
        lambda desk: desk.client.move("prime", volume_nl=10_000_000, rate_nl_h=100_000_000),
        lambda _: None,
        lambda error: None,
    )
    scene.wait_until(lambda: scene.state() == "moving")
    scene.wait_until(lambda: scene.state() == "stopped")
    page.choose(0, REFILL)
    page.refill.returned.edit.setText("18.8 mL")
    page.refill.next.click()
    scene.wait_until(lambda: page.refill.steps.currentIndex() == JUDGE)


def _trial(scene: Scene) -> None:
    page = scene.page("Trials", TrialsPage)
    protocol = Path(scene.lab.settings.trials).with_name("trial.toml")
    protocol.write_text(TRIAL)
    page.trial.chooser.choose(protocol)
    scene.wait_until(lambda: page.trial.chooser.protocol.path == protocol)
    page.trial.form.plant.setCurrentText("worn-tube-and-occlusion")
    page.trial.head.where.setText(str(Path(scene.lab.settings.trials) / "tube-set-3"))
    scene.wait_until(page.trial.begin.isEnabled)
    page.trial.begin.click()
    scene.wait_until(lambda: _windows(page) >= TRUMPET_WINDOWS, TRIAL_PATIENCE_S)


def _verdict(scene: Scene) -> None:
    _trial(scene)
    page = scene.page("Trials", TrialsPage)
    scene.wait_until(lambda: not page.view.under_way, TRIAL_PATIENCE_S)


def _windows(page: TrialsPage) -> int:
    """How many windows the trumpet of the first delivery has so far."""
    look = page.view.look
    return len(look.deliveries[0].trumpet) if look is not None and look.deliveries else 0


PICTURES: dict[str, tuple[str, tuple[int, int], Callable[[Scene], None]]] = {
    "window-connect": (LIGHT_THEME, SMALL, _empty),
    "window-overview": (LIGHT_THEME, SMALL, _overview),
    "window-large": (DARK_THEME, LARGE, _overview),
    "window-alarm": (DARK_THEME, SMALL, _alarm),
    "window-program": (LIGHT_THEME, SMALL, _dry_run),
    "window-commit": (LIGHT_THEME, SMALL, _staged),
    "window-reservoirs": (LIGHT_THEME, SMALL, _reservoirs),
    "window-lost": (LIGHT_THEME, SMALL, _lost),
    "window-plots": (LIGHT_THEME, SMALL, _plots),
    "window-runs": (LIGHT_THEME, SMALL, _runs),
    "window-trial": (LIGHT_THEME, SMALL, _trial),
    "window-verdict": (DARK_THEME, SMALL, _verdict),
}
"""By name: the theme, the size, and what is done before the picture is taken."""


@contextmanager
def _scene(theme: str, size: tuple[int, int]) -> Iterator[Scene]:
    with tempfile.TemporaryDirectory() as folder, VirtualBoard(speed=SPEED, seed=3) as board:
        settings = Settings(Path(folder) / "window.ini")
        settings.theme = theme
        settings.trials = str(Path(folder) / "trials")
        lab = Lab(Path(folder) / "lab.sqlite", settings=settings)
        window = MainWindow(lab)
        window.resize(*size)
        window.show()
        yield Scene(window, lab, board)
        window.close_now()


def draw(name: str) -> None:
    """Draw one picture, with a palette of its own: it has hardly more colours, and is a third in size."""
    theme, size, act = PICTURES[name]
    with _scene(theme, size) as scene:
        act(scene)
        scene.live(0.3)
        for page in scene.window.findChildren(PlotsPage):
            page.frame()  # all plots of one moment
        scene.window.grab().save(str(HERE / f"{name}.png"))
    path = HERE / f"{name}.png"
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    application = QApplication([])
    for wanted in sys.argv[1:] or PICTURES:
        draw(wanted)
