"""The window as a program of its own, on a screen of its own, with a mouse and a keyboard."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

WIDTH, HEIGHT = 1280, 720
PATIENCE_S = 180.0
_NOTHING_CAME_S = 5.0
_GRAB = (
    "import sys; from PyQt6.QtGui import QGuiApplication; application = QGuiApplication([]);"
    "application.primaryScreen().grabWindow(0).save(sys.argv[1])"
)


def missing() -> str:
    """What this machine lacks for a screen of its own, "" when nothing."""
    return ", ".join(tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None)


class Screen:
    """What a person has before them; `name` is the X display."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.environment = os.environ | {"DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}

    def do(self, *words: str) -> str:
        """One command of xdotool; returns what it says."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, check=True, capture_output=True, text=True,
            timeout=PATIENCE_S,
        )  # fmt: skip
        return done.stdout

    def wait_for_window(self, name: str) -> None:
        """Return when a window of this title is there, and has the keyboard."""
        found = self.do("search", "--sync", "--onlyvisible", "--name", name).split()[-1]
        self.do("windowfocus", "--sync", found)

    def click(self, x: int, y: int) -> None:
        """The left button."""
        self.do("mousemove", "--sync", str(x), str(y), "click", "1")

    def key(self, key: str) -> None:
        """One key, such as ``ctrl+2``."""
        self.do("key", key)

    def picture(self, path: Path) -> None:
        """All that is on the screen, as a PNG."""
        subprocess.run(
            [sys.executable, "-c", _GRAB, str(path)], env=self.environment, check=True, timeout=PATIENCE_S
        )


@contextmanager
def screen() -> Iterator[Screen]:
    """An empty screen without a window manager."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield Screen(f":{told.readline().strip()}")
    finally:
        server.terminate()
        server.wait()


@contextmanager
def window(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """``pumpbench gui`` with database and settings in `folder`, killed at the end if it is still there."""
    told = dict(environment or os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    command = [sys.executable, "-m", "pumpbench", "gui", "--db", str(folder / "lab.sqlite"), *options]
    running = subprocess.Popen(command, env=told | {"XDG_CONFIG_HOME": str(folder)})
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Return when something holds; fails when it does not come about."""
    assert _holds_within(PATIENCE_S, holds), f"{what} did not come about"


def do_until(act: Callable[[], None], holds: Callable[[], bool], what: str) -> None:
    """Do something, and again when nothing came of it: the window may not have been ready to take it."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        act()
        if _holds_within(_NOTHING_CAME_S, holds):
            return
    raise AssertionError(f"{what} did not come about")


def _holds_within(patience_s: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() >= until:
            return False
        time.sleep(0.1)
    return True
