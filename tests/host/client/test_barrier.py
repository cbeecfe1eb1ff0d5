"""A barrier brings what the board has made; in manual mode nothing is sent but then."""

import signal
import subprocess
import sys
import time

import pytest
from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.watching import Seen

from pumpbench.client import connect
from pumplink import numbers, states


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


PROGRAM = """\
import sys
from pumpbench.client import connect, link
link.REST_S = link.END_REST_S = 1.0
came = []
with connect(sys.argv[1], manual=True, on_records=lambda records: came.extend(records["counter"])) as pump:
    print("connected", flush=True)
    sys.stdin.readline()
    pump.barrier()
    print(len(came), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are halted on POSIX")
def test_a_barrier_on_a_machine_that_stood_still_brings_the_latest_all_the_same(board: ScriptedBoard) -> None:
    command = [sys.executable, "-c", PROGRAM, board.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stdout.readline() == "connected\n"
        board.make_records(5)
        board.make_records(5, lost=True)
        handle = board._handle

        def stand_still(kind: int, payload: bytes) -> None:
            if kind == numbers.TELEMETRY_FETCH:
                time.sleep(0.2)  # it waits for the answer now
                program.send_signal(signal.SIGSTOP)
                time.sleep(2.0)
                program.send_signal(signal.SIGCONT)
                time.sleep(0.1)
            handle(kind, payload)

        board._handle = stand_still  # type: ignore[method-assign]
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.stdout.readline() == "10\n"
