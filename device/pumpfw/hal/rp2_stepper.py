"""Step generation on RP2040 and RP2350: the step generator's face over the PIO programs of ``rp2_pio``.

Plain functions over one array of words, written to the registers directly: none allocates. The timer stands
still while its wait is changed; the processor's SysTick measures for how long, and the new wait is shorter by
that, so that the phase is kept to a few cycles.

Interval, in cycles: below 2^30 it is held whole; above it the law's phase is kept in units of 256 cycles, but
the wait itself is exact.
"""

import sys
import time
from array import array

import machine
import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import ptr32

_PIO0 = const(0x50200000)
_SYSTICK = 0xE000E010  # three words: control, reload, current

# Slots of the state. Addresses are words of 32 bits: an array hands them to viper without making an object.
_BASE = const(0)  # of the PIO block
_TICKS = const(1)  # of SysTick
_MHZ = const(2)
_LEAST = const(3)  # cycles: the driver takes no shorter interval
_TIMER_AT = const(4)  # first instruction of the timer
_GUARD_AT = const(5)  # and of the guard
_INTERVAL = const(6)  # cycles, or 256 of them when _COARSE
_COARSE = const(7)
_RUNS = const(8)
_FRESH = const(9)  # no wait has been begun yet
_WANTED = const(10)  # the driver is to be on
_MARKS = const(11)
_MARK_STEPS = const(12)
_BARRED = const(13)  # the driver stays off

# Registers of the block, in words.
_SET = const(0x2000)  # alias that sets bits
_CLEAR = const(0x3000)
_FSTAT = const(1)
_TXF = const(4)
_RXF = const(8)
_ADDR0 = const(53)
_INSTR0 = const(54)
_INSTR1 = const(60)
_ADDR2 = const(65)
_INSTR2 = const(66)
_INSTR3 = const(72)
_EXECCTRL0 = const(51)
_EXECCTRL2 = const(63)

# Instructions that the processor slips into a program.
_MOV_ISR_X = const(0xA0C1)
_MOV_ISR_Y = const(0xA0C2)
_MOV_ISR_OSR = const(0xA0C7)
_MOV_X_OSR = const(0xA027)
_MOV_Y_OSR = const(0xA047)
_PUSH = const(0x8000)
_PULL = const(0x8080)
_IN_X = const(0x4020)
_SIDE_1 = const(0x1000)  # with the guard's side-set: EN high

_FROZEN = const(102)  # cycles between the two SysTick readings and the timer's standstill, both ends
_MASK = const(0x3FFFFFFF)
_PERIOD = const(5)  # cycles of the timer's program round an X of 0

_state = array("i", [0] * 14)
_direction: "machine.Pin" = None  # type: ignore[assignment]
_forward_level = 1
_direction_us = 1


def set_up(wires: "dict[str, int]", stop: machine.Pin) -> None:
    """Take the pins of ``board.json``; the driver stays off. `stop` is high while the pump may run."""
    global _direction, _forward_level, _direction_us
    from pumpfw.hal import rp2_pio

    mhz = machine.freq() // 1_000_000
    high = (wires["step_ns"] * mhz + 999) // 1000
    home = None
    if "home" in wires:
        home = machine.Pin(wires["home"], machine.Pin.IN, machine.Pin.PULL_UP)
        invert_input(wires["home"], not wires["home_high"])
    _direction = machine.Pin(wires["dir"], machine.Pin.OUT, value=1 - wires["reversed"])
    _forward_level = 1 - wires["reversed"]
    _direction_us = (wires["step_ns"] + wires["dir_ns"]) // 1000 + 1
    rp2_pio.start(wires["step"], wires["en"], stop, home, high)
    state = _state
    state[_BASE] = _PIO0
    state[_MHZ] = mhz
    state[_LEAST] = 2 * high + 16
    state[_FRESH] = 1
    state[_TIMER_AT] = machine.mem32[_PIO0 + 4 * _EXECCTRL0] >> 7 & 31
    state[_GUARD_AT] = machine.mem32[_PIO0 + 4 * _EXECCTRL2] >> 7 & 31
    _start_systick()


