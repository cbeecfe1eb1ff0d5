"""``python -m pumpbench.emulated``: serve an emulated board until SIGINT or SIGTERM."""

import argparse
import sys
from pathlib import Path

from pumpbench.emulated.options import EmulatedOptions
from pumpbench.emulated.server import serve
from pumpbench.virtual.attached import run, take_plant


def _serve() -> None:
    parser = argparse.ArgumentParser(prog="pumpbench.emulated", description=__doc__)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--truth", type=Path, help="CSV file for what really happened")
    parser.add_argument("--truth-rate", type=float, default=10.0, metavar="HZ")
    parser.add_argument("--flash-image", type=Path, help="file that keeps the chip's flash")
    parser.add_argument("--realtime", action="store_true", help="time follows the wall")
    given = parser.parse_args()
    serve(
        EmulatedOptions(
            seed=given.seed, plant=take_plant(), truth=given.truth, truth_hz=given.truth_rate,
            flash=given.flash_image, realtime=given.realtime,
        )
    )  # fmt: skip


sys.exit(run(_serve, attached=True))
