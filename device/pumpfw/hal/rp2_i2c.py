"""The flow sensor's bus on RP2040 and RP2350: a reading is asked for in one call and taken in a later one.

The controller carries out what stands in its FIFO by itself, 10 bytes in 225 us at 400 kHz, in which the
processor does something else. Registers: RP2040 data sheet 4.3.17.
"""

from array import array

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import ptr8, ptr32

_TAR = const(1)
_DATA_CMD = const(4)
_RAW_INTR_STAT = const(13)
_CLR_TX_ABRT = const(21)
_ENABLE = const(27)
_RXFLR = const(30)
_READ = const(0x100)
_STOP = const(0x200)
_TX_ABRT = const(0x40)


_base = array("i", [0])


def use(base: int) -> None:
    """Take the controller whose registers begin at `base`."""
    _base[0] = base


@micropython.viper
def request(address: int, count: int):  # type: ignore[no-untyped-def]
    """Ask the device at `address` for `count` bytes, at most 16; they come by themselves."""
    i2c = ptr32(ptr32(_base)[0])
    i2c[_ENABLE] = 0  # empties both FIFOs
    i2c[_TAR] = address
    i2c[_ENABLE] = 1
    while count > 1:
        i2c[_DATA_CMD] = _READ
        count -= 1
    i2c[_DATA_CMD] = _READ | _STOP


@micropython.viper
def fetch_into(buffer: ptr8, count: int) -> bool:
    """Fill `buffer` with what was asked for; False when it has not come, or was not acknowledged."""
    i2c = ptr32(ptr32(_base)[0])
    if i2c[_RAW_INTR_STAT] & _TX_ABRT:
        count = i2c[_CLR_TX_ABRT]  # reading clears it
        return False
    if i2c[_RXFLR] < count:
        return False
    at = 0
    while at < count:
        buffer[at] = i2c[_DATA_CMD]
        at += 1
    return True
