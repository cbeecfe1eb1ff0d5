"""The main loop: the tick at its time, and in the slack between two ticks, one slice after the other, what
may wait.

A slice is begun only where its longest time fits before the next tick; a stop is looked for in any case. What
takes longer than any slack is begun directly after a tick: an erase of flash, which stops a chip for 45 ms,
so that it makes as few ticks late as can be, and a collection, which ticks interrupt. Nothing collects
garbage but this loop, there.
"""

import sys

from micropython import const

from pumpfw.garbage import Garbage
from pumpfw.interruptible import Interruptible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from typing import Any

    from pumpfw.app import App

_ROOMY = ("linux", "darwin", "win32")  # there the heap is as big as one likes
_DUE_US = const(32)
_JOURNAL_DUE = const(50)
_EVENTS_WAIT = const(193)
_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)

# The longest that a slice may take on an RP2040 at 125 MHz, us; those of the link are its own matter.
_WRITE_US = const(3_500)  # a record written to flash
_ONE_US = const(2_600)  # to answer what changes nothing: a fast tick reads before it, in a slice of its own
_NEAR_US = const(400)  # even to look for a stop would make the tick late
_SELDOM = const(8)  # ticks from one look at what can wait longest to the next


def turn(app: "App", board: "Any", cells: "array[int]", watchdog_ms: int) -> None:
    """Turn until a host asks for the prompt. The watchdog is fed only when the ticks come in time."""
    # Bound once: the loop turns 100,000 times a second on a virtual board.
    link = app.link
    poll = link.poll
    idling = link.idling  # answers status by the way; where virtual time stands meanwhile that is in no hurry
    write_position = app.core.position.service
    write_event = app.events.service
    write_summary = app.summaries.service
    keep_learned = app.core.learning.service
    erase = app.flash_log.service
    ticks = app.core.ticks
    ticks_us = board.ticks_us
    idle_until = board.idle_until
    is_chip = sys.platform not in _ROOMY
    write_us = _WRITE_US if is_chip else 0  # virtual time does not pass in a slice
    near_us = _NEAR_US if is_chip else 0
    seldom = 0
    wrote = False
    fresh = True  # directly after a tick one slice is begun in any case, or a fast tick would starve them all
    if is_chip:
        sys.modules.clear()  # so wide a table overflows the collector's stack, and doubles its time
    board.watchdog_start(watchdog_ms)
    feed_watchdog = board.watchdog_feed
    garbage = Garbage(Interruptible(board, cells, ticks, link).run) if is_chip else None
    app.core.clock.start()
    while True:
        left_us = (cells[_DUE_US] - ticks_us()) & _MASK
        if left_us == 0 or left_us >= _HALF:
            if next(ticks):
                feed_watchdog()
            fresh = True
            if garbage and link.answers >= garbage.due:
                if garbage.collect():
                    link.answers = 0
                poll(0)  # a stop that came meanwhile must not wait for an erase, too
            seldom += 1
            if seldom >= _SELDOM or wrote:
                seldom = 0
                wrote = write_summary() or keep_learned()
                if erase():
                    wrote = True
            continue
        if left_us < near_us:
            continue
        if cells[_JOURNAL_DUE] and (fresh or left_us > write_us):
            fresh = False
            write_position()
            wrote = True
            link.answers += 1
            left_us = (cells[_DUE_US] - ticks_us()) & _MASK
        if cells[_EVENTS_WAIT] and (fresh or write_us < left_us < _HALF):
            fresh = False
            if write_event():
                wrote = True
                link.answers += 1
            left_us = (cells[_DUE_US] - ticks_us()) & _MASK
        if not is_chip:
            busy = poll()
        elif fresh:
            busy = poll(max(left_us, _ONE_US)) or poll()
        else:
            busy = poll(left_us if left_us < _HALF else 0)
        fresh = False
        if busy:
            if link.is_released():
                return
        elif is_chip:
            next(idling)
        else:
            idle_until(cells[_DUE_US])
