"""The control tick: everything that the pump does on time, in order, at a fixed rate. Nothing here allocates.

1. time          how long the last tick really was
2. account       the steps that the hardware made, into every volume that they belong to
3. sense         stop input; flow, pressure and the causes of alarms 20 times a second, each in ticks of its
                 own; in the ticks between them, one at a time, what is due once a second
4. act           what an alarm makes the pump do by itself
5. set           the program's clock, and the flow that is due
6. steer         the flow law: the time between microsteps
7. allow         the steps that the motor may make until the next ticks
8. end           a telemetry record when it is due; how long it all took

What runs in every tick is machine code over one array (``readings.py``), called by local names.
"""

from micropython import const

from pumpfw.account import account
from pumpfw.calibration import put_stroke
from pumpfw.clock import JUMPED, SECOND, begin, end
from pumpfw.delivery import allow
from pumpfw.flow import follow, track, work_out
from pumpfw.program_clock import advance, is_task_due, next_second
from pumpfw.telemetry import is_record_due
from pumplink.alarms import CLOCK_FAULT, STOP, STOP_INPUT, TO_KEEP_OPEN
from pumplink.states import (
    FLAG_CORRECTION_LIMITED,
    FLAG_LATE_TICK,
    STOPPED_BY_ALARM,
    STOPPED_BY_INPUT,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator

    from pumpfw.config import Config
    from pumpfw.core import Core
    from pumpfw.faces import Board
    from pumpfw.readings import Readings

    Duty = Callable[[], None]

_ALARM_DUE = const(29)
_RATE_NL_H = const(100)
_INTERVAL_US = const(110)
_INTERVAL_FRAC = const(111)
_SECOND_OVER = const(2)  # of what ``advance`` finds
_FLOW_CHANGED = const(4)
_TASK = const(8)
_READINGS_HZ = 20
_STOP_INPUT = 16  # capability bit


def ticks(
    core: "Core",
    board: "Board",
    config: "Config",
    cells: "array[int]",
    readings: "Readings",
    record: "Duty",
    second: "Duty",
) -> "Iterator[bool]":
    """Do one tick with each ``next``, which gives True when it came before the motor's permits ran out; the
    very first ``next`` prepares.

    ``record`` is called at the end of a tick in which a record is due, ``second`` once a second. A generator,
    because its local names outlive a tick without an object: calling a closure of so many would make one.
    """
    ticks_us = board.ticks_us
    steps = board.stepper.steps
    permit = board.stepper.permit
    set_interval = board.stepper.set_interval
    stop_input = board.stop_input if board.capabilities & _STOP_INPUT else _not_pulled
    alarms = core.alarms
    act = _actor(core)
    go_on = core.delivery.advance
    points = core.calibration.points
    passed = core.calibration.rotor_map.passed
    flow_q12 = core.calibration.rotor_map.flow_q12
    begin_, account_, allow_, end_ = begin, account, allow, end
    advance_, is_end_due = advance, is_task_due
    track_, next_second_, follow_ = track, next_second, follow
    put_stroke_, work_out_, is_record_due_ = put_stroke, work_out, is_record_due
    turns = _turns(
        (core.read_flow, core.read_pressure, core.watch.look, core.map_learning.after_reading),
        max(config.tick_hz // _READINGS_HZ, 1),
    )
    last_turn = len(turns) - 1
    slow = len(turns) <= 3  # a tick has time for all of it
    turn = 0
    in_seconds = _duties_of_a_second(core, readings, second)
    all_done = len(in_seconds)
    done = all_done
    was_pulled = False
    in_time_us = max(config.permit_us, 2_000_000 // config.tick_hz)

    yield True
    while True:
        found = begin_(cells, ticks_us())
        account_(cells, passed, steps())

        pulled = stop_input()
        if pulled is not was_pulled:
            was_pulled = pulled
            alarms.set(STOP_INPUT, pulled, 0)
        if found:
            if found & JUMPED:
                alarms.set(CLOCK_FAULT, True, 0)
            if found & SECOND:
                while done < all_done:  # ticks so late that not each duty had one of its own
                    in_seconds[done]()
                    done += 1
                done = 0
        duties = turns[turn]
        turn = turn + 1 if turn < last_turn else 0
        for duty in duties:
            duty()
        if done < all_done and (slow or not duties):
            in_seconds[done]()
            done += 1

        if cells[_ALARM_DUE]:
            act()
        found = advance_(cells, 1)
        if found == _SECOND_OVER:
            track_(cells)
            found = next_second_(cells, 1)
        if found == _FLOW_CHANGED:
            follow_(cells)
            put_stroke_(cells, points, cells[_RATE_NL_H])
        elif found and (found != _TASK or is_end_due(cells)):
            go_on(found)
        if work_out_(cells, flow_q12, 0):
            set_interval(cells[_INTERVAL_US], cells[_INTERVAL_FRAC])
        more = allow_(cells)
        if more >= 0:
            permit(more)
        if is_record_due_(cells):
            record()
        yield end_(cells, ticks_us()) <= in_time_us


def _turns(duties: "tuple[Duty, ...]", ticks: int) -> "tuple[tuple[Duty, ...], ...]":
    """Spread duties over so many ticks."""
    spread = [range(turn, len(duties), ticks) for turn in range(ticks)]
    return tuple([tuple([duties[index] for index in turn]) for turn in spread])


def _not_pulled() -> bool:
    return False


def _duties_of_a_second(core: "Core", readings: "Readings", second: "Duty") -> "tuple[Duty, ...]":
    clock = core.clock
    learning = core.learning

    def note() -> None:
        """Tell of late ticks and of a correction at its limit; have what changed among alarms journalled."""
        flags = readings.flags & ~(FLAG_LATE_TICK | FLAG_CORRECTION_LIMITED)
        if clock.was_late():
            flags |= FLAG_LATE_TICK
        if learning.is_limited():
            flags |= FLAG_CORRECTION_LIMITED
        readings.flags = flags
        if core.alarms.changed:
            core.alarms.changed = False
            readings.journal_due = 1

    return (
        core.delivery.second,
        core.limits.second,
        core.lease.second,
        core.watch.second,
        core.watch.rotor,
        core.watch.comparison.second,
        core.position.second,
        learning.second,
        note,
        second,
    )


def _actor(core: "Core") -> "Duty":
    alarms, delivery, lease = core.alarms, core.delivery, core.lease

    def act() -> None:
        """Do what the strongest alarm makes the pump do by itself."""
        action = alarms.take()
        if action == STOP:
            code = alarms.due_code
            delivery.stop_by_itself(code, STOPPED_BY_INPUT if code == STOP_INPUT else STOPPED_BY_ALARM)
        elif action == TO_KEEP_OPEN:
            delivery.keep_open()
            lease.other_cause()

    return act
