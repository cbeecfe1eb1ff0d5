"""What a virtual board is told when it starts, checked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pumpbench.files.board import named
from pumpbench.virtual.errors import BadOption
from pumpbench.virtual.interpreter import firmware_main, heap_bytes
from pumpbench.virtual.plant import defaults

FULL_SPEED = "max"
# Each reset of the board costs 18 kB: MicroPython's unix port never frees what tells of native code.
DEFAULT_HEAPSIZE = "4M"
_SPEEDS = f"allowed are {FULL_SPEED} and numbers above 0, up to 1,000,000"
_FASTEST_TRUTH_HZ = 1000
# Bytes that the board's process collects before it writes: few where firmware and model share a small heap.
_ROOMY_HEAP = 512 << 10
_BUFFER = 16_384
_SMALL_BUFFER = 2048


@dataclass(frozen=True)
class BoardOptions:
    """Everything about one virtual board.

    Attributes:
        speed: virtual seconds a wall second, or ``"max"``: as fast as the machine can, on the host's
            grants only.
        seed: of everything random; None takes the plant's.
        plant: the model's configuration (docs/plant.md); what is missing has its default.
        truth: CSV file for what really happened, None for none; `truth_hz` records a second of virtual time.
        interpreter: ``auto``, ``micropython`` or ``cpython``.
        flash: file with the board's flash, made when missing; None begins with an erased one and keeps
            nothing.
        heapsize: MicroPython's heap, such as ``160k``.
        firmware: another ``main.py`` than this project's.
        board: numbers of the board that differ from its own, by the names of ``pumpfw.config.Config``.
    """

    speed: float | str = 1.0
    seed: int | None = None
    plant: Mapping[str, Any] = field(default_factory=dict)
    truth: Path | None = None
    truth_hz: float = 10.0
    interpreter: str = "auto"
    flash: Path | None = None
    heapsize: str = DEFAULT_HEAPSIZE
    firmware: Path | None = None
    board: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.speed != FULL_SPEED and not (isinstance(self.speed, int | float) and 0 < self.speed <= 1e6):
            raise BadOption(f"speed is {self.speed!r}, {_SPEEDS}")
        if not 0 < self.truth_hz <= _FASTEST_TRUTH_HZ:
            raise BadOption(
                f"truth rate is {self.truth_hz} Hz, allowed is above 0, up to {_FASTEST_TRUTH_HZ}"
            )
        if self.seed is not None and not 0 <= self.seed < 1 << 32:
            raise BadOption(f"seed is {self.seed}, allowed are whole numbers from 0 to {(1 << 32) - 1}")
        for what, path in (("truth file", self.truth), ("flash image", self.flash)):
            if path is not None and not path.resolve().parent.is_dir():
                raise BadOption(f"{what} is {path}, but there is no folder {path.resolve().parent}")
            if path is not None and path.is_dir():
                raise BadOption(f"{what} is {path}, but that is a folder; name a file")
        if self.firmware is not None and not self.firmware.is_file():
            raise BadOption(f"firmware is {self.firmware}, but there is no such file")

    @property
    def firmware_main(self) -> Path:
        """The ``main.py`` to start."""
        return firmware_main() if self.firmware is None else self.firmware.resolve()


def parse_speed(text: str) -> float | str:
    """Return the speed that a command line names: ``max`` or a number.

    Raises:
        BadOption: it is neither.
    """
    if text == FULL_SPEED:
        return text
    try:
        return float(text)
    except ValueError:
        raise BadOption(f"speed is {text!r}, {_SPEEDS}") from None


def process_config(options: BoardOptions, flash: Path) -> dict[str, Any]:
    """Return what the board's process reads: plant, board numbers, seed, identity, speed, flash and truth."""
    plant = defaults.complete(dict(options.plant))
    if options.seed is not None:
        plant["random"] = {**plant["random"], "seed": options.seed}
    seed = plant["random"]["seed"]
    return {
        "plant": plant,
        "board": board_numbers(plant) | dict(options.board),
        "seed": seed,
        "unique_id": hashlib.sha256(f"pumpbench virtual board {seed}".encode()).hexdigest()[:32],
        "speed": 0 if options.speed == FULL_SPEED else options.speed,
        "flash": str(flash),
        "buffer": _BUFFER if heap_bytes(options.heapsize) >= _ROOMY_HEAP else _SMALL_BUFFER,
        "truth_us": 0 if options.truth is None else max(1, round(1e6 / options.truth_hz)),
    }


def board_numbers(plant: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers of ``boards/virtual.toml``, and the steps of the model's motor.

    They are known from the pump's construction, unlike the true stroke volume.
    """
    return named("virtual").numbers() | {
        "steps_per_rev": plant["pump"]["steps_per_rev"] * plant["pump"]["microsteps"]
    }
