"""Random plants of the kind that a trial may meet, and the calibration that a balance would give each."""

import math
import random
from typing import Any

from pumpbench.client import Calibration
from pumpbench.virtual.plant.bites import volume_curve
from pumplink.numbers import MAP_BINS

NOMINAL_UL = 50.0
COUNT_ERROR = 0.005  # what a careful calibration leaves


def random_plant(seed: int) -> dict[str, Any]:
    """Stroke volume off by up to 20 %, sensor gain by 5 %, 2 to 12 uneven rollers, ageing, slip, temperature,
    compliance, resistance and noise, all drawn from the seed."""
    draw = random.Random(seed)
    rollers = draw.randint(2, 12)
    depth = draw.uniform(0.2, 1.0)
    uneven = [min(depth * draw.uniform(0.6, 1.4), 1.3) for _ in range(rollers)]
    return {
        "pump": {
            "stroke_volume_ul_per_rev": NOMINAL_UL * draw.uniform(0.8, 1.2),
            "rollers": rollers,
            "roller_depths": uneven,
            "pulsation_width_deg": draw.uniform(15.0, min(90.0, 400.0 / rollers)),
            "initial_angle_deg": draw.uniform(0.0, 360.0),
            "ageing_percent_per_hour": draw.choice([0.0, 0.02, 0.14]),
            "temperature_percent_per_c": draw.uniform(-0.5, 0.5),
            "slip_percent_per_kpa": draw.uniform(0.0, 0.3),
            "backlash_steps": draw.choice([0.0, 2.5]),
        },
        "home": {"angle_deg": draw.uniform(0.0, 360.0), "jitter_deg": draw.uniform(0.0, 0.5)},
        "line": {
            "compliance_ul_per_kpa": _decades(draw, 0.1, 20.0),
            "resistance_kpa_per_ul_min": _decades(draw, 0.0005, 0.06),
            "back_pressure_kpa": draw.choice([0.0, draw.uniform(-5.0, 15.0)]),
        },
        "sensor": {
            "gain_error_percent": draw.uniform(-5.0, 5.0),
            "offset_ul_per_min": draw.uniform(-2.0, 2.0),
            "noise_ul_per_min": _decades(draw, 0.05, 3.0),
            "response_ms": _decades(draw, 10.0, 200.0),
        },
        "pressure": {"noise_kpa": _decades(draw, 0.01, 0.3), "offset_kpa": draw.uniform(-2.0, 2.0)},
        "fluid": {
            "temperature_c": draw.uniform(15.0, 37.0),
            "siphon_head_m": draw.choice([0.0, draw.uniform(-0.5, 0.5)]),
        },
        "clock": {"error_ppm": draw.uniform(-100.0, 100.0)},
        "reservoir": {"contents_ml": [90.0, 90.0]},
        "random": {"seed": seed},
    }


def calibration_of(plant: dict[str, Any], seed: int) -> Calibration:
    """What a gravimetric calibration would find of this plant, with errors drawn from the seed."""
    draw = random.Random(seed + 1)

    def nearly(value: float) -> float:
        return value * (1.0 + draw.uniform(-COUNT_ERROR, COUNT_ERROR))

    pump = plant["pump"]
    gain = 1.0 + plant["sensor"]["gain_error_percent"] / 100.0
    zero_nl_h = plant["sensor"]["offset_ul_per_min"] * 60_000.0 + draw.uniform(-10_000.0, 10_000.0)
    return Calibration(
        tube_set=1,
        made_at_s=1,
        expires_at_s=0,
        sensor_gain_ppm=round(nearly(1e6 / gain)),
        sensor_zero_nl_h=round(zero_nl_h),
        points=((0, round(nearly(pump["stroke_volume_ul_per_rev"] * 1e6))),),
        rotor_map_ppt=_map(plant, draw),
        slip_ppm_kpa=round(nearly(pump["slip_percent_per_kpa"] * 1e4)),
        warming_ppm_c=round(nearly(pump["temperature_percent_per_c"] * 1e4)),
        lag_ms=round(plant["sensor"]["response_ms"]),
    )


def _map(plant: dict[str, Any], draw: random.Random) -> tuple[int, ...]:
    """The flow at each knot, seen from the home mark, a few thousandths off."""
    pump = plant["pump"]
    curve = volume_curve(pump["roller_depths"], pump["pulsation_width_deg"])
    step = 360.0 / MAP_BINS
    flows = []
    for knot in range(MAP_BINS):
        angle = (knot * step + plant["home"]["angle_deg"]) % 360.0
        flows.append((_at(curve, angle + step / 2) - _at(curve, angle - step / 2)) * 360.0 / step)
    return tuple(round(1000.0 * flow + draw.uniform(-5.0, 5.0)) for flow in flows)


def _at(curve: Any, angle: float) -> float:
    turns = math.floor(angle / 360.0)
    angle -= turns * 360.0
    cell = int(angle)
    return float(turns + curve[cell] + (curve[cell + 1] - curve[cell]) * (angle - cell))


def _decades(draw: random.Random, low: float, high: float) -> float:
    """Evenly over the decades between."""
    return math.exp(draw.uniform(math.log(low), math.log(high)))
