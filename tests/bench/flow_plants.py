"""The plants that the flow figures are measured on: the default one, and others drawn at random within what
pumps of this kind are like."""

import random
from typing import Any

Plant = dict[str, Any]
CONTENTS_ML = 1000.0


def default() -> Plant:
    """The model's defaults, with enough in the reservoir."""
    return {"reservoir": {"contents_ml": CONTENTS_ML}}


def drawn(seed: int) -> Plant:
    """A plant of this seed: stroke volume off by up to 20 %, sensor gain by up to 5 %, 2 to 12 uneven
    rollers, ageing, slip, warmth, compliance and noise."""
    draw = random.Random(seed)
    rollers = draw.randint(2, 12)
    return {
        "pump": {
            "stroke_volume_ul_per_rev": draw.uniform(40.0, 60.0),
            "rollers": rollers,
            "roller_depths": [draw.uniform(0.2, 0.8) for _ in range(rollers)],
            "pulsation_width_deg": draw.uniform(20.0, 60.0),
            "initial_angle_deg": draw.uniform(0.0, 360.0),
            "ageing_percent_per_hour": draw.uniform(0.0, 0.02),
            "temperature_percent_per_c": draw.uniform(0.1, 0.4),
            "slip_percent_per_kpa": draw.uniform(0.0, 0.1),
        },
        "home": {"angle_deg": draw.uniform(0.0, 360.0), "jitter_deg": draw.uniform(0.02, 0.1)},
        "line": {
            "compliance_ul_per_kpa": draw.uniform(0.5, 5.0),
            "resistance_kpa_per_ul_min": draw.uniform(0.002, 0.02),
            "back_pressure_kpa": draw.uniform(0.0, 3.0),
        },
        "reservoir": {"contents_ml": CONTENTS_ML},
        "sensor": {
            "gain_error_percent": draw.uniform(-5.0, 5.0),
            "offset_ul_per_min": draw.uniform(-3.0, 3.0),
            "noise_ul_per_min": draw.uniform(0.2, 0.6),
        },
        "balance": {"evaporation_mg_per_hour": draw.uniform(0.0, 0.3)},
        "fluid": {"temperature_c": draw.uniform(18.0, 28.0)},
        "random": {"seed": seed},
    }


def plants(quick: bool) -> dict[str, Plant]:
    """Name and plant."""
    return {"default plant": default()} | {
        f"plant {seed}": drawn(seed) for seed in ((11,) if quick else (11, 12, 13, 14))
    }


def with_values(plant: Plant, **sections: dict[str, Any]) -> Plant:
    """Return a plant with some values changed."""
    return plant | {name: plant.get(name, {}) | values for name, values in sections.items()}