def invert_input(pin: int, inverted: bool) -> None:
    """Let all of the chip but the pad see the pin's level turned round."""
    control = (0x40028004 if "RP2350" in sys.implementation[2] else 0x40014004) + 8 * pin  # type: ignore[index]
    machine.mem32[control] = machine.mem32[control] & ~0x30000 | (0x10000 if inverted else 0)


def _start_systick() -> None:
    machine.mem32[_SYSTICK + 4] = 0xFFFFFF
    machine.mem32[_SYSTICK] = 5  # on, at the processor's clock, no interrupt
    _set_word(_TICKS, _SYSTICK)


@micropython.viper
def _set_word(slot: int, value):  # type: ignore[no-untyped-def]
    ptr32(_state)[slot] = int(value)


@micropython.viper
def set_interval(us: int, frac_q16: int):  # type: ignore[no-untyped-def]
    """Make a step every `us` + `frac_q16`/65536 us from now on, keeping the phase; 0, 0 stands."""
    s = ptr32(_state)
    pio = ptr32(s[_BASE])
    ticks = ptr32(s[_TICKS])
    if us == 0 and frac_q16 == 0:
        ptr32(s[_BASE] + _CLEAR)[0] = 1  # the registers keep what is left of the wait
        s[_RUNS] = 0
        return
    # The interval in cycles, as 65536 hi + lo.
    mhz = s[_MHZ]
    lo = (us & 0xFFFF) * mhz + ((frac_q16 * mhz + 0x8000) >> 16)
    hi = (us >> 16) * mhz + (lo >> 16)
    lo = lo & 0xFFFF
    coarse = 0
    whole_y = 0
    if hi < 0x4000:
        new = hi << 16 | lo
        if new < s[_LEAST]:
            new = s[_LEAST]
        whole_x = new - _PERIOD
    else:
        coarse = 1
        new = hi << 8 | lo >> 8
        lo -= _PERIOD
        if lo < 0:
            lo += 0x10000
            hi -= 1
        whole_y = (hi << 10 | lo >> 6) - 2
        whole_x = (lo & 63) + 64
    old = s[_INTERVAL]
    old_coarse = s[_COARSE]
    # Stop the timer and read where it is.
    begun = ticks[2]
    ptr32(s[_BASE] + _CLEAR)[0] = 1
    pio[_INSTR0] = _MOV_ISR_X
    pio[_INSTR0] = _PUSH
    pio[_INSTR0] = _MOV_ISR_Y
    pio[_INSTR0] = _PUSH
    at = pio[_ADDR0] - s[_TIMER_AT]
    x = pio[_RXF]
    y = pio[_RXF]
    if s[_FRESH]:
        s[_FRESH] = 0
        rest = old
    elif at == 0:
        rest = 0
    elif at < 4:
        rest = old
    elif at < 6:
        rest = (x >> 8) + (((y >> 2) + 1) & _MASK)
    elif old_coarse:
        rest = x >> 8
    else:
        rest = x
    # The new wait: the same part of the new interval, rest + (new - old) * (rest / old).
    if rest >= old:
        rest = new
    elif rest:
        more = new - old
        if old_coarse > coarse:
            more = (new >> 8) - old
        elif old_coarse < coarse:
            old >>= 8
            rest >>= 8
            more = new - old
        part = rest
        if old >= 0x4000000:
            old >>= 14
            part >>= 14
        elif old >= 0x400000:
            old >>= 10
            part >>= 10
        elif old >= 0x10000:
            old >>= 6
            part >>= 6
        part = (part << 15) // old
        rest += (more >> 15) * part + ((more & 0x7FFF) * part >> 15)
        if old_coarse > coarse:
            rest <<= 8
    at = 6
    y = 0
    if not coarse:
        x = rest
    elif rest < 0x400000:
        x = rest << 8
    else:
        at = 4
        y = (rest << 2) - 129
        x = 8192
    # Write it, and the interval for the waits that follow.
    pio[_TXF] = whole_y
    pio[_INSTR0] = _PULL
    pio[_INSTR0] = _MOV_ISR_OSR
    pio[_TXF] = y
    pio[_INSTR0] = _PULL
    pio[_INSTR0] = _MOV_Y_OSR
    s[_INTERVAL] = new
    s[_COARSE] = coarse
    if s[_RUNS]:
        x -= ((begun - ticks[2]) & 0xFFFFFF) + _FROZEN
        if x < 0:
            x = 0
    s[_RUNS] = 1
    pio[_TXF] = x
    pio[_INSTR0] = _PULL
    pio[_INSTR0] = _MOV_X_OSR
    pio[_TXF] = whole_x
    pio[_INSTR0] = _PULL
    pio[_INSTR0] = s[_TIMER_AT] + at
    ptr32(s[_BASE] + _SET)[0] = 1


