"""What a drug library has to say to the flows that are turned on the tuning bench, as to a program of the
same."""

from collections.abc import Sequence

from pumpbench.conduct.drug_limits import Crossing, Filled, check_program
from pumpbench.files.library import Library
from pumpbench.files.program import Head, Program
from pumpbench.files.segment import Segment

Deliveries = Sequence[tuple[int, int]]
"""What is turned, one after the other: (flow in nL/h, volume in nL)."""


def check_flows(library: Library, deliveries: Deliveries, filled: Filled) -> list[Crossing]:
    """Check what is turned out of reservoir 0. One that names no drug holds a liquid to calibrate with, for
    which there are no limits.
    """
    if not filled.drug:
        return []
    segments = [
        Segment.model_validate({"kind": "constant", "rate": f"{rate} nL/h", "volume": f"{volume} nL"})
        for rate, volume in deliveries
    ]
    # Not validated, because it may be longer than the programs that a board takes.
    program = Program.model_construct(
        program=Head.model_validate({"name": "tune"}), segments=segments, reservoirs=[]
    )
    return check_program(library, program, [filled])
