"""The test bench of the emulated board: the physical model, hanging on the chip's pins."""

from typing import Any

from pumpbench.emulated.emulator import Emulator
from pumpbench.emulated.pacing import Pacing
from pumpbench.emulated.parts import CYCLES_PER_US
from pumpbench.emulated.serial_ports import SerialPorts
from pumpbench.emulated.wiring import Wiring
from pumpbench.virtual.fakes.clock import Clock
from pumpbench.virtual.fakes.link_port import LinkPort
from pumpbench.virtual.fakes.mtsics import MtSics
from pumpbench.virtual.fakes.mux import REPL_PORT, Mux
from pumpbench.virtual.fakes.schedule import NEVER
from pumpbench.virtual.fakes.sf06 import ADDRESS, FlowSensor
from pumpbench.virtual.plant.plant import Plant

_ADC_TOP = 4095
_TEMPERATURE_CHANNEL = 4
_MARK_SHARE = 60  # the home mark covers this part of a revolution


class Bench:
    """What the chip's wires lead to. Where `pumpbench.virtual.fakes` asks for a bench, this one serves too.

    Time comes from the emulator: `clock.now` is where the chip was when it asked or ended its stretch.
    """

    def __init__(self, config: dict[str, Any], wiring: Wiring, plant: Plant, mux: Mux) -> None:
        self.plant = plant
        self.wiring = wiring
        self.clock = Clock(plant.clock)
        seed = config["seed"]
        self.link = LinkPort(mux, False, seed)
        self.repl = LinkPort(mux, False, seed + 1, REPL_PORT)
        self.serial = SerialPorts(self.repl, self.link)
        self.sensor = FlowSensor(plant, self.clock, self.look)
        self.balance = MtSics(plant, config["plant"]["balance"], mux, self.clock, self.look)
        self.looked_at = -1
        self._emulator: Emulator | None = None
        self._position = 0
        self._seen_position = 0
        self._home_edges = plant.rotor.home_edges
        self._mark_ends: int | None = None
        self._pa_at_zero: int = config["board"]["pressure_pa_at_zero"]
        self._pa_full_scale: int = config["board"]["pressure_pa_full_scale"]

    def attach(self, emulator: Emulator, pacing: Pacing) -> None:
        """Hang everything on this chip's wires."""
        self._emulator = emulator
        self._pacing = pacing
        self.serial.attach(emulator)
        emulator.drive(self.wiring.home, 1 - self.wiring.home_active)
        emulator.drive(self.wiring.stop, 1 - self.wiring.stop_active)

    @property
    def emulator(self) -> Emulator:
        """The chip."""
        assert self._emulator is not None
        return self._emulator

    @property
    def position(self) -> int:
        """The motor's, in microsteps forward."""
        return self._position

    def look(self) -> None:
        """Bring the model up to where the chip is."""
        now = self.clock.now
        if now == self.looked_at and self._position == self._seen_position:
            return
        self.looked_at = now
        self.plant.advance(self.clock.model_us(), self._position - self._seen_position)
        self._seen_position = self._position
        self._show_home_mark()

    def pull_stop_input(self, pulled: bool) -> None:
        """Pull the stop input, or let it go."""
        level = self.wiring.stop_active
        self.emulator.drive(self.wiring.stop, level if pulled else 1 - level)

    def _show_home_mark(self) -> None:
        edges = self.plant.rotor.home_edges
        if edges != self._home_edges:
            self._home_edges = edges
            self._mark_ends = self._position + int(self.plant.rotor.per_rev / _MARK_SHARE)
            self.emulator.drive(self.wiring.home, self.wiring.home_active)
        elif self._mark_ends is not None and self._position >= self._mark_ends:
            self._mark_ends = None
            self.emulator.drive(self.wiring.home, 1 - self.wiring.home_active)

    # --- what the chip asks and tells (see `Surroundings`) ---

    def reached(self, cycle: int, position: int, made: int) -> None:
        """See `Surroundings`."""
        self.clock.now = cycle // CYCLES_PER_US
        self._position = position
        if position != self._seen_position:
            self.look()

    def i2c_present(self, address: int) -> bool:
        """See `Surroundings`."""
        return address == ADDRESS and self.plant.sensor.answers

    def i2c_write(self, address: int, data: bytes) -> bool:
        """See `Surroundings`."""
        if address != ADDRESS:
            return False
        try:
            self.sensor.write(data)
        except OSError:
            return False
        return True

    def i2c_read(self, address: int, count: int) -> bytes:
        """See `Surroundings`."""
        data = bytearray(count)
        if address != ADDRESS:
            return b""
        try:
            self.sensor.read_into(data)
        except OSError:
            return b""
        return bytes(data)

    def measure(self, channel: int) -> int:
        """See `Surroundings`."""
        if channel == _TEMPERATURE_CHANNEL:
            volts = 0.706 - (self.plant.temperature_c - 27.0) * 0.001721  # RP2040 data sheet, 4.9.5
            return round(volts / 3.3 * _ADC_TOP)
        if channel != self.wiring.pressure_channel:
            return 0
        self.look()
        pascal = self.plant.pressure_reading_kpa() * 1000.0
        raw = round((pascal - self._pa_at_zero) * _ADC_TOP / (self._pa_full_scale - self._pa_at_zero))
        return min(max(raw, 0), _ADC_TOP)

    def shown(self, ports: int) -> None:
        """See `Surroundings`."""
        self._pacing.ports_changed()
        self.serial.shown(ports)

    def received(self, port: int, data: bytes) -> None:
        """See `Surroundings`."""
        self.serial.received(port, data)

    def taken(self, port: int, count: int) -> None:
        """See `Surroundings`."""
        self.serial.taken(port, count)

    def wire(self, pin: int, level: int) -> None:
        """See `Surroundings`: the valve's coils are the wires that matter to the model."""
        if level and pin in self.wiring.valve:
            self.look()
            self.plant.select(self.wiring.valve.index(pin))

    def event(self) -> None:
        """See `Surroundings`."""
        self._pacing.end_at_event()

    def came_up(self, cause: int) -> None:
        """See `Surroundings`."""


