"""What an emulated board is told when it starts, checked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pumpbench.emulated import flash_image
from pumpbench.files.board import named
from pumpbench.virtual import options as virtual


@dataclass(frozen=True)
class EmulatedOptions:
    """Everything about one emulated board.

    Attributes:
        seed: of everything random, and of the chip's unique id; None takes the plant's.
        plant: the model's configuration (docs/plant.md); what is missing has its default.
        truth: CSV file for what really happened, None for none; `truth_hz` records a second.
        flash: file with all of the chip's flash, made when missing and refused when it is another file; None
            begins with an empty one and keeps nothing.
        realtime: time follows the wall; else see docs/emulator.md.

    Raises:
        BadOption: a value that it cannot have.
    """

    seed: int | None = None
    plant: Mapping[str, Any] = field(default_factory=dict)
    truth: Path | None = None
    truth_hz: float = 10.0
    flash: Path | None = None
    realtime: bool = False

    def __post_init__(self) -> None:
        self.as_virtual()
        if self.flash is not None:
            flash_image.check(self.flash)

    def as_virtual(self) -> virtual.BoardOptions:
        """Return what a virtual board with the same surroundings is told."""
        return virtual.BoardOptions(
            seed=self.seed, plant=self.plant, truth=self.truth, truth_hz=self.truth_hz, flash=self.flash
        )


def process_config(options: EmulatedOptions) -> dict[str, Any]:
    """Return what the board's process reads."""
    config = virtual.process_config(options.as_virtual(), Path())
    identity = f"pumpbench emulated board {config['seed']}"
    return config | {
        "board": named("emulated_pico").numbers(),
        "unique_id": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "flash": None if options.flash is None else str(options.flash.resolve()),
        "realtime": options.realtime,
    }
