"""The hardware layer of ESP32 and ESP32-S3."""

import sys
import time

import esp32
import machine

from pumpfw.hal import block_flash, describe, ports
from pumpfw.hal.chip import BUS_TIMEOUT_US, ChipBoard
from pumpfw.hal.esp32_stepper import Stepper

_TICK_HZ = 100  # where the board's numbers name no other
_STORAGE = "vfs"  # the partition that MicroPython keeps for files
_FULL_RANGE = machine.ADC.ATTN_11DB
_TOP_RAW = 65_535
_TOP_MV = 3_300
_UART_FIFO = 120  # bytes, of 128
_US_A_BYTE = 87  # 10 bits at 115,200 baud
_UART_RECORDS_HZ = 150


def open_flash(sectors: int) -> block_flash.BlockFlash:
    """Return the flash kept for data; at the first call its files are laid out, 0.1 s each."""
    return block_flash.BlockFlash(esp32.Partition.find(esp32.Partition.TYPE_DATA, label=_STORAGE)[0], sectors)


class Board(ChipBoard):
    """The board that ``board.json`` describes, behind the face that ``pumpfw.hal`` does."""

    def __init__(self) -> None:
        described = describe()
        wires = described["wires"]
        stop = machine.Pin(wires["stop"], machine.Pin.IN, machine.Pin.PULL_UP)
        tick_us = 1_000_000 // described["numbers"].get("tick_hz", _TICK_HZ)
        self.stepper = Stepper(wires, stop, tick_us)
        self.stepper.cut()
        super().__init__(described, _nap)
        self.stop_level = stop.value
        self.stop_high = wires["stop_high"]
        self.home_edges = self.home_steps = _none
        if "home" in wires:
            pin = machine.Pin(wires["home"], machine.Pin.IN, machine.Pin.PULL_UP)
            home = HomeCounter(pin, wires["home_high"], self.stepper)
            self.home_edges = home.edges
            self.home_steps = home.steps
        if "pressure" in wires:
            self.pressure_adc = machine.ADC(machine.Pin(wires["pressure"]), atten=_FULL_RANGE)
        if "sda" in wires:
            sda, scl = machine.Pin(wires["sda"]), machine.Pin(wires["scl"])
            bus = machine.I2C(wires["i2c"], sda=sda, scl=scl, freq=wires["i2c_hz"], timeout=BUS_TIMEOUT_US)
            self.i2c_write = bus.writeto
            self.read = bus.readfrom_into
        self.asked = 0
        self.flash = open_flash(wires["sectors"])
        shared = ports.ReplPort if "S3" in sys.implementation[2] else UartPort  # type: ignore[index]
        second = ports.second_port(wires["second_port"], self.stepper.is_off, _always)
        self.use_port(second or shared(self.stepper.is_off, _always))

    def pressure_raw(self) -> int:
        """Return the pressure sensor's voltage, 0..65535 of 3.3 V. The converter's own numbers are neither
        straight nor of that scale, 0.1 V and more beside it: its factory calibration sets them right. Only
        at its ends, where that knows nothing, they count."""
        raw = self.pressure_adc.read_u16()
        if raw == 0 or raw == _TOP_RAW:
            return raw
        return min(self.pressure_adc.read_uv() // 1000 * _TOP_RAW // _TOP_MV, _TOP_RAW - 1)

    def i2c_request(self, address: int, count: int) -> None:
        """Ask the device at `address`: the bus is read when the answer is taken, as the port knows no other
        way."""
        self.asked = address

    def i2c_fetch_into(self, buffer: bytearray, count: int) -> bool:
        """Fill `buffer` with what was asked for; False when it was not acknowledged."""
        try:
            self.read(self.asked, buffer)
        except OSError:
            return False
        return True

    def stop_input(self) -> bool:
        """Return whether the stop input is pulled."""
        return self.stop_level() == self.stop_high

    def mark_event(self, code: int) -> None:
        """Nobody watches a chip's events."""


class UartPort(ports.ReplPort):
    """The REPL's port of an ESP32, behind a serial bridge at 115,200 baud: what it has no room for would
    wait, so it is only given what has gone out since."""

    def __init__(self, is_driver_off, is_cable_in) -> None:  # type: ignore[no-untyped-def]
        super().__init__(is_driver_off, is_cable_in)
        self.put = sys.stdout.buffer.write
        self.room_bytes = _UART_FIFO
        self.seen_us = time.ticks_us()

    def write(self, buffer: "bytes | bytearray", start: int, length: int) -> int:
        """Send of `buffer` what the port takes now; return how many bytes."""
        now = time.ticks_us()
        gone = time.ticks_diff(now, self.seen_us) // _US_A_BYTE
        if gone > 0:
            self.seen_us = now
            self.room_bytes = min(self.room_bytes + gone, _UART_FIFO)
        count = min(length, self.room_bytes)
        if count > 0:
            self.put(memoryview(buffer)[start : start + count])
            self.room_bytes -= count
        return count

    def max_records_hz(self, tick_hz: int) -> int:
        """Return how many telemetry records a second this port carries."""
        return min(tick_hz, _UART_RECORDS_HZ)


class HomeCounter:
    """The home mark, by an interrupt: edges counted, and the step count at the last one."""

    def __init__(self, pin: machine.Pin, active_high: int, stepper: Stepper) -> None:
        self._stepper = stepper
        self._edges = 0
        self._at = 0
        pin.irq(self._mark, machine.Pin.IRQ_RISING if active_high else machine.Pin.IRQ_FALLING)

    def edges(self) -> int:
        """Return the marks seen since boot."""
        return self._edges

    def steps(self) -> int:
        """Return the step count at the last one."""
        return self._at

    def _mark(self, pin: machine.Pin) -> None:
        self._at = self._stepper.count()
        self._edges += 1


def _nap() -> None:
    time.sleep_ms(1)


def _none() -> int:
    return 0


def _always() -> bool:
    """A serial bridge does not tell whether its cable is in."""
    return True
