"""Cycles on the emulated RP2040: the tick in every state beside the same duties in ordinary float Python,
frames, records, the journal. ``make cycles`` prints them, and the heap that the flashed firmware leaves free,
and writes ``build/cycles.json``.

What runs on the board is in ``chip/``; each call lies between two marks on GP28, whose cycles the emulator
tells. Nothing else runs there, so the figures are the firmware's own, and the same each time.
"""

import json
import statistics
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from tests.bench.emulated_board import BOARD, memory_free
from tests.bench.figure import Figure
from tests.support.emulated import Prompt

from pumpbench.emulated.board import EmulatedBoard
from pumpbench.flashing import sources
from pumpbench.flashing.compact import compact
from pumpbench.flashing.compile import CHIPS, compiled
from pumpbench.flashing.flash import Order, flash
from pumplink.names import STATE_NAMES

ROOT = Path(__file__).resolve().parents[2]
ON_BOARD = Path(__file__).parent / "chip"
RIG = ROOT / "tests" / "device" / "core" / "support"
HELPERS = ("core_rig", "fake_board", "into_states")
MHZ = 125
TICKS = 1000
GOAL_MEDIAN, GOAL_MOST = 250 * MHZ, 400 * MHZ
FAST = "tick, running at 1 kHz"
FAST_PERIOD = 1000 * MHZ  # cycles
_PIECE = 1024  # bytes a command
_PUT = """
import os
from binascii import a2b_base64
def folder(name):
    try: os.mkdir(name)
    except OSError: pass
def put(path, text):
    with open(path, "ab") as file: file.write(a2b_base64(text))
"""


@dataclass(frozen=True)
class Cycles:
    """Cycles of one thing that was done again and again, what the marks cost taken off."""

    of: list[int]

    @property
    def median(self) -> float:
        """In the middle."""
        return statistics.median(self.of)

    @property
    def most(self) -> int:
        """The longest."""
        return max(self.of)

    @property
    def mean(self) -> float:
        """Of all of them."""
        return statistics.mean(self.of)


class Bench:
    """An emulated board with the firmware and the scripts of ``chip/`` on it."""

    def __init__(self, board: EmulatedBoard, prompt: Prompt) -> None:
        self._board = board
        self._prompt = prompt
        self._empty = 0

    def prepare(self) -> None:
        """Put everything on the board."""
        self._prompt.run(_PUT)
        texts = dict(sources.read("rp2").firmware)
        for path in [*ON_BOARD.glob("*.py"), *(RIG / f"{name}.py" for name in HELPERS)]:
            texts[path.name] = path.read_text()
        for folder in ("pumpfw", "pumpfw/hal", "pumpfw/sensors", "pumplink"):
            self._prompt.run(f"folder({folder!r})")
        for name, data in compiled(compact(texts)[0], CHIPS["rp2040"]).items():
            if not name.startswith("pumpfw/hal/"):
                for at in range(0, len(data), _PIECE):
                    self._prompt.run(f"put({name!r}, {b64encode(data[at : at + _PIECE]).decode()!r})")
        self._prompt.run("import gc; gc.threshold(4096)\nimport chip_ticks; gc.threshold(-1)", 60_000)
        self._empty = min(self.cycles("nothing(20)")[1].of)

    def cycles(self, call: str) -> tuple[str, Cycles]:
        """Call a function of ``chip_ticks``; return what it printed, and the cycles between its marks."""
        self._marks()
        printed = self._prompt.run(f"chip_ticks.{call}", 600_000)
        marks = self._marks()
        widths = [down - up for (up, _), (down, _) in zip(marks[::2], marks[1::2], strict=True)]
        return printed.strip(), Cycles([width - self._empty for width in widths])

    def _marks(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        while True:
            told = self._board.peek("marks")
            found += [(cycle, level) for cycle, pin, level in told["changes"] if pin == 28]
            if not told["more"]:
                return found


def states(bench: Bench, ticks: int) -> dict[str, Cycles]:
    """Cycles of so many ticks of each state, by its name; each is done with the heap locked."""
    found = {}
    for number, name in enumerate(STATE_NAMES):
        printed, found[name] = bench.cycles(f"state({number}, {ticks})")
        if not printed.startswith(f"{number} "):
            raise AssertionError(f"the pump was not {name}: {printed}")
    return found


def measured(ticks: int) -> dict[str, Cycles]:
    """Cycles by what was measured."""
    found: dict[str, Cycles] = {}
    with EmulatedBoard(seed=1) as board, Prompt(board) as prompt:
        bench = Bench(board, prompt)
        bench.prepare()
        found.update({f"tick, {name}": cycles for name, cycles in states(bench, ticks).items()})
        _, found["tick, ramp"] = bench.cycles(f"ramp({ticks})")
        _, found[FAST] = bench.cycles(f"fast({ticks})")
        for name, segment, count in (
            ("running", ("constant", 10.0, 10.0, 3600.0), 160),
            ("ramp", ("ramp", 0.0, 60.0, 60.0), 300),
        ):
            call = f"plain(({segment},), {count}, {ticks // 4})"
            _, found[f"float tick, {name}"] = bench.cycles(call)
        _, frames = bench.cycles("frames(20)")
        found["frame of 7 records, encode"] = Cycles(frames.of[0:40:2])
        found["frame of 7 records, decode"] = Cycles(frames.of[1:40:2])
        found["record into the ring"] = Cycles(frames.of[40:])
        _, found["position into the journal, but flash"] = bench.cycles("journal(10)")
        _, found["collection, core alone"] = bench.cycles("collect()")
    return found


def figures(quick: bool) -> list[Figure]:
    """The tick of a running program, in the middle and at its longest, beside float Python."""
    found = measured(300 if quick else TICKS)
    plain = found["float tick, running"]
    longest = max((cycles.most, name) for name, cycles in found.items() if name.startswith("tick, "))
    peer = "the same duties in float Python"
    running = found["tick, running"]
    median = ("control tick, median", "cycles", running.median, plain.median, peer, f"<= {GOAL_MEDIAN}")
    most = ("control tick, longest of any state", "cycles", longest[0], plain.most, peer, f"<= {GOAL_MOST}")
    share = running.median / plain.median
    left = 100 * (1 - found[FAST].mean / FAST_PERIOD)
    return [
        Figure(*median),
        Figure("control tick of float Python's", "share", share, goal="<= 0.25"),
        Figure(*most, note=f"the longest is of: {longest[1]}"),
        Figure("1 kHz mode: left of the processor for the link", "%", left, goal=">= 30"),
    ]


def heap_free() -> int:
    """Bytes of heap that are free once the whole firmware, flashed as by a person, has started."""
    with EmulatedBoard(seed=1) as board:
        return memory_free(flash(Order(BOARD, board.repl_port)))


def main() -> None:
    """Print the table and keep it."""
    found = measured(TICKS if len(sys.argv) < 2 else int(sys.argv[1]))
    table: dict[str, dict[str, float]] = {
        name: {
            "median": round(cycles.median),
            "most": cycles.most,
            "median_us": round(cycles.median / MHZ, 1),
        }
        for name, cycles in found.items()
    }
    free = heap_free()
    kept = table | {"heap free after start": {"bytes": free}}
    (ROOT / "build" / "cycles.json").write_text(json.dumps(kept, indent=1))
    for name, row in table.items():
        print(f"{name:40} median {row['median']:>9} most {row['most']:>9} cycles {row['median_us']:>9} us")
    print(f"{'heap free after start':40} {free} bytes")


if __name__ == "__main__":
    main()
