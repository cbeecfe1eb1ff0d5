"""A barrier brings what the board has made; in manual mode nothing is sent but then."""

import time

from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.watching import Seen

from pumpbench.client import connect
from pumplink import states


def test_a_barrier_brings_what_the_board_has_made_but_not_sent(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.make_records(10)
        board.make_records(5, lost=True)
        pump.barrier()
        assert seen.counters == list(range(15))


def test_manual_mode_sends_nothing_by_itself_between_barriers(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, manual=True, **seen.callbacks()) as pump:
        board.make_records(5)
        board.make_records(5, lost=True)
        board.make_event(states.EVENT_SEGMENT)
        board.make_records(5)
        time.sleep(2.5)
        assert set(board.asked) == {"hello"}  # which a machine that stands still may say twice
        pump.barrier()
        assert sorted(seen.counters) == list(range(15))
        assert [event.number for event in seen.events] == [1]
        assert board.acknowledged_up_to == 1
        before = list(board.asked)
        time.sleep(0.5)
        assert board.asked == before
