"""An interrupt at a set time, on RP2040 and RP2350, that comes even while the collector runs.

MicroPython 1.25 has no timer here whose call does not wait for the collector, as all that is scheduled does.
A PIO block's interrupt need not: so a machine of block 1 counts the time, to the cycle. What it calls may
make no object.
"""

# The program is written in PIO's own instructions, whose names are no Python names.
# ruff: noqa: F821

from array import array

import machine
import micropython
from micropython import const
from rp2 import StateMachine, asm_pio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pumpfw.faces import ptr32

_PIO1 = const(0x50300000)
_MACHINE = const(4)  # the first one of block 1

# Registers of the block, in words.
_SET = const(0x800)  # alias that sets bits
_CLEAR = const(0xC00)
_FSTAT = const(1)
_TXF = const(4)
_IRQ = const(12)
_EXECCTRL = const(51)
_INSTR = const(54)

_PULL = const(0x8080)
_TX_EMPTY = const(0x1000000)
_PAST = const(0x20000000)  # us: from there on a time has gone by already

# Slots of the state. The address is a word: an array hands it to viper without making an object.
_BASE = const(0)
_MHZ = const(1)
_BEGIN = const(2)  # first instruction of the program

_state = array("i", [0] * 3)


@asm_pio()
def _count():  # type: ignore[no-untyped-def]
    pull(block)  # type: ignore[name-defined]
    mov(x, osr)  # type: ignore[name-defined]
    label("on")  # type: ignore[name-defined]
    jmp(x_dec, "on")  # type: ignore[name-defined]
    irq(rel(0))  # type: ignore[name-defined]


def start(call: "Callable[[object], object]") -> None:
    """Have `call`, with one argument, called at the times that ``after`` sets."""
    counter = StateMachine(_MACHINE, _count)
    counter.irq(call, hard=True)
    counter.active(1)
    _state[_BASE] = _PIO1
    _state[_MHZ] = machine.freq() // 1_000_000
    _state[_BEGIN] = machine.mem32[_PIO1 + 4 * _EXECCTRL] >> 7 & 31


@micropython.viper
def after(us: int):  # type: ignore[no-untyped-def]
    """Call once, in so many microseconds; at once for a time, modulo 2^30, that has gone by."""
    s = ptr32(_state)
    if us >= _PAST:
        us = 0
    ptr32(s[_BASE])[_TXF] = us * s[_MHZ]


@micropython.viper
def cancel():  # type: ignore[no-untyped-def]
    """Do not call after all. A call that comes in between is over before this is."""
    s = ptr32(_state)
    pio = ptr32(s[_BASE])
    pio[_CLEAR] = 1
    left = 4
    while left and not pio[_FSTAT] & _TX_EMPTY:
        pio[_INSTR] = _PULL
        left -= 1
    pio[_INSTR] = s[_BEGIN]  # a jump there
    pio[_IRQ] = 1
    pio[_SET] = 1