class Neighbours:
    """The parts of a virtual board's bench that `Due` and `Requests` steer, as this board has them."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.plant = bench.plant
        self.clock = bench.clock
        self.balance = bench.balance
        self.stepper = self
        self.watchdog = _InTheChip()
        self.schedule = self
        self.port = self
        self.flash = self
        self.slow_tick_us = 0  # how long a tick takes is the chip's own business

    @property
    def looked_at(self) -> int:
        """When the model was looked at last."""
        return self._bench.looked_at

    @property
    def position(self) -> int:
        """Of the motor, in microsteps forward."""
        return self._bench.position

    def look(self) -> None:
        """See `Bench`."""
        self._bench.look()

    def leave_out(self, share: float) -> None:
        """What steps are made is the chip's own business."""

    def pull_stop_input(self, pulled: bool) -> None:
        """See `Bench`."""
        self._bench.pull_stop_input(pulled)

    def changed(self) -> None:
        """Faults are looked at after every stretch of time."""

    def set_plugged(self, plugged: bool) -> None:
        """Put the USB cable in, or pull it."""
        self._bench.emulator.set_cable(plugged)

    def set_bit_error_rate(self, rate: float) -> None:
        """Turn bits of both serial ports."""
        self._bench.link.set_bit_error_rate(rate)
        self._bench.repl.set_bit_error_rate(rate)

    def fail_after(self, count: int) -> None:
        """Let the supply fail in the midst of a flash write."""
        self._bench.emulator.fail_after(count)


class _InTheChip:
    """The watchdog bites by itself."""

    deadline = NEVER
