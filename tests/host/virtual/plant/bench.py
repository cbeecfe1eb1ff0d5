"""A plant without noise or pulsation, unless a test asks for them, and the ways to drive it."""

from typing import Any

from pumpbench.virtual.plant.defaults import complete
from pumpbench.virtual.plant.plant import Plant

QUIET: dict[str, dict[str, Any]] = {
    "pump": {"pulsation_depth": 0.0},
    "home": {"jitter_deg": 0.0},
    "sensor": {"noise_ul_per_min": 0.0, "response_ms": 0.0},
    "pressure": {"noise_kpa": 0.0},
    "balance": {"noise_mg": 0.0, "response_ms": 0.0, "resolution_mg": 0.0001},
}
STROKE_NL = 50_000.0
STEPS_PER_REV = 3200


def make(*faults: dict[str, Any], **sections: dict[str, Any]) -> Plant:
    """Return a quiet plant with the given keys, section by section, and faults."""
    given: dict[str, Any] = {name: dict(keys) for name, keys in QUIET.items()}
    for name, keys in sections.items():
        given.setdefault(name, {}).update(keys)
    return Plant(complete(given | {"faults": list(faults)}))


def fault(
    kind: str, value: float | None = None, at_s: float = 0.0, duration_s: float | None = None
) -> dict[str, Any]:
    """Return a fault as a plant file would have it."""
    return {"kind": kind, "value": value, "at_s": at_s, "duration_s": duration_s}


def drive(plant: Plant, seconds: float, ul_min: float, step_us: int = 50_000) -> None:
    """Turn the motor at the step rate that stands for `ul_min` (50 uL and 3200 microsteps a revolution)."""
    steps_per_us = ul_min / 60e6 / 50.0 * STEPS_PER_REV
    start_us = plant.now_us
    made = 0
    for i in range(1, round(seconds * 1e6 / step_us) + 1):
        due = round(i * step_us * steps_per_us)
        plant.advance(start_us + i * step_us, due - made)
        made = due


def rest(plant: Plant, seconds: float) -> None:
    """Let time pass with the motor at rest."""
    plant.advance(plant.now_us + round(seconds * 1e6), 0)


def turn(plant: Plant, steps: int) -> None:
    """Make `steps` in one go, a revolution a second."""
    plant.advance(plant.now_us + abs(steps) * 1_000_000 // STEPS_PER_REV, steps)
