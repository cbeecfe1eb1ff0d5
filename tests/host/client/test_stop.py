"""A stop goes out in every role, ahead of everything, until the right board has answered it."""

import threading
import time

import pytest
from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.scripted_frames import frame
from tests.host.client.watching import PATIENCE_S, Seen, until

from pumpbench.client import DeviceLost, GivenUp, connect
from pumplink import numbers, states
from pumplink.frame import STOP_FRAME


def test_stop_is_answered_in_every_role(board: ScriptedBoard) -> None:
    board.grant = states.OBSERVE
    with connect(board.url, role="observe") as pump:
        assert pump.role == "observe"
        assert pump.stop().state == "stopped"
    assert board.stops >= 1


def test_stop_is_repeated_until_it_is_answered(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.ignore["stop"] = 3
        assert pump.stop().delivered_nl == 7


def test_stop_goes_ahead_of_commands_that_wait(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=PATIENCE_S) as pump:
        board.ignore["pause"] = 1000
        waiting = threading.Thread(target=pump.pause)
        waiting.start()
        until(lambda: "pause" in board.asked, "pause is under way")
        assert pump.stop().state == "stopped"
        assert waiting.is_alive()
        board.ignore["pause"] = 0
        waiting.join()


def after_the_last_stop(asked: list[str]) -> list[str]:
    return asked[len(asked) - asked[::-1].index("stop") :]


def test_no_move_begins_after_a_stop(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.ignore["bolus"] = 1000
        given_up: list[str] = []

        def bolus() -> None:
            try:
                pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
            except GivenUp as error:
                given_up.append(str(error))

        asking = threading.Thread(target=bolus)
        asking.start()
        until(lambda: "bolus" in board.asked, "the bolus is under way")
        pump.stop()
        asking.join()
        assert given_up == ["bolus was given up for a stop: it may have begun before the stop"]
        time.sleep(0.7)
        assert "bolus" not in after_the_last_stop(board.asked)


def test_a_stop_asked_for_while_the_link_is_down_is_sent_when_it_is_back(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.unplug()
        until(lambda: seen.states[-1:] == ["lost"], "the loss is told")
        with pytest.raises(DeviceLost, match="as soon as it is back"):
            pump.stop(timeout_s=0.2)
        board.plug_in()
        until(lambda: board.stops > 0, "the board got its stop")


def test_stop_does_not_reach_another_board_that_took_the_port(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.unplug()
        until(lambda: seen.states[-1:] == ["lost"], "the loss is told")
        mine, board.unique_id = board.unique_id, b"another board 99"
        with pytest.raises(DeviceLost):
            pump.stop(timeout_s=0.1)
        board.plug_in()
        until(lambda: "bye" in board.asked, "the other board was left alone")
        assert board.stops == 0
        board.unplug()
        board.unique_id = mine
        board.plug_in()
        until(lambda: board.stops > 0, "the right board got its stop")


def test_a_stop_frame_on_the_wire_is_the_fixed_one(board: ScriptedBoard) -> None:
    written: list[bytes] = []
    read = board._handle

    def look(kind: int, payload: bytes) -> None:
        if kind == numbers.STOP:
            written.append(payload)
        read(kind, payload)

    board._handle = look  # type: ignore[method-assign]
    with connect(board.url) as pump:
        pump.stop()
    assert written[0] == b""
    assert frame(numbers.STOP, b"", 0) == STOP_FRAME
