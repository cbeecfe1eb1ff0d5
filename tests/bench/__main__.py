"""Measure what is promised: ``make bench`` (with ``PARTS="store decode"`` only some), ``make bench-quick``.

Each part is measured by itself and kept in ``build/bench/``; a run that was interrupted goes on with the
parts that are missing or were measured on other sources. A part that is named is always measured anew. The
table and ``build/bench.json`` hold name, unit, ours, peer, ratio.
"""

import argparse
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tests.bench import (
    chip_heap,
    chip_tick,
    coverage,
    decode,
    emulated_board,
    false_alarms,
    flow,
    gui,
    heap_growth,
    occlusion,
    round_trip,
    store,
    trial,
    trumpet,
    virtual_board,
)
from tests.bench.figure import Figure
from tests.bench.kept import keep

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "bench"

# Each part takes `quick` and returns its figures.
PARTS: dict[str, Callable[[bool], list[Figure]]] = {
    "decode": decode.figures,
    "round-trip": round_trip.figures,
    "flow-ripple": flow.ripple_figures,
    "flow-hour": flow.hour_figures,
    "flow-day": flow.day_figures,
    "flow-back-pressure": flow.back_pressure_figures,
    "flow-tiring": flow.tiring_figures,
    "occlusion": occlusion.figures,
    "false-alarms": false_alarms.figures,
    "chip-tick": chip_tick.figures,
    "flash": emulated_board.flash_figures,
    "chip-boot": emulated_board.boot_figures,
    "chip-answer": emulated_board.answer_figures,
    "chip-telemetry": emulated_board.telemetry_figures,
    "chip-tick-start": emulated_board.tick_start_figures,
    "store": store.figures,
    "gui-plots": gui.plot_figures,
    "gui-start": gui.start_figures,
    "gui-stop": gui.stop_figures,
    "coverage": coverage.figures,
    "trial": trial.figures,
    "trumpet": trumpet.figures,
    "virtual-speed": virtual_board.speed_figures,
    "virtual-memory": virtual_board.memory_figures,
    "heap-growth": heap_growth.figures,
    "chip-heap": chip_heap.figures,
    "chip-stop": emulated_board.stop_figures,
}


def sources_fingerprint() -> str:
    """Changes when anything that is measured changes."""
    digest = hashlib.sha256()
    for folder in ("device", "host", "shared", "tests/bench", "examples"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".toml", ".sql"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def measure(part: str, quick: bool, anew: bool) -> dict[str, Any]:
    """The part's result, from ``build/bench`` when it is of these sources, measured otherwise."""
    kept = RESULTS / f"{part}{'-quick' if quick else ''}.json"
    sources = sources_fingerprint()
    if kept.exists() and not anew:
        result: dict[str, Any] = json.loads(kept.read_text())
        if result["sources"] == sources:
            return result
    print(f"measuring {part} ...", file=sys.stderr, flush=True)
    load = os.getloadavg()[0]
    started = time.monotonic()
    found = PARTS[part](quick)
    result = {
        "part": part,
        "quick": quick,
        "sources": sources,
        "seconds": round(time.monotonic() - started, 1),
        "load_before": round(load, 2),
        "figures": [figure.as_json() for figure in found],
    }
    keep(kept, result)
    return result


def table(results: list[dict[str, Any]]) -> Table:
    """Every figure beside its baseline."""
    drawn = Table(
        "figure", "unit", "ours", "peer", "ratio", "goal", "reached", title="pumpbench: measured here"
    )
    for result in results:
        for row in result["figures"]:
            drawn.add_row(
                row["name"],
                row["unit"],
                f"{row['ours']:.4g}",
                "-" if row["peer"] is None else f"{row['peer']:.4g} ({row['peer_is']})",
                "-" if row["ratio"] is None else f"{row['ratio']:.3g}",
                row["goal"] or "-",
                {True: "yes", False: "NO", None: "-"}[row["reached"]],
            )
    return drawn


def main() -> int:
    """Measure, print, write ``build/bench.json``; a goal that was missed is said, and is no error."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="shorter runs of the same, ten minutes in all")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part is called {unknown[0]!r}; there are {', '.join(PARTS)}")
    results = [measure(part, options.quick, part in options.parts) for part in options.parts or PARTS]
    Console(width=150).print(table(results))
    for note in dict.fromkeys(row["note"] for result in results for row in result["figures"] if row["note"]):
        print(note)
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    (ROOT / "build" / "bench.json").write_text(json.dumps(machine | {"parts": results}, indent=1))
    missed = [row["name"] for result in results for row in result["figures"] if row["reached"] is False]
    if missed:
        print(f"goals not reached: {', '.join(missed)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
