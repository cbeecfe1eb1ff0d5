"""A measured figure beside its baseline."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the bench's table.

    `peer` is what the same job costs or gives done the plain way, measured in the same run, and `peer_is`
    says which way that is; None where a figure has no peer. `goal` is a comparison such as ">= 300000", in
    `unit`.
    """

    name: str
    unit: str
    ours: float
    peer: float | None = None
    peer_is: str = ""
    goal: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's."""
        return self.ours / self.peer if self.peer else None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is met; None when there is none."""
        if not self.goal:
            return None
        comparison, number = self.goal.split()
        return self.ours >= float(number) if comparison == ">=" else self.ours <= float(number)

    def as_json(self) -> dict[str, Any]:
        """The figure as ``build/bench.json`` holds it."""
        return asdict(self) | {"ratio": self.ratio, "reached": self.reached}
