"""The live buffer of a laboratory that is connected to a pump."""

import numpy as np
from pytestqt.qtbot import QtBot
from tests.host.conduct.conftest import constant, program
from tests.host.gui.conftest import SPEED, fail, is_in, wait_until

from pumpbench.conduct.desk import Desk, Place
from pumpbench.files import program as program_file
from pumpbench.files import toml
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.bins import COLUMNS
from pumpbench.virtual.board import VirtualBoard

PROGRAM = program(constant("5 mL/h", "4 h"))


def started(qtbot: QtBot, lab: Lab) -> None:
    wanted = program_file.parse(toml.parse(PROGRAM.encode(), "long.toml"), "long.toml")

    def start(desk: Desk) -> int:
        staged = desk.stage(wanted)
        desk.client.commit(staged.digest)
        return desk.start(wanted, PROGRAM, staged.digest)

    lab.link.command(start, lambda _: None, fail)
    wait_until(qtbot, lambda: is_in(lab, "running"))


def test_telemetry_is_there_to_be_drawn_and_none_is_missing(qtbot: QtBot, connected: Lab) -> None:
    wait_until(qtbot, lambda: (newest := connected.live.newest) is not None and newest["counter"][0] > 100)
    span = connected.live.span()
    assert span is not None
    view = connected.live.window(span.start, span.end, 100_000)
    assert view.exact
    # What a slow reader missed comes a moment later.
    wait_until(qtbot, lambda: not connected.live.window(span.start, span.end, 100_000).gaps)
    assert np.nanmax(view.values[COLUMNS.index("set_nl_h")]) == 0
    assert not connected.live.wall  # a simulated pump's time is its own


def test_a_run_that_is_gone_on_with_is_shown_from_its_beginning(
    qtbot: QtBot, connected: Lab, board: VirtualBoard
) -> None:
    started(qtbot, connected)
    began = connected.live.newest
    assert began is not None
    wait_until(
        qtbot,
        lambda: (
            (run := connected.link.snapshot) is not None and run.run is not None and run.run.records > 100
        ),
    )
    connected.link.leave()
    connected.link.open(Place(board.port, speed=SPEED))
    wait_until(qtbot, lambda: connected.link.snapshot is not None)
    wait_until(
        qtbot,
        lambda: (
            (span := connected.live.span()) is not None
            and span.start <= float(began["time_us"][0]) / 1e6 + 5.0
        ),
    )
    span = connected.live.span()
    assert span is not None
    wait_until(qtbot, lambda: not connected.live.window(0, 1e9, 100_000).gaps)


def test_another_pump_begins_with_an_empty_plot(qtbot: QtBot, connected: Lab) -> None:
    wait_until(qtbot, lambda: (newest := connected.live.newest) is not None and newest["counter"][0] > 100)
    with VirtualBoard(speed=SPEED) as other:
        connected.link.open(Place(other.port, speed=SPEED))
        wait_until(qtbot, lambda: connected.link.snapshot is not None)
        wait_until(qtbot, lambda: connected.live.newest is not None)
        wait_until(
            qtbot, lambda: len((view := connected.live.window(0, 1e9, 100_000)).x) < 100 or not view.gaps
        )
