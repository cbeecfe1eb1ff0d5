"""Drive a plant through much of what can happen and print every number as the hex of a double.

Runs on MicroPython and on CPython, with the folder of ``plant`` on the search path.
"""

import binascii
import struct

from plant.defaults import complete  # type: ignore[import-not-found]
from plant.faults import KINDS  # type: ignore[import-not-found]
from plant.plant import Plant  # type: ignore[import-not-found]

FULL = {
    "pump": {
        "roller_depths": [0.4, 0.7, 1.1, 0.5],
        "rollers": 4,
        "backlash_steps": 1.5,
        "ageing_percent_per_hour": 0.3,
        "temperature_percent_per_c": 0.2,
        "slip_percent_per_kpa": 0.1,
        "stall_kpa": 90.0,
    },
    "home": {"jitter_deg": 0.5},
    "line": {"resistance_kpa_per_ul_min": 0.02, "back_pressure_kpa": 3.0, "dead_volume_ul": 20.0},
    "reservoir": {"contents_ml": [0.4, 1.0]},
    "balance": {"drift_mg_per_hour": 1.0, "evaporation_mg_per_hour": 2.0, "gain_error_ppm": 30.0},
    "fluid": {"siphon_head_m": 0.2},
    "clock": {"error_ppm": 12.5},
    "random": {"seed": 99},
}
IMPLANT = {"source": {"kind": "constant-flow"}, "fluid": {"temperature_c": 36.2}}


def show(*numbers: float) -> None:
    """Print numbers bit by bit."""
    print(" ".join(binascii.hexlify(struct.pack(">d", number)).decode() for number in numbers))


def drive(plant: Plant) -> None:
    """Turn the pump to and fro while one fault follows another."""
    now_us = 0
    for i in range(len(KINDS)):
        fault = complete({"faults": [{"kind": KINDS[i]}]})["faults"][0]
        plant.faults.add(KINDS[i], 2000000 + i * 4000000, 3000000, fault["value"])
    for i in range(2500):
        now_us += (50000, 10000, 100000, 3000)[i % 4]
        plant.advance(now_us, (9, 40, 250, -30)[i * 7 // 3 % 4])
        if i == 1200:
            plant.select(1)
        if i == 1500:
            plant.fill(0, 0.7)
        if i % 10 == 0:
            truth = plant.truth
            mass_mg, stable, status = plant.balance.reading(now_us)
            show(truth.head_nl, truth.outlet_nl, truth.rotor_mdeg, truth.pressure_pa, truth.reservoir_nl)
            show(plant.flow_reading(), plant.pressure_reading_kpa(), mass_mg, plant.temperature_c)
            show(truth.leaked_nl, truth.air_nl, plant.clock.board_us(now_us))
            print(
                stable,
                status,
                plant.sensor.air,
                plant.sensor.high_flow,
                plant.sensor.answers,
                plant.sensor.crc_bad,
                plant.rotor.home_edges,
            )


for given in (FULL, IMPLANT, {}):
    drive(Plant(complete(given)))
