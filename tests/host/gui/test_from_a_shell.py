"""A shell beside the window: Stop and status reach the pump although the window has its port."""

import json
import subprocess
import sys

from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import is_in, wait_until
from tests.host.gui.test_live_feed import started

from pumpbench.gui.board_link import CONNECTED
from pumpbench.gui.lab import Lab
from pumpbench.virtual.board import VirtualBoard


def told(command: str, board: VirtualBoard) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "pumpbench", command, "--port", board.port, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_stop_in_a_shell_stops_the_pump_that_the_window_runs(
    qtbot: QtBot, connected: Lab, board: VirtualBoard
) -> None:
    started(qtbot, connected)
    assert told("status", board)["state"] == "running"
    assert told("stop", board)["state"] == "stopped"
    wait_until(qtbot, lambda: is_in(connected, "stopped"))
    assert connected.link.phase == CONNECTED
