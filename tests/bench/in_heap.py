"""``python -m tests.bench.in_heap MAIN KILOBYTES``: program a virtual board that starts that ``main.py``, and
run it in that heap.

After ten minutes it prints what the heap holds, in JSON. It ends with another code than 0 where the heap is
too small.
"""

import json
import sys
from pathlib import Path

from pumpbench.client import Program, Segment, connect
from pumpbench.virtual.board import VirtualBoard

TEN_MINUTES_S = 600


def main(firmware: Path, kilobytes: int) -> None:
    """Run, and print."""
    segment = Segment("constant", 0, rate_nl_h=50_000, duration_s=TEN_MINUTES_S - 1)
    with (
        VirtualBoard(
            speed="max", interpreter="micropython", heapsize=f"{kilobytes}k", firmware=firmware
        ) as board,
        connect(board.port, manual=True) as pump,
    ):
        pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        staged = pump.stage(Program("ten minutes", (segment,)))
        pump.commit(staged.digest)
        pump.start(staged.digest)
        board.advance(TEN_MINUTES_S * 1_000_000)
        pump.barrier()
        if pump.status().state != "finished":
            raise SystemExit("the program did not come to its end")
        print(json.dumps(board.control.heap()))


main(Path(sys.argv[1]), int(sys.argv[2]))
