"""What differs between boards: clock, stepper, buses, pins, flash, watchdog and link port, one file per chip.

Every layer has a class ``Board`` with the same face. Times are microseconds modulo 2^30, counts are
modulo 2^30.

``name, unique_id, reset_cause``
    who it is (16 bytes) and why it last reset (index in RESET_CAUSE_NAMES)
``capabilities, config``
    bits of CAPABILITY_NAMES; a dict of numbers: motor, limits, sensors
``ticks_us()``
    the time
``idle_until(ticks_us)``
    returns at that time, or earlier when the link has input: True then, while it can be answered before
``stepper.set_interval(us, frac_q16)``
    time between microsteps, us + frac/65536; 0, 0 holds; keeps the step's phase
``stepper.set_forward(forward)``
    direction
``stepper.permit(n)``
    how many more steps may be made from now on; at 0 the hardware stops
``stepper.steps()``
    steps made since boot, both directions, counted by hardware
``stepper.enable(on), stepper.cut()``
    driver on or off; driver off, interval 0, permit 0
``stepper.bar(), stepper.unbar()``
    where there is an ``interrupt``: ``cut``, and the driver stays off whatever is told, until ``unbar``
``interrupt.start(call), interrupt.after(us), interrupt.cancel()``
    calls ``call(object)`` once after that time, even while the collector runs; None where the chip cannot
``i2c_write(address, buffer)``
    OSError when not acknowledged
``i2c_request(address, count), i2c_fetch_into(buffer, count)``
    ask for up to 16 bytes, and take them some time later: nothing waits for the bus; False when they have
    not come, or were not acknowledged
``pressure_raw()``
    0..65535
``home_edges(), home_steps()``
    home marks seen; ``stepper.steps()`` latched at the last one
``stop_input(), select_valve(i)``
    True while the stop input is pulled, or when it has cut the driver since that was switched on; which
    reservoir is connected
``indicate(priority)``
    lamp and buzzer of an alarm's priority
``flash``
    ``size, sector_size, read_into, program, erase`` of the part kept for data
``watchdog_start(ms), watchdog_feed()``
    resets the board when not fed in time
``port``
    ``connected(), readinto(buffer), write(buffer, start, length), send(packet), max_records_hz(hz)``; where
    there is an ``interrupt`` also ``seek_ahead(frame, matched)``: whether a frame waits, without taking it
``mark_event(code), reset()``
    shows an event to the outside; restarts the board
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LAYERS = {"linux": "unix", "darwin": "unix", "win32": "unix"}


def describe() -> "dict[str, Any]":
    """Return what ``board.json`` says of the board: name, simulated, numbers and wires."""
    import json

    with open("board.json") as file:
        return json.load(file)


def board():  # type: ignore[no-untyped-def]
    """Return the one `Board` of the chip that this runs on."""
    return _layer("Board").Board()


def prepare_flash() -> None:
    """Lay out the flash kept for data where that has not been done, half a minute before the first start has
    to."""
    _layer("open_flash").open_flash(describe()["wires"]["sectors"])


def _layer(name: str):  # type: ignore[no-untyped-def]
    layer = "pumpfw.hal." + _LAYERS.get(sys.platform, sys.platform)
    return __import__(layer, None, None, (name,))
