"""The hardware layer of RP2040 and RP2350: ``machine``, and registers where time counts."""

import sys

import machine
import micropython
import rp2
from micropython import const

from pumpfw.hal import block_flash, describe, ports, rp2_i2c, rp2_interrupt, rp2_stepper
from pumpfw.hal.chip import BUS_TIMEOUT_US, ChipBoard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import ptr32

_IS_RP2350 = "RP2350" in sys.implementation[2]  # type: ignore[index]
_I2C = ((0x40044000, 0x40048000), (0x40090000, 0x40098000))[_IS_RP2350]
_USB_STATUS = const(0x50110050)
_SUSPENDED = const(16)
_WATCHDOG = 0x400D8000 if _IS_RP2350 else 0x40058000
_REASON = 8  # of the watchdog
_SPARE = _WATCHDOG + 16  # so great a number is an object: a sum worked out in a tick would make one
_FORCED = 2
_SOFT = 5  # index in RESET_CAUSE_NAMES


def open_flash(sectors: int) -> block_flash.BlockFlash:
    """Return the flash kept for data; at the first call its files are laid out, 0.1 s each."""
    return block_flash.BlockFlash(rp2.Flash(), sectors)


class Board(ChipBoard):
    """The board that ``board.json`` describes, behind the face that ``pumpfw.hal`` does."""

    def __init__(self) -> None:
        described = describe()
        wires = described["wires"]
        # The stop input first: it guards the driver. Inside the chip it is high while the pump may run.
        stop = machine.Pin(wires["stop"], machine.Pin.IN, machine.Pin.PULL_UP)
        rp2_stepper.invert_input(wires["stop"], wires["stop_high"])
        rp2_stepper.set_up(wires, stop)
        rp2_stepper.cut()
        super().__init__(described, machine.idle)
        if machine.mem32[_WATCHDOG + _REASON] & _FORCED:
            self.reset_cause = _SOFT
        self.stepper = rp2_stepper
        self.interrupt = rp2_interrupt
        self.home_edges = rp2_stepper.home_edges
        self.home_steps = rp2_stepper.home_steps
        self.may_run = stop.value
        self.is_tripped = rp2_stepper.tripped
        if "pressure" in wires:
            self.pressure_raw = machine.ADC(wires["pressure"]).read_u16
        if "sda" in wires:
            sda, scl = machine.Pin(wires["sda"]), machine.Pin(wires["scl"])
            bus = machine.I2C(wires["i2c"], sda=sda, scl=scl, freq=wires["i2c_hz"], timeout=BUS_TIMEOUT_US)
            self.i2c_write = bus.writeto
            rp2_i2c.use(_I2C[wires["i2c"]])
            self.i2c_request = rp2_i2c.request
            self.i2c_fetch_into = rp2_i2c.fetch_into
        self.flash = open_flash(wires["sectors"])
        second = ports.second_port(wires["second_port"], rp2_stepper.is_off, _is_cable_in)
        self.use_port(second or ports.ReplPort(rp2_stepper.is_off, _is_cable_in))

    def stop_input(self) -> bool:
        """Return whether the stop input is pulled, or has cut a driver that was to be on."""
        return not self.may_run() or self.is_tripped()

    def mark_event(self, code: int) -> None:
        """Leave the event's code where an emulator sees it: in a spare register of the watchdog."""
        machine.mem32[_SPARE] = code


@micropython.viper
def _is_cable_in() -> bool:
    """Return whether a host keeps the bus awake."""
    return bool(ptr32(_USB_STATUS)[0] & _SUSPENDED == 0)
