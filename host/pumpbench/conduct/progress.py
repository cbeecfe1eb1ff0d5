"""What a run tells while it goes, and at its end."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """How far the run is. Volumes in nL, times in s of the board's clock since the start."""

    state: str
    delivered_nl: int
    requested_nl: int
    remaining_nl: int
    rate_nl_h: int
    elapsed_s: float
    total_s: float
    records: int
    simulated: bool


@dataclass(frozen=True)
class Summary:
    """The end of a run. `delivered_nl` is what the motor counted; `state` what the pump was at the end."""

    run_id: int
    state: str
    delivered_nl: int
    requested_nl: int
    telemetry_records: int
    telemetry_gaps: int
    events: int
    alarms: tuple[str, ...]
    simulated: bool
    elapsed_s: float
    quality: dict[str, Any]
    board: str
    interpreter: str | None
    database: str

    @property
    def finished(self) -> bool:
        """Whether the program came to its end."""
        return self.state == "finished"

    def as_dict(self) -> dict[str, Any]:
        """Every field, for JSON."""
        return asdict(self) | {"alarms": list(self.alarms)}
