"""The real firmware on the virtual board: the same bytes from both interpreters."""

from pathlib import Path

from tests.host.virtual.board.support import SECOND

from pumpbench.client import Event, Program, Records, Segment, connect
from pumpbench.virtual.board import VirtualBoard

PROGRAM = Program("both", (Segment("constant", 0, rate_nl_h=20_000_000, duration_s=20),))
PLANT = {"faults": [{"kind": "occlusion", "at_s": 12.0, "duration_s": 3.0}], "clock": {"error_ppm": 50.0}}


def run(interpreter: str, truth: Path) -> tuple[bytes, list[Event], str]:
    """Telemetry, events and truth of a short run with an occlusion in it."""
    records: list[Records] = []
    events: list[Event] = []
    with (
        VirtualBoard(speed="max", seed=11, interpreter=interpreter, plant=PLANT, truth=truth) as board,
        connect(board.port, manual=True, on_records=records.append, on_event=events.append) as pump,
    ):
        pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        pump.set_telemetry_rate(50)
        staged = pump.stage(PROGRAM)
        pump.commit(staged.digest)
        pump.start(staged.digest)
        for _ in range(6):
            board.advance(5 * SECOND)
            pump.barrier()
    return b"".join(array.tobytes() for array in records), events, truth.read_text()


def test_both_interpreters_run_the_firmware_to_the_same_bytes(tmp_path: Path) -> None:
    ours = run("micropython", tmp_path / "micropython.csv")
    theirs = run("cpython", tmp_path / "cpython.csv")
    assert len(ours[0]) > 1000 * 58
    assert ours == theirs
