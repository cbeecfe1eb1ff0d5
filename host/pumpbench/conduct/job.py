"""What is to be run, where, and how fast."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

VIRTUAL = "virtual"
FULL_SPEED = "max"


@dataclass(frozen=True)
class Job:
    """One run of a program file.

    `port` is a pyserial URL or ``"virtual"``; the options from `speed` on are for the virtual board alone, as
    in ``pumpbench.virtual.options.BoardOptions``. `db` None is the user's own database.
    """

    program: Path
    port: str = VIRTUAL
    db: Path | None = None
    who: str | None = None
    speed: float | str = 1.0
    seed: int | None = None
    plant: Path | None = None
    truth: Path | None = None
    truth_hz: float = 10.0
    interpreter: str = "auto"
    heapsize: str | None = None
    firmware: Path | None = None
    board: Mapping[str, int] = field(default_factory=dict)

    @property
    def virtual(self) -> bool:
        """Whether a board is started for this run."""
        return self.port == VIRTUAL

    @property
    def by_grants(self) -> bool:
        """Whether time passes only when it is granted."""
        return self.virtual and self.speed == FULL_SPEED
