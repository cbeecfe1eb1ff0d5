"""Alarms: present while their cause is there, latched until acknowledged, each with what it makes the pump
do."""

from pumpfw.errors import Refused
from pumpfw.readings import Readings
from pumplink.alarms import STOP, WARN
from pumplink.layouts import ALARM_ACTION, ALARM_PRIORITY
from pumplink.states import (
    EVENT_ALARM_ACKNOWLEDGED,
    EVENT_ALARM_CLEARED,
    EVENT_ALARM_RAISED,
    REFUSED_ALARM,
    REFUSED_NOTHING,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.events import Events
    from pumpfw.faces import Board

STOP_MASK = sum([1 << code for code, action in enumerate(ALARM_ACTION) if action == STOP])


class Alarms:
    """``readings.alarm_due`` is the strongest action raised and not yet carried out, ``due_code`` its
    alarm."""

    def __init__(self, board: "Board", events: "Events", readings: Readings) -> None:
        self._board = board
        self._events = events
        self._readings = readings
        self.due_code = 0
        self.changed = False  # something was latched or acknowledged: to be journalled

    def set(self, code: int, present: bool, value: int) -> None:
        """Say whether the cause is there; only a change does anything. ``value`` goes into the event."""
        bit = 1 << code
        readings = self._readings
        if present:
            if not readings.alarms_present & bit:
                readings.alarms_present |= bit
                self.latch(code, value)
        elif readings.alarms_present & bit:
            readings.alarms_present &= ~bit
            self._events.add(EVENT_ALARM_CLEARED, code, 0, 0)

    def latch(self, code: int, value: int) -> None:
        """Raise an alarm, whatever was there before."""
        self._readings.alarms_latched |= 1 << code
        self._show()
        if ALARM_ACTION[code] > self._readings.alarm_due:
            self._readings.alarm_due = ALARM_ACTION[code]
            self.due_code = code
        self._events.add(EVENT_ALARM_RAISED, code, value, ALARM_PRIORITY[code])

    def take(self) -> int:
        """Return the action that is due; it is not any more."""
        action = self._readings.alarm_due
        self._readings.alarm_due = WARN
        return action

    def acknowledge(self, code: int) -> None:
        """Take note of a latched alarm; while its cause lasts it goes on forbidding what it forbids."""
        readings = self._readings
        if code >= len(ALARM_PRIORITY) or not readings.alarms_latched & (1 << code):
            raise Refused(REFUSED_NOTHING)
        readings.alarms_latched &= ~(1 << code)
        self._show()
        self._events.add(EVENT_ALARM_ACKNOWLEDGED, code, 0, 0)

    def refuse_while(self, mask: int) -> None:
        """Raise ``Refused`` while any alarm of ``mask`` is latched or present."""
        standing = (self._readings.alarms_latched | self._readings.alarms_present) & mask
        if standing:
            code = 0
            while not standing >> code & 1:
                code += 1
            raise Refused(REFUSED_ALARM, value=code)

    def restore(self, latched: int) -> None:
        """After a reset: what was latched still is."""
        self._readings.alarms_latched |= latched
        self._show()

    def _show(self) -> None:
        self.changed = True
        latched = self._readings.alarms_latched
        priority = 0
        code = 0
        while latched:
            if latched & 1 and ALARM_PRIORITY[code] > priority:
                priority = ALARM_PRIORITY[code]
            latched >>= 1
            code += 1
        if priority != self._readings.priority:
            self._readings.priority = priority
            self._board.indicate(priority)
