"""``python -m tests.bench.window.stopping RECORDS PRESSES``: Stop is pressed at odd moments while the page
"Plots" follows a pump at 100 Hz with so many records behind it.

Prints, in JSON, how long after each press the stop frame came out at the far end of the line, and how long
after that the board's answer came back.
"""

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QPushButton
from tests.bench.store import HZ
from tests.bench.window.busy import LiveApplication
from tests.bench.window.day import telemetry
from tests.bench.window.frames import SIZE, plots_page

from pumpbench.conduct.desk import Place
from pumpbench.gui.app import pass_over_what_stays, take_short_turns
from pumpbench.gui.lab import Lab
from pumpbench.gui.main_window import MainWindow
from pumpbench.gui.settings import Settings
from pumpbench.virtual.board import VirtualBoard

_PATIENCE_S = 10.0


class Pressing(threading.Thread):
    """Presses a button with the mouse, as the system does it: by events that wait for their turn."""

    def __init__(self, button: QPushButton, presses: int) -> None:
        super().__init__(daemon=True)
        self._button = button
        self._presses = presses
        self.pressed_ns: list[int] = []
        self.answered = threading.Event()
        self.missed = 0

    def run(self) -> None:
        """Press, wait for the pump's answer and a moment, and press again."""
        chance = random.Random(1)
        for _ in range(self._presses):
            time.sleep(chance.uniform(0.005, 0.04))
            self.answered.clear()
            self.pressed_ns.append(time.monotonic_ns())
            for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
                QCoreApplication.postEvent(self._button, _mouse(kind, self._button))
            self.missed += not self.answered.wait(_PATIENCE_S)


def _mouse(kind: QEvent.Type, button: QPushButton) -> QMouseEvent:
    middle = QPointF(button.rect().center())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    held = left if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    return QMouseEvent(kind, middle, QPointF(button.mapToGlobal(button.rect().center())), left, held, none)


def _wait(application: LiveApplication, holds: object) -> None:
    assert callable(holds)
    until = time.monotonic() + 60.0
    while not holds():
        if time.monotonic() > until:
            raise SystemExit("the window did not come to be ready")
        application.live(0.02)


def measured(
    application: LiveApplication, board: VirtualBoard, folder: Path, records: int, presses: int
) -> dict[str, list[float]]:
    """The two latencies of every press, in ms."""
    port = board.port.rpartition(":")[2]
    command = [sys.executable, "-m", "tests.bench.window.wire", port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as wire:
        assert wire.stdout is not None
        lab = Lab(folder / "lab.sqlite", settings=Settings(folder / "settings.ini"))
        window = MainWindow(lab)
        window.resize(*SIZE)
        window.show()
        pass_over_what_stays(window)
        page = plots_page(window)
        lab.link.open(Place(f"socket://127.0.0.1:{wire.stdout.readline().strip()}"))
        _wait(application, lambda: lab.link.snapshot is not None)
        lab.link.command(lambda desk: desk.client.set_telemetry_rate(HZ), lambda _: None, _fail)
        for piece in telemetry(records):
            piece["boot"] = 0  # before the board's own
            lab.live.on_records(piece)
        application.live(2.0)
        pressing = Pressing(window.header.stop, presses)
        lab.link.stopped.connect(lambda _: pressing.answered.set())
        pressing.start()
        while pressing.is_alive():
            page.viewport.width_s *= 1.000001  # every frame is really drawn
            application.live(0.01)
        application.end(window)
        passed = json.loads(wire.stdout.readline())
    if pressing.missed:
        raise SystemExit(f"{pressing.missed} of {presses} presses were not answered")
    return {
        "press_to_wire_ms": _behind(pressing.pressed_ns, passed["stops"]),
        "wire_to_answer_ms": _behind(passed["stops"], passed["answers"]),
    }


def _behind(causes: list[int], effects: list[int]) -> list[float]:
    """How long after each cause the first effect came, in ms."""
    return [
        (effects[place] - cause) / 1e6
        for cause in causes
        if (place := bisect_left(effects, cause)) < len(effects)
    ]


def _fail(error: Exception) -> None:
    raise error


def main(records: int, presses: int) -> None:
    """Measure, and print."""
    take_short_turns()
    application = LiveApplication()  # outlives the window
    with tempfile.TemporaryDirectory() as folder, VirtualBoard(speed=1.0) as board:
        print(json.dumps(measured(application, board, Path(folder), records, presses)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
