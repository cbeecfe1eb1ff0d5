"""``python -m pumpbench.virtual``: serve a virtual board until SIGINT or SIGTERM."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pumpbench.files import plant as plant_file
from pumpbench.virtual.attached import run, take_plant
from pumpbench.virtual.interpreter import KINDS
from pumpbench.virtual.options import DEFAULT_HEAPSIZE, BoardOptions, parse_speed
from pumpbench.virtual.server import serve


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pumpbench.virtual", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the first line is JSON (it always is)")
    parser.add_argument("--speed", default="1", help="virtual seconds a wall second, or max")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--plant", type=Path, help="the physical model, TOML (docs/files.md)")
    parser.add_argument("--truth", type=Path, help="CSV file for what really happened")
    parser.add_argument("--truth-rate", type=float, default=10.0, metavar="HZ")
    parser.add_argument("--interpreter", choices=KINDS, default="auto")
    parser.add_argument(
        "--attached",
        action="store_true",
        help="the plant is the first line of standard input, in JSON, and the board ends when the input does",
    )
    parser.add_argument("--flash-image", type=Path, help="file that keeps the board's flash")
    parser.add_argument("--heapsize", default=DEFAULT_HEAPSIZE, help="MicroPython's heap, such as 160k")
    parser.add_argument("--firmware", type=Path, help="another main.py than the project's")
    parser.add_argument(
        "--board", type=json.loads, default={}, help="JSON object of board numbers that differ"
    )
    return parser


def _plant(given: argparse.Namespace) -> dict[str, Any]:
    if given.attached:
        return take_plant()
    return {} if given.plant is None else plant_file.load(given.plant)


def _serve(given: argparse.Namespace) -> None:
    serve(
        BoardOptions(
            speed=parse_speed(given.speed),
            seed=given.seed,
            plant=_plant(given),
            truth=given.truth,
            truth_hz=given.truth_rate,
            interpreter=given.interpreter,
            flash=given.flash_image,
            heapsize=given.heapsize,
            firmware=given.firmware,
            board=given.board,
        )
    )


given = _parser().parse_args()
sys.exit(run(lambda: _serve(given), given.attached))