def set_forward(forward: bool) -> None:
    """Turn forward or backward from the next step on; the driver's set-up and hold times are kept."""
    level = _forward_level if forward else 1 - _forward_level
    if _direction.value() == level:
        return
    runs = _state[_RUNS]
    machine.mem32[_PIO0 + _CLEAR] = 1
    time.sleep_us(_direction_us)
    _direction.value(level)
    time.sleep_us(_direction_us)
    if runs:
        machine.mem32[_PIO0 + _SET] = 1


@micropython.viper
def permit(steps: int):  # type: ignore[no-untyped-def]
    """Let so many more steps be made from now on; at 0 none."""
    pio = ptr32(ptr32(_state)[_BASE])
    left = 4
    while left and not pio[_FSTAT] & 0x2000000:  # what no step has taken yet is out of date
        pio[_INSTR1] = _PULL
        left -= 1
    pio[_TXF + 1] = steps


@micropython.viper
def steps() -> int:
    """Return the steps made since boot, both directions, modulo 2^30."""
    s = ptr32(_state)
    pio = ptr32(s[_BASE])
    while not pio[_FSTAT] & 0x800:
        s[_MARKS] = (s[_MARKS] + 1) & _MASK
        s[_MARK_STEPS] = (0 - pio[_RXF + 3]) & _MASK
    pio[_INSTR3] = _IN_X
    left = 8
    while left and pio[_FSTAT] & 0x800:
        left -= 1
    return (0 - pio[_RXF + 3]) & _MASK


def home_edges() -> int:
    """Return the home marks seen since boot, as of the last ``steps()``, modulo 2^30."""
    return _state[_MARKS]


def home_steps() -> int:
    """Return ``steps()`` where the last home mark began."""
    return _state[_MARK_STEPS]


@micropython.viper
def _off():  # type: ignore[no-untyped-def]
    s = ptr32(_state)
    pio = ptr32(s[_BASE])
    ptr32(s[_BASE] + _CLEAR)[0] = 4
    ptr32(s[_BASE] + _SET)[0] = 0x40  # forget what it waits for
    pio[_INSTR2] = s[_GUARD_AT] | _SIDE_1
    left = 4
    while left and not pio[_FSTAT] & 0x4000000:
        pio[_INSTR2] = _PULL | _SIDE_1
        left -= 1
    ptr32(s[_BASE] + _SET)[0] = 4


def enable(on: bool) -> None:
    """Switch the driver on or off. It does not go on while the stop input is pulled, or ``bar`` holds."""
    if on and _state[_BARRED]:
        return
    _state[_WANTED] = on
    if not on:
        _off()
    elif is_off():
        machine.mem32[_PIO0 + 4 * (_TXF + 2)] = 1


@micropython.viper
def is_off() -> bool:
    """Return whether the driver is off, by whatever cause."""
    s = ptr32(_state)
    return bool(ptr32(s[_BASE])[_ADDR2] == s[_GUARD_AT])


@micropython.viper
def tripped() -> bool:
    """Return whether the stop input has cut a driver that was to be on, even if it was let go since."""
    s = ptr32(_state)
    return bool(s[_WANTED] and ptr32(s[_BASE])[_ADDR2] == s[_GUARD_AT])


def cut() -> None:
    """Stop at once: driver off, no interval, no permit."""
    _state[_WANTED] = 0
    _off()
    set_interval(0, 0)
    permit(0)


def bar() -> None:
    """``cut``, and leave the driver off whatever is told, until ``unbar``. Makes no object."""
    _state[_BARRED] = 1
    cut()


def unbar() -> None:
    """Take orders again; nothing is switched on by this."""
    _state[_BARRED] = 0
