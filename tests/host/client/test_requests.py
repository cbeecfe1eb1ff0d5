"""Requests and their answers over real ports: repeated, refused, never carried out twice."""

import threading

import pytest
from tests.host.client.scripted_board import ScriptedBoard

from pumpbench.client import AnswerTimeout, OutOfRange, Refusal, connect
from pumplink import states


def test_answers_reach_their_requests(either_board: ScriptedBoard) -> None:
    with connect(either_board.url) as pump:
        assert pump.info.board == "scripted"
        assert pump.info.simulated
        assert pump.role == "command"
        assert pump.status().state == "running"
        assert [(alarm.name, alarm.present) for alarm in pump.alarms()] == [
            ("occlusion", False),
            ("reservoir-low", True),
        ]
        assert pump.link_health().longest_tick_us == 99


def test_several_threads_ask_at_once(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        answers: list[int] = []

        def ask(number: int) -> None:
            for index in range(40):
                mark = number * 1000 + index
                answers.append(pump.request("time_sync", host_us=mark)["host_us"] - mark)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [0] * 240


def test_a_command_whose_answer_is_lost_is_repeated_but_carried_out_once(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.lose_answers["bolus"] = 2
        pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
        assert [name for name, _ in board.carried_out].count("bolus") == 1
        assert board.repeats_answered >= 2
        assert pump.link_health().host_repeats >= 2


def test_a_request_that_never_arrived_is_repeated(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.ignore = {"pause": 1, "alarm_list": 1, "status": 1}
        pump.pause()
        assert len(pump.alarms()) == 2
        assert pump.status().remaining_nl == 9


def test_no_answer_in_time_says_that_nobody_knows(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=0.8) as pump:
        board.lose_answers["bolus"] = 100
        with pytest.raises(AnswerTimeout, match="may or may not have been carried out"):
            pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
        assert [name for name, _ in board.carried_out] == ["bolus"]
    with connect(board.url) as pump:
        assert pump.status().state == "running"


def test_a_refusal_names_field_value_and_what_is_allowed(board: ScriptedBoard) -> None:
    limit = {"code": states.REFUSED_LIMIT, "field": 1, "value": 9_000, "minimum": 1, "maximum": 500}
    board.refuse["bolus"] = limit
    with connect(board.url) as pump, pytest.raises(Refusal) as refused:
        pump.bolus(0, volume_nl=9_000, rate_nl_h=60_000)
    assert str(refused.value) == (
        "bolus refused: volume_nl is 9000, the board's limit is 500 (nL): 9 µL is above 500 nL"
    )
    assert (refused.value.field, refused.value.maximum, refused.value.reason) == ("volume_nl", 500, "limit")


def test_a_value_below_the_board_s_limit_is_told_as_that(board: ScriptedBoard) -> None:
    board.refuse["bolus"] = {"code": states.REFUSED_LIMIT, "field": 2, "value": 10, "minimum": 94}
    with connect(board.url) as pump, pytest.raises(Refusal) as refused:
        pump.bolus(0, volume_nl=9_000, rate_nl_h=10)
    assert str(refused.value) == (
        "bolus refused: rate_nl_h is 10, the board's limit is 94 (nL/h): 10 nL/h is below 94 nL/h"
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"code": states.REFUSED_STATE, "value": states.RUNNING}, "pause refused: the pump is running"),
        (
            {"code": states.REFUSED_STATE, "value": states.BOLUS},
            "pause refused: the pump is delivering a bolus",
        ),
        ({"code": states.REFUSED_ALARM, "value": 0}, "pause refused: the alarm occlusion is latched"),
        ({"code": states.REFUSED_VOLUME, "value": 5, "maximum": 3}, "5 nL asked, the reservoir holds 3 nL"),
        ({"code": 200}, "pause refused: reason 200"),
    ],
)
def test_every_refusal_is_a_sentence(board: ScriptedBoard, answer: dict[str, int], sentence: str) -> None:
    board.refuse["pause"] = answer
    with connect(board.url) as pump, pytest.raises(Refusal, match=sentence):
        pump.pause()


def test_a_bolus_from_a_reservoir_that_is_not_there_is_refused_by_what_is_to_be_done(
    board: ScriptedBoard,
) -> None:
    board.refuse["bolus"] = {"code": states.REFUSED_NOTHING, "field": 0, "value": 1}
    with (
        connect(board.url) as pump,
        pytest.raises(Refusal, match=r"reservoir is not defined .* set it first"),
    ):
        pump.bolus(1, volume_nl=1000, rate_nl_h=60_000)


def test_a_value_out_of_range_is_told_before_anything_is_sent(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        with pytest.raises(OutOfRange, match=r"bolus: volume_nl is 0, allowed is 1 to \d+ \(nL\)"):
            pump.bolus(0, volume_nl=0, rate_nl_h=1)
        with pytest.raises(OutOfRange, match="drug"):
            pump.set_reservoir(0, capacity_nl=1, contents_nl=1, drug="x" * 25)
        with pytest.raises(OutOfRange, match="prime, purge, jog"):
            pump.move("dance", volume_nl=1, rate_nl_h=1)
        assert board.carried_out == []
