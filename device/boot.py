"""What a board runs first, after every reset: the motor's driver is off before anything else happens.

While the chip is in reset, or dead, a resistor at the driver's EN does the same.

Whoever holds the stop button during a start can break it off by Ctrl-C: the way to the prompt of a board
whose firmware hangs before it listens.
"""

import json
import sys

import machine

_WATCHDOG = 0x400D8000 if "RP2350" in sys.implementation[2] else 0x40058000
_STARTED = 1 << 30


def watchdog_runs() -> bool:
    """Whether the firmware had started the watchdog before a soft reset; nothing stops it."""
    return sys.platform == "rp2" and machine.mem32[_WATCHDOG] & _STARTED != 0


def feed_for_ever() -> None:
    """Feed the watchdog while the board is at its prompt."""
    watchdog = machine.WDT(timeout=8_388)
    machine.Timer(period=1_000, callback=lambda timer: watchdog.feed())


if watchdog_runs():
    feed_for_ever()
ctrl_c_works = True
try:
    with open("board.json") as _file:
        _wires = json.load(_file)["wires"]
    machine.Pin(_wires["en"], machine.Pin.OUT, value=1)
    _stop = machine.Pin(_wires["stop"], machine.Pin.IN, machine.Pin.PULL_UP)
    ctrl_c_works = _stop.value() == _wires["stop_high"]
except (OSError, ValueError, KeyError):
    pass  # no board is described yet: nothing has switched the driver on
