"""What a week of running leaves behind on the heap: nothing, in the goal's words not one block."""

import sys

from tests.bench.figure import Figure

from pumpbench.client import Program, Segment, connect
from pumpbench.virtual.board import VirtualBoard

WEEK_H, QUICK_H = 168, 12
LOOKS = 6  # at either end, hours apart: what a single one finds may be a block more or less
HOUR_US = 3_600_000_000
BLOCK = 16 * (sys.maxsize.bit_length() + 1) // 32  # bytes: four of MicroPython's words


def figures(quick: bool) -> list[Figure]:
    """Blocks in use at a run's end more than at its beginning; quick: in half a day."""
    hours = QUICK_H if quick else WEEK_H
    used = used_by_the_hour(hours)
    more = (min(used[-LOOKS:]) - min(used[:LOOKS])) / BLOCK
    name = f"heap after {hours} h of running, more than in the first {LOOKS} h"
    note = f"heap growth: {min(used[:LOOKS])} bytes in use in the first {LOOKS} h, model included"
    return [Figure(name, "blocks", more, goal="<= 0", note=note)]


def used_by_the_hour(hours: int) -> list[int]:
    """Bytes in use at the end of each hour of a run with telemetry, a lease, a ramp and a bolus each hour."""
    segments = (
        Segment("ramp", 0, rate_nl_h=10_000, to_rate_nl_h=100_000, duration_s=1800),
        Segment("bolus", 0, rate_nl_h=1_000_000, volume_nl=20_000),
        Segment("constant", 0, rate_nl_h=50_000, duration_s=1800),
    )
    used = []
    with (
        VirtualBoard(speed="max", seed=1, interpreter="micropython") as board,
        connect(board.port, manual=True) as pump,
    ):
        pump.set_reservoir(0, capacity_nl=100_000_000, contents_nl=100_000_000)
        staged = pump.stage(Program("heap", segments, repeat=hours + 1))
        pump.commit(staged.digest)
        pump.start(staged.digest)
        for _ in range(hours):
            board.advance(HOUR_US)
            pump.barrier()
            used.append(board.control.heap()["used"] or 0)
        if pump.status().state != "running":
            raise AssertionError(f"the run ended early: {pump.status().state}")
    return used
