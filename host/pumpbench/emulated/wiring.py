"""How the emulated board is wired: ``boards/emulated_pico.toml``, as bench and emulator use it."""

from dataclasses import dataclass
from typing import Any

from pumpbench.files.board import named

MARK_PIN = 28  # free on the board: a script that measures cycles moves it
LED_PIN = 25


@dataclass(frozen=True)
class Wiring:
    """Pins by what hangs on them; levels are 0 or 1.

    Attributes:
        motor: for the emulator: step, dir, enable, and the levels that mean forward and on.
        pulled_up: pins with a resistor to 3.3 V.
        home: the mark's pin; `home_active`, its level while the mark is there.
        stop: the stop input's pin; `stop_active`, its level while it is pulled.
        valve: one pin for each port of the selector valve.
        lamps: outputs to show alarms, by name.
        pressure_channel: the ADC's, 0..3.
    """

    motor: dict[str, int]
    pulled_up: tuple[int, ...]
    home: int
    home_active: int
    stop: int
    stop_active: int
    valve: tuple[int, ...]
    lamps: dict[str, int]
    pressure_channel: int

    def for_emulator(self) -> dict[str, Any]:
        """Return what the emulator's process reads."""
        return {
            "motor": self.motor,
            "pulledUp": list(self.pulled_up),
            "watched": sorted({MARK_PIN, LED_PIN, *self.lamps.values(), *self.valve}),
            "reported": list(self.valve),
        }


def read() -> Wiring:
    """Return the wiring of the project's emulated board."""
    board = named("emulated_pico")
    motor, sensor, home, stop = board.motor, board.flow_sensor, board.home, board.stop
    assert motor is not None
    assert sensor is not None
    assert home is not None
    assert stop is not None
    assert board.pressure.pin is not None
    shown = board.indicator.model_dump() if board.indicator else {}
    return Wiring(
        motor={
            "step": motor.step,
            "dir": motor.direction,
            "enable": motor.enable,
            "forwardLevel": 0 if motor.reversed else 1,
            "enabledLevel": 0,
        },
        pulled_up=(sensor.data, sensor.clock),
        home=home.pin,
        home_active=home.active,
        stop=stop.pin,
        stop_active=stop.active,
        valve=tuple(board.valve.pins) if board.valve else (),
        lamps={name: pin for name, pin in shown.items() if pin is not None},
        pressure_channel=board.pressure.pin - 26,
    )
