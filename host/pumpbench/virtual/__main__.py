"""``python -m pumpbench.virtual``: serve a virtual board until SIGINT or SIGTERM."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from pumpbench.files import plant as plant_file
from pumpbench.files.errors import FileError
from pumpbench.standard_output import let_go
from pumpbench.virtual.errors import BadOption, BoardDied, NoInterpreter
from pumpbench.virtual.interpreter import KINDS
from pumpbench.virtual.options import DEFAULT_HEAPSIZE, BoardOptions, parse_speed
from pumpbench.virtual.server import serve

_BAD_USAGE = 2
_NO_DEVICE = 3


def main() -> int:
    """Serve; return the exit code."""
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
    given = parser.parse_args()
    try:
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
    except (BadOption, NoInterpreter, FileError) as error:
        if given.attached:
            print(json.dumps({"error": str(error)}), flush=True)
        else:
            print(error, file=sys.stderr)
        return _BAD_USAGE
    except BrokenPipeError:  # who was to read the description has gone, and with it the need for a board
        return 0
    except BoardDied as error:
        print(error, file=sys.stderr)
        return _NO_DEVICE
    return 0


def _plant(given: argparse.Namespace) -> dict[str, Any]:
    if given.attached:
        tables = json.loads(sys.stdin.readline() or "{}")
        threading.Thread(target=_end_with_the_input, name="pumpbench-attached", daemon=True).start()
        return plant_file.parse(tables, "the plant")
    return {} if given.plant is None else plant_file.load(given.plant)


def _end_with_the_input() -> None:
    """Nobody is left who could end this process, so it ends itself."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


code = main()
let_go()
sys.exit(code)
