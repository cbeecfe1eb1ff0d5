"""A trial in no time, in place of the virtual board's: its figures follow from protocol, plant and seed."""

import os
import signal
import tomllib
from pathlib import Path
from typing import Any

from pumpbench.trials.sweep.task import Task

LIMIT = 5.0


def conduct(protocol: Path, plant: Path | None, seed: int, folder: Path) -> dict[str, Any]:
    """Return a trial whose mean error is the plant's plus a thousandth of the seed."""
    folder.mkdir()
    (folder / "protocol.toml").write_bytes(protocol.read_bytes())
    truth = float(tomllib.loads(plant.read_text())["error"]) if plant else 0.0
    if seed == 13:
        raise ValueError("the pump\nbroke")
    error = truth + seed / 1000
    return {
        "mean_error_percent": error,
        "mean_error_expanded_percent": 0.005,
        "true_mean_error_percent": truth,
        "mean_error_b_percent": error + 1,
        "mean_error_b_expanded_percent": 0.005,
        "true_mean_error_b_percent": truth + 1,
        "verdict": "pass" if abs(error) < LIMIT else "fail",
        "trumpet": [{"window_min": 2.0, "max_percent": error + 1, "min_percent": error - 1}],
        "startup": [{"time_min": 0.5, "flow_ml_h": 1.0}] * 1000,
    }


def die(protocol: Path, plant: Path | None, seed: int, folder: Path) -> dict[str, Any]:
    """End the process as a crash would."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def tasks(seeds: range, folder: str | None = None) -> list[Task]:
    """Two plants, 2 and 7 % off, with every seed."""
    return [
        Task(
            ("p.toml", b"[trial]"),
            (f"{name}.toml", b"error = %d" % error),
            seed,
            folder and f"{folder}/{name}/{seed}",
        )
        for name, error in (("good", 2), ("bad", 7))
        for seed in seeds
    ]
