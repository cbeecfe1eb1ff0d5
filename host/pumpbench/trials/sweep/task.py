"""One virtual trial of a sweep: all that a process, here or on another machine, needs to carry it out."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

Conduct = Callable[[Path, Path | None, int, Path], dict[str, Any]]
"""Carries out a trial: protocol, plant, seed, folder for its files; returns what ``trial run`` prints."""

KEPT = (
    "mean_error_percent",
    "mean_error_expanded_percent",
    "true_mean_error_percent",
    "mean_error_b_percent",
    "mean_error_b_expanded_percent",
    "true_mean_error_b_percent",
    "verdict",
    "trumpet",
)


@dataclass(frozen=True)
class Task:
    """A trial to carry out; the files travel as they are, as another machine may not have them.

    Attributes:
        protocol, plant: name and contents; the plant is None for the model's defaults.
        folder: where its files are kept, None when they are not.
    """

    protocol: tuple[str, bytes]
    plant: tuple[str, bytes] | None
    seed: int
    folder: str | None = None

    @property
    def plant_name(self) -> str:
        """The plant's name in tables."""
        return "defaults" if self.plant is None else Path(self.plant[0]).stem

    @property
    def key(self) -> str:
        """Changes with all that the result depends on."""
        digest = sha256(self.protocol[1])
        digest.update(sha256(self.plant[1] if self.plant else b"").digest())
        digest.update(str(self.seed).encode())
        return digest.hexdigest()


def carry_out(task: Task, conduct: Conduct | None = None) -> dict[str, Any]:
    """Carry out a trial and return its figures, or ``error``: why there are none."""
    if conduct is None:
        from pumpbench.trials.conduct import run_virtual_trial

        conduct = run_virtual_trial
    told: dict[str, Any] = {"plant": task.plant_name, "seed": task.seed, "key": task.key}
    try:
        with tempfile.TemporaryDirectory(prefix="pumpbench-") as scratch:
            found = _carry_out_in(Path(scratch), task, conduct)
    except Exception as error:  # noqa: BLE001  one trial that fails must not end the others
        return told | {"error": " ".join(f"{type(error).__name__}: {error}".split())}
    return told | {name: found.get(name) for name in KEPT}


def _carry_out_in(scratch: Path, task: Task, conduct: Conduct) -> dict[str, Any]:
    protocol = _put(scratch, task.protocol)
    plant = _put(scratch, task.plant) if task.plant else None
    if task.folder is None:
        return conduct(protocol, plant, task.seed, scratch / "trial")
    kept = Path(task.folder)
    begun = kept.with_name(f"{kept.name}.unfinished")
    if kept.exists():
        raise FileExistsError(f"{kept} holds another trial; choose another folder")
    if begun.exists():  # by a sweep that was cut off
        shutil.rmtree(begun)
    begun.parent.mkdir(parents=True, exist_ok=True)
    found = conduct(protocol, plant, task.seed, begun)
    begun.rename(kept)
    return found


def _put(folder: Path, file: tuple[str, bytes]) -> Path:
    path = folder / Path(file[0]).name
    path.write_bytes(file[1])
    return path
