"""What is connected to what, as rows of a table."""

from dataclasses import dataclass

from pumpbench.boards.chips import CHIPS
from pumpbench.boards.drivers import DRIVERS
from pumpbench.files.board import FLOW_SENSORS, Board

# GP number to pin of the Pico's edge (Raspberry Pi Pico and Pico 2 data sheets, pinout).
_PICO_EDGE = {
    0: 1, 1: 2, 2: 4, 3: 5, 4: 6, 5: 7, 6: 9, 7: 10, 8: 11, 9: 12, 10: 14, 11: 15, 12: 16, 13: 17, 14: 19,
    15: 20, 16: 21, 17: 22, 18: 24, 19: 25, 20: 26, 21: 27, 22: 29, 26: 31, 27: 32, 28: 34,
}  # fmt: skip
_MICROSTEP_PINS = {
    "A4988": {1: "MS1-3 open", 2: "MS1 high", 4: "MS2 high", 8: "MS1, MS2 high", 16: "MS1, MS2, MS3 high"},
    "DRV8825": {
        1: "M0-2 open", 2: "M0 high", 4: "M1 high", 8: "M0, M1 high", 16: "M2 high", 32: "M0, M2 high",
    },
    "TMC2209": {
        8: "MS1, MS2 low", 16: "MS1, MS2 high", 32: "MS1 high, MS2 low", 64: "MS1 low, MS2 high",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Wire:
    """One connection: of a part's terminal with a pin of the board ("" for none), and what goes with it."""

    part: str
    terminal: str
    pin: str
    note: str


def wires(board: Board) -> list[Wire]:
    """Return every connection, part by part; none for a board without hardware."""
    motor, sensor, lamps = board.motor, board.flow_sensor, board.indicator
    if motor is None:
        return []
    driver = DRIVERS[motor.driver]
    part = f"{driver.name} driver"
    steps = _MICROSTEP_PINS[driver.name].get(motor.microsteps, "")
    found = [
        Wire(part, "STEP", _pin(board, motor.step), ""),
        Wire(part, "DIR", _pin(board, motor.direction), ""),
        Wire(part, "EN", _pin(board, motor.enable), _enable_note(board)),
        Wire(part, "logic supply", "3.3 V", f"{motor.microsteps} microsteps: {steps}"),
        Wire(part, "motor supply", "", "12 V of its own, 100 µF at the driver"),
        Wire(part, "GND", "GND", "joins both supplies"),
    ]
    if motor.count is not None:
        found.insert(
            1, Wire(part, "STEP too", _pin(board, motor.count), "a second wire: steps are counted there")
        )
    if driver.name != "TMC2209":
        found.insert(3, Wire(part, "RESET, SLEEP", "3.3 V", "joined" if driver.name == "A4988" else ""))
    if sensor is not None:
        part = f"{FLOW_SENSORS[sensor.model]} flow sensor"
        found += [
            Wire(part, "SDA", _pin(board, sensor.data), "10 kΩ to 3.3 V, where the cable has none"),
            Wire(part, "SCL", _pin(board, sensor.clock), "10 kΩ to 3.3 V, where the cable has none"),
            Wire(part, "VDD", "3.3 V", "100 nF to GND at the sensor"),
            Wire(part, "GND", "GND", ""),
        ]
    if board.pressure.pin is not None:
        part = "pressure sensor"
        note = "0 to 3.3 V; 1 kΩ in line, 100 nF to GND"
        found += [
            Wire(part, "output", _pin(board, board.pressure.pin), note),
            Wire(part, "supply", "3.3 V", "a 5 V sensor: 5 V, and its output halved"),
            Wire(part, "GND", "AGND" if _is_pico(board) else "GND", ""),
        ]
    if board.valve is not None:
        for number, pin in enumerate(board.valve.pins, 1):
            note = "N-channel MOSFET, 10 kΩ to GND, diode across the coil"
            found.append(Wire("selector valve", f"reservoir {number}", _pin(board, pin), note))
    if board.home is not None:
        what = "open-collector Hall switch" if board.home.active == 0 else "Hall switch, high at the mark"
        found += [
            Wire("home mark", "output", _pin(board, board.home.pin), f"{what}, 3.3 V or pulled up to it"),
            Wire("home mark", "GND", "GND", ""),
        ]
    if board.stop is not None:
        opens = board.stop.active == 1
        note = "opens when pressed" if opens else "closes when pressed; a broken wire is not seen"
        found += [
            Wire(
                "stop button", "one side", _pin(board, board.stop.pin), f"{note}; 1 kΩ in line, 100 nF to GND"
            ),
            Wire("stop button", "other side", "GND", ""),
        ]
    if lamps is not None:
        for name, lamp in (("red", lamps.red), ("yellow", lamps.yellow), ("cyan", lamps.cyan)):
            if lamp is not None:
                found.append(Wire("lamps", f"{name} LED", _pin(board, lamp), "330 Ω in line, to GND"))
        if lamps.buzzer is not None:
            found.append(
                Wire(
                    "buzzer", "piezo, no tone of its own", _pin(board, lamps.buzzer), "to GND; 100 Ω in line"
                )
            )
    return found


def _pin(board: Board, number: int) -> str:
    if not _is_pico(board):
        return f"GPIO{number}"
    return f"GP{number} (pin {_PICO_EDGE[number]})" if number in _PICO_EDGE else f"GP{number}"


def _enable_note(board: Board) -> str:
    off = "10 kΩ to 3.3 V at the driver: off while the board is dead"
    return off if _is_pico(board) else f"through the stop button's second contact; {off}"


def _is_pico(board: Board) -> bool:
    return CHIPS[board.board.chip_name].layer == "rp2"
