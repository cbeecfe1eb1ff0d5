"""The firmware on the chip while its heap is collected: the ticks come in time all the same, an alarm may
come in them, and a stop is found."""

import pytest
from tests.bench.chip_line import Line
from tests.bench.emulated_board import await_collection, stop_in_collection_ms

from pumpbench.client import connect, payloads
from pumpbench.emulated.board import EmulatedBoard
from pumplink import numbers
from pumplink.alarms import STOP_INPUT

ANSWERS = 70  # the first collection is due after 64
LITTLE = 1_000  # bytes: so many answers leave far more behind
COMES_UP_US = 2_000_000
PROMISED_MS = 15


def ask(line: Line, number: int) -> dict[str, int]:
    """The fields of the answer."""
    line.advance(20_000)
    line.send(line.frame(number, session=0, request=1))
    answer = line.await_answer(number)
    assert answer is not None
    return payloads.decode(number | numbers.ANSWER_BIT, answer)


def test_no_tick_is_late_because_the_heap_is_collected(flashed_board: EmulatedBoard) -> None:
    with Line(flashed_board) as line:
        line.advance(COMES_UP_US)
        assert line.open()
        free_before = ask(line, numbers.SELFTEST)["memory_free"]
        late_before = ask(line, numbers.LINK_HEALTH)["late_ticks"]
        for _ in range(ANSWERS):
            line.send(line.frame(numbers.STATUS))
            assert line.await_answer(numbers.STATUS) is not None
        assert ask(line, numbers.LINK_HEALTH)["late_ticks"] == late_before
        assert ask(line, numbers.SELFTEST)["memory_free"] > free_before - LITTLE, "nothing was collected"


@pytest.mark.parametrize("after_us", [1_000, 15_000])
def test_a_stop_frame_is_found_in_the_midst_of_a_collection(
    flashed_board: EmulatedBoard, after_us: int
) -> None:
    assert stop_in_collection_ms(flashed_board, after_us) <= PROMISED_MS
    with connect(flashed_board.repl_port) as pump:
        assert pump.status().state == "stopped"


def test_an_alarm_comes_and_goes_in_the_midst_of_a_collection(flashed_board: EmulatedBoard) -> None:
    with Line(flashed_board) as line:
        line.advance(COMES_UP_US)
        assert line.open()
        await_collection(line)
        flashed_board.control.stop_input(True)
        line.advance(25_000)
        flashed_board.control.stop_input(False)
        line.advance(25_000)
        assert ask(line, numbers.LINK_HEALTH)["late_ticks"] == 0
    with connect(flashed_board.repl_port) as pump:
        assert [alarm.code for alarm in pump.alarms()] == [STOP_INPUT]
