"""The hardware layer of RP2040 and RP2350: ``machine``, and registers where time counts."""

import os
import time

import machine
import rp2
from micropython import const

from pumpfw.hal import block_flash, describe, ports, rp2_i2c, rp2_stepper
from pumpfw.hal.indicator import Indicator

_FLOW_SENSOR, _PRESSURE_SENSOR, _HOME_MARK, _VALVE, _STOP_INPUT, _SIMULATED = 1, 2, 4, 8, 16, 64
_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)
_LONG_IDLE_US = const(1_100)  # the processor sleeps for up to a millisecond at a time
_USB_STATUS = 0x50110050
_SUSPENDED = const(16)
_BUS_TIMEOUT_US = 2_000
_IS_RP2350 = "RP2350" in os.uname().machine
_WATCHDOG = 0x400D8000 if _IS_RP2350 else 0x40058000
_REASON, _SCRATCH = 8, 16  # of the watchdog
_FORCED = 2
_SOFT = 5  # index in RESET_CAUSE_NAMES
_I2C = ((0x40044000, 0x40048000), (0x40090000, 0x40098000))[_IS_RP2350]


def open_flash(sectors: int) -> block_flash.BlockFlash:
    """Return the flash kept for data; at the first call its files are laid out, 0.1 s each."""
    return block_flash.BlockFlash(rp2.Flash(), sectors)


class Board:
    """The board that ``board.json`` describes, behind the face that ``pumpfw.hal`` does."""

    def __init__(self) -> None:
        described = describe()
        wires = described["wires"]
        # The stop input first: it guards the driver. Inside the chip it is high while the pump may run.
        stop = machine.Pin(wires["stop"], machine.Pin.IN, machine.Pin.PULL_UP)
        rp2_stepper.invert_input(wires["stop"], wires["stop_high"])
        rp2_stepper.set_up(wires, stop)
        rp2_stepper.cut()
        self.stepper = rp2_stepper
        self._may_run = stop.value
        self._is_tripped = rp2_stepper.tripped
        self.name = described["name"]
        self.config = described["numbers"]
        self.unique_id = (machine.unique_id() + bytes(16))[:16]
        self.reset_cause = _SOFT if machine.mem32[_WATCHDOG + _REASON] & _FORCED else machine.reset_cause()
        self.capabilities = _STOP_INPUT | (_SIMULATED if described["simulated"] else 0)
        self._indicator = Indicator(wires)
        self._set_up_sensors(wires)
        self._valve = [machine.Pin(pin, machine.Pin.OUT, value=0) for pin in wires.get("valve", ())]
        if self._valve:
            self.capabilities |= _VALVE
        if "home" in wires:
            self.capabilities |= _HOME_MARK
        self.home_edges = rp2_stepper.home_edges
        self.home_steps = rp2_stepper.home_steps
        self.flash = open_flash(wires["sectors"])
        self.port = ports.open_port(wires["second_port"], rp2_stepper.is_off, _is_cable_in)
        self.capabilities |= self.port.capability
        self._has_input = self.port.any
        self.ticks_us = time.ticks_us
        self.watchdog_feed = _no_watchdog

    def _set_up_sensors(self, wires: "dict[str, int]") -> None:
        self._pressure = None
        if "pressure" in wires:
            self.capabilities |= _PRESSURE_SENSOR
            self.pressure_raw = machine.ADC(wires["pressure"]).read_u16
        if "sda" in wires:
            self.capabilities |= _FLOW_SENSOR
            rp2_i2c.use(_I2C[wires["i2c"]])
            self.i2c_request = rp2_i2c.request
            self.i2c_fetch_into = rp2_i2c.fetch_into
            self._i2c = machine.I2C(
                wires["i2c"],
                sda=machine.Pin(wires["sda"]),
                scl=machine.Pin(wires["scl"]),
                freq=wires["i2c_hz"],
                timeout=_BUS_TIMEOUT_US,
            )

    def idle_until(self, ticks_us: int) -> None:
        """Let time pass until `ticks_us`, or until the link has input."""
        now = time.ticks_us
        indicator = self._indicator
        if indicator.active and (now() - indicator.due_us) & _MASK < _HALF:
            indicator.service(now())
        while not self._has_input():
            left = (ticks_us - now()) & _MASK
            if left == 0 or left >= _HALF:
                return
            if left > _LONG_IDLE_US:
                machine.idle()

    def i2c_write(self, address: int, buffer: bytes) -> None:
        """Write `buffer` to the device at `address`; OSError when it does not acknowledge."""
        self._i2c.writeto(address, buffer)

    def stop_input(self) -> bool:
        """Return whether the stop input is pulled, or has cut a driver that was to be on."""
        return not self._may_run() or self._is_tripped()

    def select_valve(self, index: int) -> None:
        """Connect the reservoir `index`."""
        for i, pin in enumerate(self._valve):
            if i != index:
                pin.value(0)
        if index < len(self._valve):
            self._valve[index].value(1)

    def indicate(self, priority: int) -> None:
        """Show an alarm's priority by lamp and buzzer."""
        self._indicator.show(priority, time.ticks_us())

    def watchdog_start(self, timeout_ms: int) -> None:
        """Start the watchdog; nothing stops it again."""
        self.watchdog_feed = machine.WDT(timeout=timeout_ms).feed

    def mark_event(self, code: int) -> None:
        """Leave the event's code where an emulator sees it: in a spare register of the watchdog."""
        machine.mem32[_WATCHDOG + _SCRATCH] = code

    def reset(self) -> None:
        """Restart the board."""
        machine.reset()


def _no_watchdog() -> None:
    """Nothing is to be fed before the watchdog is started."""


def _is_cable_in() -> bool:
    """Return whether a host keeps the bus awake."""
    return not machine.mem32[_USB_STATUS] & _SUSPENDED
