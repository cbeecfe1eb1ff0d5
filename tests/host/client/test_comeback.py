"""Losing the board and finding it again, with whatever was under way."""

import threading
import time

import pytest
from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.watching import Seen, until

from pumpbench.client import Client, DeviceLost, connect
from pumplink import states


def test_comes_back_after_an_unplug_and_fetches_what_it_missed(either_board: ScriptedBoard) -> None:
    if either_board._over == "pty":
        pytest.skip("a PTY gets another name when it is made anew")
    seen = Seen()
    with connect(either_board.url, **seen.callbacks()) as pump:
        either_board.make_records(10)
        pump.barrier()
        either_board.unplug()
        until(lambda: seen.states[-1:] == ["lost"], "the loss is told")
        either_board.make_records(100, lost=True)
        either_board.make_event(states.EVENT_SEGMENT, lost=True)
        either_board.plug_in()
        until(lambda: seen.states[-1] == "connected", "it is back")
        either_board.make_records(5)
        until(lambda: len(seen.counters) == 115, "the records are there")
        until(lambda: len(seen.events) == 1, "the event is there")
        assert pump.link_health().reconnects == 1
    assert sorted(seen.counters) == list(range(115))
    assert seen.gaps == []


def test_finds_the_same_board_on_another_port(board: ScriptedBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen()
    with (
        ScriptedBoard(unique_id=b"a stranger's one") as stranger,
        ScriptedBoard("pty", unique_id=board.unique_id) as moved,
    ):
        from pumpbench.client import discover

        listed = [
            discover.PortInfo(url, "", 0x2E8A, 5, None, "Raspberry Pi RP2040")
            for url in (stranger.url, moved.url)
        ]
        monkeypatch.setattr(discover, "list_serial_ports", lambda: listed)
        board.capabilities = moved.capabilities = 0  # a virtual board is never looked for elsewhere
        with connect(board.url, **seen.callbacks()) as pump:
            board.unplug()
            until(lambda: seen.states[-1:] == ["connected"] and len(seen.states) == 3, "it is found")
            assert pump.port == moved.url
            pump.pause()
            assert ("pause", {}) in moved.carried_out
            assert stranger.carried_out == []
    board.plug_in()


def test_a_bolus_under_way_when_the_link_breaks_goes_on_in_the_same_session(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=20.0) as pump:
        board.lose_answers["bolus"] = 1
        outcome: list[str] = []

        def bolus() -> None:
            pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
            outcome.append("answered")

        asking = threading.Thread(target=bolus)
        asking.start()
        until(lambda: bool(board.carried_out), "the bolus runs")
        board.unplug()
        time.sleep(0.2)
        board.plug_in()
        asking.join()
        assert outcome == ["answered"]
        assert [name for name, _ in board.carried_out] == ["bolus"]


def lost_bolus(board: ScriptedBoard, pump: Client, *, leaves_event: bool) -> DeviceLost:
    """Lose the answer to a bolus together with the board's memory."""
    board.lose_answers["bolus"] = 100
    board.logs_boluses = leaves_event
    found: list[DeviceLost] = []

    def bolus() -> None:
        try:
            pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
        except DeviceLost as error:
            found.append(error)

    asking = threading.Thread(target=bolus)
    asking.start()
    until(lambda: any(name == "bolus" for name, _ in board.carried_out), "the bolus runs")
    board.unplug()
    board.reboot()
    board.plug_in()
    asking.join()
    return found[0]


def test_a_bolus_whose_session_is_gone_is_not_sent_again_and_the_events_tell(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=20.0) as pump:
        lost = lost_bolus(board, pump, leaves_event=True)
        assert lost.carried_out is True
        assert "events show that it was carried out" in str(lost)
        assert [name for name, _ in board.carried_out].count("bolus") == 1
        assert pump.status().state == "stopped"


def test_a_bolus_that_left_no_trace_may_or_may_not_have_been_carried_out(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=20.0) as pump:
        lost = lost_bolus(board, pump, leaves_event=False)
        assert lost.carried_out is None
        assert "may or may not have been carried out" in str(lost)
        assert [name for name, _ in board.carried_out].count("bolus") == 1


def test_a_query_under_way_when_the_board_restarts_is_asked_anew(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=20.0) as pump:
        board.lose_answers["alarm_list"] = 1
        answers: list[int] = []
        asking = threading.Thread(target=lambda: answers.append(len(pump.alarms())))
        asking.start()
        until(lambda: "alarm_list" in board.asked, "it is under way")
        board.unplug()
        board.reboot()
        board.plug_in()
        asking.join()
        assert answers == [2]


def test_without_reconnect_a_lost_board_is_an_error_at_once(board: ScriptedBoard) -> None:
    pump = connect(board.url, reconnect=False)
    board.unplug()
    with pytest.raises(DeviceLost):
        until(lambda: bool(pump.alarms()) and False, "the loss shows")
    pump.close()
    board.plug_in()


def test_requests_fail_in_time_while_the_board_is_away(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=0.5) as pump:
        board.unplug()
        with pytest.raises(DeviceLost) as lost:
            pump.pause()
        assert lost.value.carried_out in (False, None)
    board.plug_in()
