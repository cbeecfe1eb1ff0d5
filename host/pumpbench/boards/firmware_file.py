"""``board.json``: what the firmware is told of its board. The flashing command puts it beside ``main.py``.

One JSON object: ``name``, ``simulated`` (1 or 0), ``numbers`` (integers by the names of the firmware's
``config.py``) and ``wires`` (integers for its hardware layer; what a board has not got is left out)::

    step, dir, en       pins of the driver
    count               input that sees STEP, where the chip needs one
    reversed            1: forward is DIR low
    step_ns, dir_ns     the driver's shortest STEP high or low, and how long DIR stands around a step
    i2c, sda, scl, i2c_hz
    pressure            analogue input
    valve               list of pins, in the order of the reservoirs
    home, home_high     input, and 1 when it is high while the mark is there
    stop, stop_high     input, and 1 when high stops
    red, yellow, cyan, buzzer
    sectors             of 4096 bytes for journal, events and summaries
    second_port         1: use a second USB serial port where the modules for it are
"""

import json
from typing import Any

from pumpbench.boards.drivers import DRIVERS
from pumpbench.files.board import Board

NAME = "board.json"
SECTOR_SIZE = 4096


def content(board: Board) -> bytes:
    """Return the file for `board`, which must have a motor: the same bytes for the same board."""
    return json.dumps(fields(board), separators=(",", ":")).encode()


def fields(board: Board) -> dict[str, Any]:
    """Return what the file holds, as a dictionary."""
    return {
        "name": board.board.name,
        "simulated": int(board.board.simulated),
        "numbers": board.numbers(),
        "wires": {name: value for name, value in _wires(board).items() if value is not None},
    }


def _wires(board: Board) -> dict[str, int | list[int] | None]:
    motor, sensor, home, stop, flash = board.motor, board.flow_sensor, board.home, board.stop, board.flash
    if motor is None or stop is None or flash is None:
        raise ValueError(f"the board {board.board.name} has no hardware to be told of")
    driver = DRIVERS[motor.driver]
    lamps = board.indicator
    return {
        "step": motor.step,
        "dir": motor.direction,
        "en": motor.enable,
        "count": motor.count,
        "reversed": int(motor.reversed),
        "step_ns": driver.step_ns,
        "dir_ns": driver.direction_ns,
        "i2c": sensor.bus if sensor else None,
        "sda": sensor.data if sensor else None,
        "scl": sensor.clock if sensor else None,
        "i2c_hz": sensor.frequency_hz if sensor else None,
        "pressure": board.pressure.pin,
        "valve": list(board.valve.pins) if board.valve else None,
        "home": home.pin if home else None,
        "home_high": home.active if home else None,
        "stop": stop.pin,
        "stop_high": stop.active,
        "red": lamps.red if lamps else None,
        "yellow": lamps.yellow if lamps else None,
        "cyan": lamps.cyan if lamps else None,
        "buzzer": lamps.buzzer if lamps else None,
        "sectors": flash.data_kib * 1024 // SECTOR_SIZE,
        "second_port": int(board.link is not None and board.link.second_port),
    }
