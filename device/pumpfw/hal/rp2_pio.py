"""The four PIO programs of the step generator: 29 of the block's 32 instructions.

========  =====================================================================================
timer     waits an interval, raises flag 4, waits anew: to the cycle, from 10 us to 18 minutes
pulse     on flag 4, a step: if the driver is on and a permit is left, STEP goes high, flag 5
guard     holds EN high (driver off) until told, and again from the moment the stop input comes
counter   counts flag 5, and notes the count where the home mark begins
========  =====================================================================================

Registers between the programs and ``rp2_stepper``:

timer     OSR, ISR  the interval: X and Y of a whole wait. X + 5 cycles, or with Y X + 5 + 64 (Y + 1)
          X, Y      what is left of this wait
pulse     Y         permits left; TX FIFO takes a new number, which counts from the next step on
          ISR       STEP's high time, cycles - 2
guard     TX FIFO   any word switches the driver on
counter   X         minus the steps made; RX FIFO the same at each home mark
"""

# The programs are written in PIO's own instructions, whose names are no Python names.
# ruff: noqa: F821
# mypy: ignore-errors

import machine
from rp2 import PIO, StateMachine, asm_pio

TIMER, PULSE, GUARD, COUNTER = 0, 1, 2, 3


@asm_pio()
def _timer():
    irq(4)
    mov(y, isr)
    mov(x, osr)
    jmp(not_y, "fine")
    label("coarse")
    nop()[31]
    jmp(y_dec, "coarse")[31]
    label("fine")
    jmp(x_dec, "fine")


@asm_pio(sideset_init=PIO.OUT_LOW)
def _pulse():
    label("idle")
    wait(1, irq, 4).side(0)
    jmp(pin, "idle")  # EN is high: the driver is off
    mov(x, y)
    pull(noblock)  # new permits, or X where there are none
    mov(y, osr)
    jmp(not_y, "idle")
    jmp(y_dec, "step")
    label("step")
    irq(5)
    mov(x, isr).side(1)
    label("high")
    jmp(x_dec, "high")


@asm_pio(sideset_init=PIO.OUT_HIGH)
def _guard():
    label("off")
    pull(block).side(1)
    jmp(pin, "on").side(1)
    jmp("off").side(1)
    label("on")
    jmp(pin, "on").side(0)


@asm_pio(autopush=True, push_thresh=32, fifo_join=PIO.JOIN_RX)
def _counter():
    label("away")
    wait(1, irq, 5)
    jmp(x_dec, "was_away")
    label("was_away")
    jmp(pin, "mark")
    jmp("away")
    label("mark")
    in_(x, 32)
    label("there")
    wait(1, irq, 5)
    jmp(x_dec, "was_there")
    label("was_there")
    jmp(pin, "there")


def start(step: int, enable: int, stop: machine.Pin, home: "machine.Pin | None", high_cycles: int) -> None:
    """Load the programs into block 0 and start all but the timer. `stop` is high while the pump may run.

    Without a home mark the counter watches the stop input, which is high for as long as steps are made.
    """
    PIO(0).remove_program()  # what a firmware that was broken off has left
    step_pin = machine.Pin(step)
    enable_pin = machine.Pin(enable)
    guard = StateMachine(GUARD, _guard, sideset_base=enable_pin, jmp_pin=stop)
    StateMachine(TIMER, _timer)
    pulse = StateMachine(PULSE, _pulse, sideset_base=step_pin, jmp_pin=enable_pin)
    pulse.put(high_cycles - 2)
    pulse.exec("pull()")
    pulse.exec("mov(isr, osr)")
    pulse.exec("set(y, 0)")
    counter = StateMachine(COUNTER, _counter, jmp_pin=home if home else stop)
    counter.exec("set(x, 0)")
    guard.active(1)
    counter.active(1)
    pulse.active(1)
