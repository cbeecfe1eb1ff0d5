"""Serves an emulated board, as `pumpbench.virtual.server` serves a virtual one."""

import json
import sys
from pathlib import Path

from pumpbench.emulated import parts
from pumpbench.emulated.options import EmulatedOptions, process_config
from pumpbench.virtual.server import Child, Served, serve_board

PEEKS = ("truth", "edges", "marks", "chip", "heap")
_PACKAGES = Path(__file__).resolve().parents[2]


def serve(options: EmulatedOptions) -> None:
    """Serve an emulated board until SIGINT or SIGTERM; the first line on standard output is its description
    in JSON.

    Raises:
        NotBuilt: the emulator's parts are not there.
        BadOption: it cannot begin like that.
        BoardDied: the board's process ended by itself.
        BrokenPipeError: whoever was to read the description has gone.
    """
    parts.folder()
    parts.node()
    config = process_config(options)

    def child(folder: Path) -> Child:
        path = folder / "board.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        command = [sys.executable, "-m", "pumpbench.emulated.board_process", str(path)]
        return Child("the emulated board's process", command, {})

    description = {
        "interpreter": "micropython",
        "cycles_per_second": parts.CYCLES_PER_SECOND,
        "seed": config["seed"],
        "realtime": options.realtime,
    }
    serve_board(Served(child, options.truth, description, has_repl=True, peeks=PEEKS))
