"""What is to be tried, where, and how fast."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pumpbench.conduct.cancel import Cancel

VIRTUAL = "virtual"
FULL_SPEED = "max"


@dataclass(frozen=True)
class Progress:
    """How far a trial is; times in s of the trial's clock."""

    step: str
    time_s: float
    total_s: float
    mass_g: float | None
    simulated: bool


@dataclass(frozen=True)
class TrialJob:
    """One trial of a protocol file.

    Attributes:
        protocol: the protocol's file.
        out: the trial's folder; made when it is not there, gone on with when it holds this trial unfinished.
        port: the pump's pyserial URL, or "virtual"; None for a pump that only the balance sees.
        balance: the balance's URL; None takes the virtual board's.
        db: the laboratory's database; None is the user's own, and the folder's own for a virtual board.
        speed, seed, plant, truth, interpreter: of the virtual board.
        who: who runs it, when the protocol does not say.
        report: whether report pages are made.
        ask: told what a person has to do at the bench; returns when it is done, or when the trial is to end.
            None: nobody is there.
        say: told what a person should know at once.
        on_progress: told where it stands, at every reading.
        cancel: ends it from another thread: the pump is stopped, all that was recorded is kept, reported, and
            the trial has ended.

    The callbacks are called in the thread that carries the trial out, and hold it up until they return.
    """

    protocol: Path
    out: Path
    port: str | None = VIRTUAL
    balance: str | None = None
    db: Path | None = None
    speed: float | str = 1.0
    seed: int | None = None
    plant: Path | None = None
    truth: Path | None = None
    interpreter: str = "auto"
    who: str | None = None
    report: bool = True
    ask: Callable[[str], None] | None = None
    say: Callable[[str], None] = lambda sentence: None
    on_progress: Callable[[Progress], None] = lambda progress: None
    cancel: Cancel = field(default_factory=Cancel)

    @property
    def virtual(self) -> bool:
        """Whether a board is started for this trial."""
        return self.port == VIRTUAL
