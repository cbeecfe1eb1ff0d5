"""The link as the window has it."""

import os
import signal
from pathlib import Path

from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import SPEED, fail, wait_until

from pumpbench.client import Stopped
from pumpbench.conduct.desk import Desk, Place
from pumpbench.gui.board_link import CONNECTED, FAILED, LOST, NONE
from pumpbench.gui.lab import Lab
from pumpbench.virtual.board import VirtualBoard


def test_stop_stops_a_pump_that_moves(qtbot: QtBot, connected: Lab) -> None:
    answers: list[Stopped] = []
    connected.link.stopped.connect(answers.append)
    connected.link.command(
        lambda desk: desk.client.move("prime", volume_nl=1_000_000, rate_nl_h=20_000_000),
        lambda _: None,
        fail,
    )
    wait_until(
        qtbot,
        lambda: connected.link.snapshot is not None and connected.link.snapshot.status.state == "moving",
    )
    connected.link.stop()
    wait_until(qtbot, lambda: bool(answers))
    assert answers[0].state == "stopped"


def test_a_port_that_is_not_there_is_told_in_a_sentence(qtbot: QtBot, lab: Lab, tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    lab.link.phase_changed.connect(lambda phase, sentence: told.append((phase, sentence)))
    lab.link.open(Place(str(tmp_path / "nothing")))
    wait_until(qtbot, lambda: lab.link.phase == FAILED)
    assert "nothing" in told[-1][1]


def test_a_cable_that_is_pulled_and_put_back_is_followed(
    qtbot: QtBot, connected: Lab, board: VirtualBoard
) -> None:
    phases: list[str] = []  # a window that was held up sees both at once
    connected.link.phase_changed.connect(lambda phase, _: phases.append(phase))
    board.control.fault("unplug", duration_s=30.0)
    wait_until(qtbot, lambda: LOST in phases and phases[-1] == CONNECTED)


def test_a_virtual_board_that_ends_by_itself_is_told_and_another_one_may_be_started(
    qtbot: QtBot, lab: Lab
) -> None:
    lab.link.open(Place(speed=SPEED))
    wait_until(qtbot, lambda: lab.link.snapshot is not None)

    def end_it(desk: Desk) -> None:
        assert desk.board is not None
        os.kill(desk.board.pid, signal.SIGTERM)

    lab.link.command(end_it, lambda _: None, fail)
    wait_until(qtbot, lambda: lab.link.phase == FAILED)
    assert "has ended by itself" in lab.link.sentence
    lab.link.open(Place(speed=SPEED))
    wait_until(qtbot, lambda: lab.link.snapshot is not None)


def test_leaving_a_virtual_board_ends_it(qtbot: QtBot, lab: Lab) -> None:
    lab.link.open(Place(speed=SPEED))
    wait_until(qtbot, lambda: lab.link.snapshot is not None)
    lab.link.leave()
    assert lab.link.phase == NONE
