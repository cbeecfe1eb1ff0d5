"""What a board runs first, after every reset: the motor's driver is off before anything else happens.

While the chip is in reset, or dead, a resistor at the driver's EN does the same.
"""

import json

import machine

try:
    with open("board.json") as _file:
        machine.Pin(json.load(_file)["wires"]["en"], machine.Pin.OUT, value=1)
except (OSError, ValueError, KeyError):
    pass  # no board is described yet: nothing has switched the driver on
