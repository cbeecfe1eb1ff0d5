"""Who is at the port: a pump, no pump, another program, a board of other firmware, a board that restarts."""

import pytest
from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.watching import Seen, until

from pumpbench.client import Mismatch, NoDevice, connect


def test_no_port_and_no_pump_are_told_apart(board: ScriptedBoard) -> None:
    with pytest.raises(NoDevice, match="there is no port"):
        connect("/dev/ttyNOT_HERE")
    url = board.url
    board.ignore["hello"] = 1000
    with pytest.raises(NoDevice, match="no pump answered"):
        connect(url, connect_timeout_s=0.5)
    board.unplug()
    with pytest.raises(NoDevice, match="nothing listens"):
        connect(url)
    board.plug_in()


def test_a_serial_port_is_opened_by_one_program_only() -> None:
    with (
        ScriptedBoard("pty") as board,
        connect(board.url),
        pytest.raises(NoDevice, match="in use by another program"),
    ):
        connect(board.url)


def test_a_board_that_does_not_fit_can_be_looked_at_and_stopped_only() -> None:
    seen = Seen()
    with ScriptedBoard(schema=0x12345678) as board, connect(board.url, **seen.callbacks()) as pump:
        assert not pump.info.fits
        assert pump.status().state == "running"
        assert pump.stop().state == "stopped"
        board.make_records(5)
        with pytest.raises(Mismatch, match="bring both to one version"):
            pump.limits()
        with pytest.raises(Mismatch):
            pump.bolus(0, volume_nl=1, rate_nl_h=1)
        assert set(board.asked) <= {"hello", "status", "stop"}
    assert seen.counters == []


def test_a_restart_behind_an_open_port_is_noticed(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.make_records(10)
        pump.barrier()
        board.reboot()
        board.make_records(4)
        until(lambda: pump.info.boot_count == 2, "the new boot is known")
        board.make_records(4)
        until(lambda: len(seen.counters) == 18, "its records are there")
        pump.pause()
    assert sorted(seen.counters) == sorted([*range(10), *range(8)])
