"""Run by MicroPython: a thousand ticks in every state with the heap locked. Prints a line a state, then
"done"."""

import gc

import micropython
from core_rig import Rig
from into_states import INTO

from pumplink.names import STATE_NAMES

TICKS = 1000


def run_locked(rig: Rig) -> None:
    """Give the head so little to do, or so much, that it stays in its state."""
    board = rig.board
    ticks = rig.core.ticks
    service = rig.core.position.service
    for number in range(TICKS):
        board.flow_count = number % 300
        board.dead = 500 < number < 700
        board.pressure_pa = number
        service()
        micropython.heap_lock()
        board.now_us += 10_000
        next(ticks)
        micropython.heap_unlock()


def main() -> None:
    for number in range(len(STATE_NAMES)):
        gc.collect()
        rig = Rig({"compliance_nl_per_kpa": 100_000})
        rig.fill()
        INTO[number](rig)
        before = rig.readings.state
        run_locked(rig)
        print(STATE_NAMES[before], rig.readings.state)
    print("done")


main()
