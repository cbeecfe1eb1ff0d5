"""The window as a program of its own: started, driven, killed, and opened again."""

import signal
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from tests.host.gui.real_window import HEIGHT, WIDTH, do_until, missing, screen, wait_until, window

from pumpbench.client import connect, frozen
from pumpbench.store import Run, Store
from pumpbench.virtual.board import VirtualBoard

PROGRAM = """
[program]
name = "short"
[[segments]]
kind = "constant"
rate = "10 mL/h"
duration = "{seconds} s"
[[reservoirs]]
id = "main"
capacity = "30 mL"
contents = "30 mL"
"""


def program(folder: Path, seconds: int) -> Path:
    path = folder / "short.toml"
    path.write_text(PROGRAM.format(seconds=seconds))
    return path


def is_in(board: VirtualBoard, state: str) -> bool:
    return frozen.status(board.port).state == state


@pytest.mark.skipif(bool(missing()), reason=f"no screen of its own: {missing()} not installed")
def test_a_technician_starts_and_stops_by_mouse_and_keyboard(tmp_path: Path) -> None:
    options = ("--run", str(program(tmp_path, 3600)))
    with (
        VirtualBoard(speed=20.0) as board,
        screen() as shown,
        window(tmp_path, "--port", board.port, *options, environment=shown.environment) as running,
    ):
        shown.wait_for_window("^pumpbench$")
        wait_until(lambda: is_in(board, "running"), "the start that --run asks for")
        shown.picture(tmp_path / "running.png")
        picture = QImage(str(tmp_path / "running.png"))
        assert (picture.width(), picture.height()) == (WIDTH, HEIGHT)
        red = picture.pixelColor(WIDTH - 150, 20)
        assert red.red() > 150 > 80 > max(red.green(), red.blue())  # STOP is where the hand looks for it
        shown.click(WIDTH - 95, 34)
        wait_until(lambda: is_in(board, "stopped"), "stop by the mouse")
        shown.key("ctrl+2")
        do_until(lambda: shown.key("alt+s"), lambda: is_in(board, "running"), "start by the keyboard")
        shown.key("F12")
        wait_until(lambda: is_in(board, "stopped"), "stop by the keyboard")
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 130
    with Store(tmp_path / "lab.sqlite") as store:
        assert [run.status for run in store.runs() if not run.meta.get("watch")] == ["finished"] * 2


def test_a_window_that_is_killed_in_mid_run_goes_on_with_it_when_it_is_opened_again(tmp_path: Path) -> None:
    """The board delivers on by itself; what was missed is fetched, so that the record is whole."""
    with VirtualBoard(speed=4.0) as board:
        with window(tmp_path, "--port", board.port, "--run", str(program(tmp_path, 120))) as first:
            wait_until(lambda: is_in(board, "running"), "the start")
            with Store(tmp_path / "lab.sqlite") as store:
                wait_until(lambda: any(len(store.records(run.id)) > 30 for run in _runs(store)), "records")
            first.kill()
            first.wait()
        assert is_in(board, "running")
        with window(tmp_path, "--port", board.port) as second:
            wait_until(lambda: is_in(board, "finished"), "the end of the program")
            with Store(tmp_path / "lab.sqlite") as store:
                wait_until(lambda: [run.status for run in _runs(store)] == ["finished"], "the run's end")
            second.send_signal(signal.SIGTERM)
            second.wait()
        with connect(board.port, role="observe") as look:
            delivered_nl = look.status().delivered_nl
    with Store(tmp_path / "lab.sqlite") as store:
        (run,) = _runs(store)
        assert not store.gaps(run.id)
        assert abs(int(store.records(run.id)["counted_nl"][-1]) - delivered_nl) < 20
        assert [event.name for event in store.events(run.id)].count("run-started") == 1


def _runs(store: Store) -> list[Run]:
    return [run for run in store.runs() if not run.meta.get("watch")]
