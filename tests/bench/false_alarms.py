"""False alarms: random plants, each on its own virtual board for ten hours of ramps, boluses, pauses and
reservoir changes. Nothing is wrong with any of them, so every alarm is a false one.

What was done is kept in ``build/bench/false-alarms`` and not done again for the same firmware. By itself:
``python -m tests.bench.false_alarms --plants 100 --hours 10``.
"""

import argparse
import hashlib
import json
import math
import random
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.all_cores import on_all_cores
from tests.bench.figure import Figure
from tests.bench.kept import keep
from tests.support.random_plants import calibration_of, random_plant
from tests.support.virtual_pump import ML, VirtualPump

from pumpbench.client import Segment
from pumpbench.files import plant as plant_file

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "bench" / "false-alarms"
PLANTS, HOURS = 100, 10
QUICK_PLANTS, QUICK_HOURS = 4, 1
MOST_NL = 45 * ML  # of each of two reservoirs, in a run
SLOWEST_NL_H, FASTEST_NL_H = 50_000, 10 * ML


def segments(seed: int, hours: float) -> list[Segment]:
    """A program of `hours`, drawn from the seed."""
    draw = random.Random(seed + 2)
    left_s = int(hours * 3600)
    left_nl = [MOST_NL, MOST_NL]
    listed: list[Segment] = []
    while left_s > 0:
        reservoir = draw.randint(0, 1)
        last = len(listed) >= 28
        duration_s = left_s if last else min(left_s, int(draw.uniform(120, 2.0 * hours * 3600 / 24)))
        highest = min(FASTEST_NL_H, left_nl[reservoir] * 3600 // duration_s)
        rate = SLOWEST_NL_H if highest <= SLOWEST_NL_H else _decades(draw, SLOWEST_NL_H, highest)
        kind = draw.random()
        if last or kind < 0.55:
            made = Segment("constant", reservoir, rate_nl_h=rate, duration_s=duration_s)
        elif kind < 0.75:
            to = SLOWEST_NL_H if highest <= SLOWEST_NL_H else _decades(draw, SLOWEST_NL_H, highest)
            made = Segment("ramp", reservoir, rate_nl_h=rate, to_rate_nl_h=to, duration_s=duration_s)
        elif kind < 0.85:
            duration_s = min(duration_s, 600)
            made = Segment("pause", reservoir, duration_s=duration_s)
        else:
            volume_nl, rate = draw.randint(20_000, 500_000), draw.randint(5 * ML, 60 * ML)
            if volume_nl > left_nl[reservoir]:
                continue
            duration_s = volume_nl * 3600 // rate
            made = Segment("bolus", reservoir, rate_nl_h=rate, volume_nl=volume_nl)
        listed.append(made)
        left_s -= duration_s
        left_nl[reservoir] -= max(made.rate_nl_h, made.to_rate_nl_h) * duration_s // 3600
    return listed


def one(seed: int, hours: float) -> dict[str, Any]:
    """Let one plant run; what it raised."""
    tables = random_plant(seed)
    started = time.monotonic()
    with VirtualPump(plant_file.parse(tables, f"random plant {seed}"), seed=seed) as pump:
        pump.calibrate(calibration_of(tables, seed))
        for reservoir in (0, 1):
            pump.fill(reservoir=reservoir)
        pump.start(*segments(seed, hours))
        for _ in range(int(hours * 60) + 30):
            status = pump.run(60.0)
            if status.state not in ("running", "keep-open"):
                break
        ended_s = pump.truth["now_us"] / 1e6
        return {
            "seed": seed,
            "hours": round(ended_s / 3600, 2),
            "state": status.state,
            "alarms": [[name, round(at_s)] for name, at_s in pump.raised()],
            "wall_s": round(time.monotonic() - started, 1),
        }


def fingerprint() -> str:
    """Changes with the firmware, the model, and what is done with them."""
    digest = hashlib.sha256()
    for folder in ("device/pumpfw", "shared/pumplink", "host/pumpbench/virtual/plant"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:12]


def results(plants: int, hours: float, first: int = 0) -> list[dict[str, Any]]:
    """What each plant raised; those that were done before are read."""
    folder = KEPT / f"{fingerprint()}-{hours:g}h"
    files = [folder / f"{seed:03d}.json" for seed in range(first, first + plants)]
    on_all_cores(partial(_keep, hours), [file for file in files if not file.exists()])
    return [json.loads(file.read_text()) for file in files]


def _keep(hours: float, file: Path) -> None:
    """Let the plant of the file's number run; write what it raised."""
    result = one(int(file.stem), hours)
    print(json.dumps(result), file=sys.stderr, flush=True)
    keep(file, result)


def figures(quick: bool) -> list[Figure]:
    """How many false alarms came in how many hours."""
    done = results(*(QUICK_PLANTS, QUICK_HOURS) if quick else (PLANTS, HOURS))
    hours = sum(result["hours"] for result in done)
    alarms = [alarm for result in done for alarm in result["alarms"]]
    note = f"false alarms: {hours:.0f} simulated hours on {len(done)} random plants, calibrated"
    if alarms:
        note += f"; raised: {alarms}"
    return [Figure("false alarms", f"in {hours:.0f} h", len(alarms), goal="<= 0", note=note)]


def _decades(draw: random.Random, low: int, high: int) -> int:
    return round(math.exp(draw.uniform(math.log(low), math.log(high))))


def main() -> None:
    """Run by itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plants", type=int, default=PLANTS)
    parser.add_argument("--hours", type=float, default=HOURS)
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first plant's seed")
    options = parser.parse_args()
    done = results(options.plants, options.hours, options.first)
    print(sum(result["hours"] for result in done), [alarm for result in done for alarm in result["alarms"]])


if __name__ == "__main__":
    main()
