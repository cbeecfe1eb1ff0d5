"""The programs that come with pumpbench, to start one's own from."""

from dataclasses import dataclass
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[3] / "examples"
_INSTALLED = Path(__file__).resolve().parents[1] / "_files" / "examples"


@dataclass(frozen=True)
class Example:
    """One file of the folder, and what it is good for."""

    title: str
    file: str

    @property
    def path(self) -> Path:
        """Where it is."""
        return folder() / self.file


PROGRAMS = (
    Example("Hepatic-artery infusion, 14 days", "hai-14-days.toml"),
    Example("Constant flow", "constant-1ml-h.toml"),
    Example("Bolus and basal", "bolus-and-basal.toml"),
    Example("Ramp up, hold, ramp down", "ramp.toml"),
    Example("Empty a 30 mL reservoir", "empty-30ml.toml"),
)


def folder() -> Path:
    """Return where the examples are, in a checkout or in what was installed."""
    return _CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED
