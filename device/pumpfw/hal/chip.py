"""What boards with a chip have in common: pins, valve, indicator, watchdog and the wait for the next tick."""

import time

import machine

from pumpfw.hal.indicator import Indicator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FLOW_SENSOR = 1  # capability bits
PRESSURE_SENSOR = 2
HOME_MARK = 4
VALVE = 8
STOP_INPUT = 16
SIMULATED = 64

BUS_TIMEOUT_US = 2_000
_MASK = 0x3FFFFFFF
_HALF = 0x20000000
_NEAR_US = 400  # too late for an answer
_LONG_IDLE_US = _NEAR_US + 1_000  # a nap takes up to a millisecond


class ChipBoard:
    """The part of the face in ``pumpfw.hal`` that needs no registers. What it lacks is its chip's: stepper,
    flash, port, the bus and the stop input.

    A class that is built on this one in another module must have no private names: they are shortened by
    module for the board, and would meet these.
    """

    def __init__(self, described: "dict[str, Any]", nap) -> None:  # type: ignore[no-untyped-def]
        wires = described["wires"]
        self.name = described["name"]
        self.config = described["numbers"]
        self.unique_id = (machine.unique_id() + bytes(16))[:16]
        self.reset_cause = machine.reset_cause()
        self.ticks_us = time.ticks_us
        self.watchdog_feed = _no_watchdog
        self.interrupt: "Any" = None
        self.capabilities = STOP_INPUT | (SIMULATED if described["simulated"] else 0)
        for name, capability in (
            ("sda", FLOW_SENSOR), ("pressure", PRESSURE_SENSOR), ("home", HOME_MARK), ("valve", VALVE)
        ):  # fmt: skip
            if name in wires:
                self.capabilities |= capability
        self._nap = nap
        self._indicator = Indicator(wires)
        self._valve = [machine.Pin(pin, machine.Pin.OUT, value=0) for pin in wires.get("valve", ())]

    def use_port(self, port) -> None:  # type: ignore[no-untyped-def]
        """Let the link use this one of ``ports``."""
        self.port = port
        self.capabilities |= port.capability

    def idle_until(self, ticks_us: int) -> bool:
        """Let time pass until just before `ticks_us`, or until the link has input; return whether it has, and
        time to answer it at once."""
        now = self.ticks_us
        indicator = self._indicator
        if indicator.active and (now() - indicator.due_us) & _MASK < _HALF:
            indicator.service(now())
        has_input = self.port.any
        while True:  # whose end, after a nap, lets in what has woken the processor
            if has_input():
                return True
            left = (ticks_us - now()) & _MASK
            if left < _NEAR_US or left >= _HALF:
                return False
            if left > _LONG_IDLE_US:
                self._nap()

    def select_valve(self, index: int) -> None:
        """Connect the reservoir `index`."""
        for i, pin in enumerate(self._valve):
            if i != index:
                pin.value(0)
        if index < len(self._valve):
            self._valve[index].value(1)

    def indicate(self, priority: int) -> None:
        """Show an alarm's priority by lamp and buzzer."""
        self._indicator.show(priority, self.ticks_us())

    def watchdog_start(self, timeout_ms: int) -> None:
        """Start the watchdog; nothing stops it again."""
        self.watchdog_feed = machine.WDT(timeout=timeout_ms).feed

    def reset(self) -> None:
        """Restart the board."""
        machine.reset()


def _no_watchdog() -> None:
    """Nothing is to be fed before the watchdog is started."""
