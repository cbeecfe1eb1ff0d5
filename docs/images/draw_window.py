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

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

from PIL import Image
from PyQt6.QtWidgets import QApplication

from pumpbench.conduct.desk import Place
from pumpbench.gui.lab import Lab
from pumpbench.gui.main_window import MainWindow
from pumpbench.gui.settings import DARK_THEME, LIGHT_THEME, Settings
from pumpbench.virtual.board import VirtualBoard

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAM = ROOT / "examples" / "bolus-and-basal.toml"
SMALL, LARGE = (1280, 720), (1920, 1080)
SPEED = 60.0
PATIENCE_S = 60.0


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

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Let the window live until something holds."""
        until = time.monotonic() + PATIENCE_S
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


PICTURES: dict[str, tuple[str, tuple[int, int], Callable[[Scene], None]]] = {
    "window-connect": (LIGHT_THEME, SMALL, _empty),
    "window-overview": (LIGHT_THEME, SMALL, _overview),
    "window-large": (DARK_THEME, LARGE, _overview),
    "window-alarm": (DARK_THEME, SMALL, _alarm),
    "window-lost": (LIGHT_THEME, SMALL, _lost),
}
"""By name: the theme, the size, and what is done before the picture is taken."""


@contextmanager
def _scene(theme: str, size: tuple[int, int]) -> Iterator[Scene]:
    with tempfile.TemporaryDirectory() as folder, VirtualBoard(speed=SPEED, seed=3) as board:
        settings = Settings(Path(folder) / "window.ini")
        settings.theme = theme
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
        scene.window.grab().save(str(HERE / f"{name}.png"))
    path = HERE / f"{name}.png"
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    application = QApplication([])
    for wanted in sys.argv[1:] or PICTURES:
        draw(wanted)
