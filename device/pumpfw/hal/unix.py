"""The hardware layer of the virtual board: MicroPython's ``machine`` plus the parts of the virtual test
bench."""

import machine
from fakes import bench

_PRESSURE_PIN = 26
_STOP_PIN = 15


class Board:
    """The virtual board behind the face that ``pumpfw.hal`` describes."""

    name = "virtual"

    def __init__(self) -> None:
        parts = bench.powered()
        self.unique_id = machine.unique_id()
        self.reset_cause = machine.reset_cause()
        self.capabilities = parts.capabilities
        self.config = parts.board_config
        self.stepper = parts.stepper
        self.flash = parts.flash
        self.port = parts.port
        # Bound once: the loop calls these without making a new bound method.
        self.ticks_us = parts.clock.ticks_us
        self.idle_until = parts.clock.idle_until
        self.home_edges = parts.home.edges
        self.home_steps = parts.home.steps
        self.mark_event = parts.mark_event
        self.select_valve = parts.select_valve
        self.indicate = parts.indicate
        self._i2c = machine.I2C(0)
        self._pressure = machine.ADC(_PRESSURE_PIN)
        self._stop = machine.Pin(_STOP_PIN, machine.Pin.IN, machine.Pin.PULL_UP).value
        self._asked = 0
        self.watchdog_feed = _no_watchdog

    def i2c_write(self, address: int, buffer: bytes) -> None:
        """Write `buffer` to the device at `address`; OSError when it does not acknowledge."""
        self._i2c.writeto(address, buffer)

    def i2c_request(self, address: int, count: int) -> None:
        """Ask the device at `address` for `count` bytes."""
        self._asked = address

    def i2c_fetch_into(self, buffer: bytearray, count: int) -> bool:
        """Fill `buffer` with what was asked for; False when it was not acknowledged."""
        try:
            self._i2c.readfrom_into(self._asked, buffer)
        except OSError:
            return False
        return True

    def pressure_raw(self) -> int:
        """Return the pressure sensor's voltage, 0..65535 of full scale."""
        return self._pressure.read_u16()

    def stop_input(self) -> bool:
        """Return whether the stop input is pulled low."""
        return self._stop() == 0

    def watchdog_start(self, timeout_ms: int) -> None:
        """Start the watchdog; nothing stops it again."""
        self.watchdog_feed = machine.WDT(timeout=timeout_ms).feed

    def reset(self) -> None:
        """Restart the board."""
        machine.reset()


def _no_watchdog() -> None:
    """Nothing is to be fed before the watchdog is started."""
