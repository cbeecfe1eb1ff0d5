"""A run from the client: read back when it is staged, its lease renewed, stopped when it is left."""

import contextlib

from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.watching import until

from pumpbench.client import Program, Segment, connect
from pumplink import states

PROGRAM = Program("two", (Segment("constant", 0, 50_000, 0, 0, 600), Segment("pause", 1, duration_s=5)))


def test_staging_reads_back_what_the_board_understood(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        staged = pump.stage(PROGRAM)
        assert staged.program == PROGRAM
        assert staged.digest == b"digested"
        pump.commit(staged.digest)
        assert board.carried_out[-1] == ("program_commit", {"digest": b"digested"})


def test_leaving_the_block_stops_an_attended_run_only(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        pump.stage(PROGRAM)
        pump.start(b"digested")
    assert board.stops == 0
    board.program["mode"] = states.ATTENDED
    with contextlib.suppress(KeyboardInterrupt), connect(board.url) as pump:
        pump.start(b"digested", lease_s=20)
        raise KeyboardInterrupt
    assert board.stops >= 1
    assert [fields["lease_s"] for name, fields in board.carried_out if name == "start"] == [0, 20]


def test_the_lease_of_an_attended_run_is_renewed(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        pump.stage(Program("attended", PROGRAM.segments, mode="attended"))
        pump.start(b"digested", lease_s=1)
        until(lambda: [name for name, _ in board.carried_out].count("lease") >= 2, "two renewals")
